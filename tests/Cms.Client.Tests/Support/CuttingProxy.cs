using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Cms.Client.Tests.Support;

/// <summary>
/// Stands between client and server: it passes every request on, and breaks the connection in place of the first
/// answers, after the server has done what was asked.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly FakeServer _server;
    private int _cuts;

    private CuttingProxy(FakeServer server) => _server = server;

    public Uri Address => _server.Address;

    /// <summary>The idempotency keys of the requests, in their order.</summary>
    public ConcurrentQueue<string?> Keys { get; } = new();

    /// <summary>How many answers are still to be cut.</summary>
    public int Cuts
    {
        get => _cuts;
        set => _cuts = value;
    }

    public static async Task<CuttingProxy> StartAsync(Uri server)
    {
        CuttingProxy? proxy = null;
        proxy = new CuttingProxy(await FakeServer.StartAsync(context => proxy!.PassAsync(context, server)));
        return proxy;
    }

    private async Task PassAsync(HttpContext context, Uri server)
    {
        Keys.Enqueue(context.Request.Headers["Idempotency-Key"]);
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(server, context.Request.Path + context.Request.QueryString.Value)
        );
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.Length > 0)
            request.Content = new ByteArrayContent(body.ToArray());
        foreach (var (name, values) in context.Request.Headers)
            if (
                name
                is not (
                    "Host"
                    or "Connection"
                    or "Accept-Encoding"
                    or "Content-Length"
                    or "Transfer-Encoding"
                )
            )
                if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
                    request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
        using var answer = await _http.SendAsync(request);
        if (Interlocked.Decrement(ref _cuts) >= 0)
        {
            context.Abort();
            return;
        }
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }
}
