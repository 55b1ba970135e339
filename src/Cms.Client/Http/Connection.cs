using System.Net;

namespace Cms.Client.Http;

/// <summary>A server, and the way to it.</summary>
internal sealed class Connection : IDisposable
{
    private readonly HttpClient _http;
    private readonly bool _ownsHttp;

    private Connection(HttpClient http, CmsClientOptions options, bool ownsHttp)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.RememberedBytes, nameof(options));
        var address =
            options.BaseAddress
            ?? http.BaseAddress
            ?? throw new ArgumentException("The client needs the server's BaseAddress.", nameof(options));
        if (!address.IsAbsoluteUri)
            throw new ArgumentException("The BaseAddress must be absolute.", nameof(options));
        BaseAddress = address.AbsolutePath.EndsWith('/')
            ? address
            : new UriBuilder(address) { Path = address.AbsolutePath + "/" }.Uri;
        Options = options;
        _http = http;
        _ownsHttp = ownsHttp;
        Transport = new Transport(http, options);
    }

    public Uri BaseAddress { get; }
    public CmsClientOptions Options { get; }
    public Transport Transport { get; }

    /// <summary>With connections of its own.</summary>
    public static Connection Own(CmsClientOptions options) => new(OwnHttp(), options, ownsHttp: true);

    /// <summary>Over somebody else's.</summary>
    public static Connection Over(HttpClient http, CmsClientOptions options) =>
        new(http, options, ownsHttp: false);

    private static HttpClient OwnHttp() =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                UseCookies = false,
                // So that a server that moves is found again.
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            }
        )
        {
            // Each try has its own, by the client's clock.
            Timeout = Timeout.InfiniteTimeSpan,
        };

    public void Dispose()
    {
        if (_ownsHttp)
            _http.Dispose();
    }
}
