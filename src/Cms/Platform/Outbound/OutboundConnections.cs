using System.Net;
using System.Net.Sockets;

namespace Cms.Platform.Outbound;

/// <summary>Which addresses are allowed that somebody else has chosen.</summary>
/// <param name="AllowHttp">Plain http too.</param>
/// <param name="AllowPrivate">Loopback, private and all other addresses that are not of the public internet.</param>
/// <param name="ConnectTimeout">How long making a connection may take.</param>
internal sealed record OutboundRules(bool AllowHttp, bool AllowPrivate, TimeSpan ConnectTimeout);

/// <summary>
/// Connections to the public internet only. What counts is the address that is connected to, after its name was
/// resolved, for each connection anew: a name that changes its meaning gains nothing. No redirects, no proxy, no
/// cookies.
/// </summary>
internal static class OutboundConnections
{
    /// <param name="rules">What is allowed.</param>
    /// <param name="resolve">What a name resolves to: the system's answer, or a test's.</param>
    public static SocketsHttpHandler Handler(
        OutboundRules rules,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve
    ) =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = rules.ConnectTimeout,
            ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, rules, resolve, ct),
            // A name may move; whoever it has moved to is connected to before long.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            MaxResponseHeadersLength = 16,
            // The rest of a short answer is read so that the connection can be used again; that of a long one is not.
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ActivityHeadersPropagator = null,
        };

    /// <summary>Why there was no answer, for the person who gave the address.</summary>
    public static string Explain(HttpRequestException e) =>
        e switch
        {
            { InnerException: ForbiddenAddressException forbidden } => forbidden.Message,
            { HttpRequestError: HttpRequestError.NameResolutionError } => "The name cannot be resolved.",
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } } =>
                "The name cannot be resolved.",
            { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                $"The certificate or the TLS connection was not accepted: {(e.InnerException ?? e).Message}",
            { HttpRequestError: HttpRequestError.ConnectionError } =>
                $"No connection could be made: {(e.InnerException ?? e).Message}",
            _ => $"There was no answer that could be read: {(e.InnerException ?? e).Message}",
        };

    /// <summary>Whether the name led to no address that is allowed.</summary>
    public static bool IsForbidden(HttpRequestException e) => e.InnerException is ForbiddenAddressException;

    private static async ValueTask<Stream> ConnectAsync(
        DnsEndPoint target,
        OutboundRules rules,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        CancellationToken ct
    )
    {
        IPAddress[] found = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : await resolve(target.Host, ct);
        var allowed = rules.AllowPrivate ? found : [.. found.Where(PublicAddress.IsPublic)];
        if (allowed.Length == 0)
            throw new ForbiddenAddressException(
                found.Length == 0
                    ? $"{target.Host} has no address."
                    : $"{target.Host} has no address of the public internet."
            );
        for (var i = 0; ; i++)
        {
            var socket = new Socket(allowed[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
            };
            try
            {
                // Each gets its share of the time: the first may be of a network that leads nowhere.
                using var share = CancellationTokenSource.CreateLinkedTokenSource(ct);
                share.CancelAfter(rules.ConnectTimeout / allowed.Length);
                await socket.ConnectAsync(new IPEndPoint(allowed[i], target.Port), share.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (ct.IsCancellationRequested || i == allowed.Length - 1)
                    throw e is OperationCanceledException && !ct.IsCancellationRequested
                        ? new SocketException((int)SocketError.TimedOut)
                        : e;
            }
        }
    }

    private sealed class ForbiddenAddressException(string message) : Exception(message);
}
