using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Cms.Images.Files;
using Cms.Platform.Http.Problems;
using Cms.Platform.Outbound;
using Cms.Platform.Unicode;

namespace Cms.Editorial.Images.Uploading;

/// <summary>What addresses pictures may be loaded from, and how long that may take.</summary>
internal sealed record ImageFetchPolicy
{
    public const string Example = "https://pictures.example/harbour.jpg";
    public const int MaxRedirects = 5;

    /// <summary>Loopback, private and all other addresses that are not of the public internet.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>From the first byte sent to the last one read, redirects included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where a file waits until it has been looked at.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    // A picture is not a secret, and agencies still serve some by plain http.
    public OutboundRules Rules => new(AllowHttp: true, AllowPrivate, ConnectTimeout: TimeSpan.FromSeconds(5));
}

/// <summary>
/// Loads a picture from an address that a caller has chosen (<see cref="OutboundConnections"/>). Each redirect is
/// checked as the first address was. The file goes to disk, not into memory.
/// </summary>
internal sealed class ImageFetch : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly ImageFetchPolicy _policy;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    public ImageFetch(ImageFetchPolicy policy, TimeProvider clock)
        : this(policy, clock, Dns.GetHostAddressesAsync) { }

    /// <param name="policy">What is allowed.</param>
    /// <param name="clock">Measures the time.</param>
    /// <param name="resolve">What a name resolves to: the system's answer, or a test's.</param>
    internal ImageFetch(
        ImageFetchPolicy policy,
        TimeProvider clock,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve
    )
    {
        (_policy, _clock) = (policy, clock);
        _http = new HttpMessageInvoker(OutboundConnections.Handler(policy.Rules, resolve));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Loads the file. The caller disposes of it.</summary>
    /// <exception cref="Refused">422, at <c>/url</c>: it may not be loaded, cannot be, or is too large. 503: this
    /// server cannot write it.</exception>
    public async Task<FetchedImage> FetchAsync(string url, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(_policy.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            return await FollowAsync(url, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Fault(
                "too-slow",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The picture did not come within {_policy.Timeout.TotalSeconds:0.###} seconds."
                )
            );
        }
        catch (HttpRequestException e)
        {
            throw Fault(
                OutboundConnections.IsForbidden(e) ? "private-address" : "unreachable",
                OutboundConnections.Explain(e)
            );
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            throw Fault("unreachable", $"The connection broke: {e.Message}");
        }
    }

    private async Task<FetchedImage> FollowAsync(string url, CancellationToken ct)
    {
        for (var redirects = 0; redirects <= ImageFetchPolicy.MaxRedirects; redirects++)
        {
            if (PublicAddress.FindFault(url, _policy.Rules, ImageFetchPolicy.Example) is { } fault)
                throw Fault(
                    fault.Code,
                    redirects == 0
                        ? fault.Detail
                        : $"It redirects to {Text.Short(url)}, which may not be loaded. {fault.Detail}"
                );
            var from = new Uri(url);
            using var request = new HttpRequestMessage(HttpMethod.Get, from);
            request.Headers.TryAddWithoutValidation("user-agent", "Cms-Images");
            request.Headers.TryAddWithoutValidation("accept", "image/avif, image/webp, image/*");
            using var response = await _http.SendAsync(request, ct);
            switch ((int)response.StatusCode)
            {
                case 200:
                    return await ReadAsync(response.Content, from, ct);
                case 301 or 302 or 303 or 307 or 308 when response.Headers.Location is { } target:
                    if (!Uri.TryCreate(from, target, out var next))
                        throw Fault(
                            "unreachable",
                            $"{Text.Short(url)} redirects to {Text.Short(target.OriginalString)}, "
                                + "which is no address."
                        );
                    url = WithoutFragment(next);
                    continue;
                case var status:
                    throw Fault("unreachable", $"{Text.Short(url)} answered {status}, not 200.");
            }
        }
        throw Fault(
            "unreachable",
            $"It redirects more than {ImageFetchPolicy.MaxRedirects} times: give the address of the file."
        );
    }

    private async Task<FetchedImage> ReadAsync(HttpContent content, Uri from, CancellationToken ct)
    {
        if (content.Headers.ContentLength > ImageLimits.MaxBytes)
            throw TooLarge();
        var file = Open();
        try
        {
            await using var stream = await content.ReadAsStreamAsync(ct);
            var block = new byte[BlockBytes];
            for (int read; (read = await stream.ReadAsync(block, ct)) > 0; )
            {
                if (file.Length + read > ImageLimits.MaxBytes)
                    throw TooLarge();
                await WriteAsync(file, block.AsMemory(0, read), ct);
            }
            file.Position = 0;
            return new FetchedImage(
                file,
                FileNames.Of(Uri.UnescapeDataString(from.Segments[^1].Trim('/'))),
                content.Headers.ContentType?.MediaType
            );
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private FileStream Open()
    {
        try
        {
            return new FileStream(
                Path.Combine(_policy.Folder, Path.GetRandomFileName()),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                    Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
                    BufferSize = 0,
                }
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(e);
        }
    }

    private static async ValueTask WriteAsync(
        FileStream file,
        ReadOnlyMemory<byte> bytes,
        CancellationToken ct
    )
    {
        try
        {
            await file.WriteAsync(bytes, ct);
        }
        catch (IOException e)
        {
            throw NoRoom(e);
        }
    }

    /// <summary>The fault is this server's: the other one did what it was asked.</summary>
    private static Refused NoRoom(Exception e) =>
        new(
            ProblemKinds.Unavailable,
            $"The picture came, but this server cannot write it to its temporary folder: {e.Message}"
        )
        {
            RetryAfter = TimeSpan.FromSeconds(5),
        };

    /// <summary>A redirect may carry one for browsers; it is not sent.</summary>
    private static string WithoutFragment(Uri url) =>
        url.Fragment.Length == 0 ? url.AbsoluteUri : url.AbsoluteUri[..^url.Fragment.Length];

    private static Refused TooLarge() =>
        Fault(
            ImageFault.FileTooLarge,
            $"The file is larger than {ImageLimits.MaxBytes / 1024 / 1024} MiB, which is the limit."
        );

    private static Refused Fault(string code, string detail) => Refused.Invalid("/url", code, detail);
}

/// <summary>A file that was loaded. It vanishes when it is disposed of.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="FileName">The last part of the address; null: it has none.</param>
/// <param name="MediaType">What the other server calls it.</param>
internal sealed record FetchedImage(Stream Content, string? FileName, string? MediaType) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
