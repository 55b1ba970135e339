using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cms.ProcessTests.Support;

/// <summary>
/// A receiver of webhooks that is there all the time, refuses now and then, and remembers what it was sent.
/// </summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Told> _all = [];
    private readonly ConcurrentDictionary<string, int> _tries = new();
    private int _count;

    private WebhookReceiver(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>How many requests came.</summary>
    public int Count => Volatile.Read(ref _count);

    public IReadOnlyList<Told> All => [.. _all];

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.AnswerAsync);
        await receiver._app.StartAsync();
        receiver.Url = receiver
            ._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string body;
        try
        {
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync(context.RequestAborted);
        }
        // Killed in the middle of its request.
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            return;
        }
        var id = context.Request.Headers["webhook-id"].ToString();
        // One in five is refused at first.
        var accepted = id[^1] % 5 != 0 || _tries.AddOrUpdate(id, 1, (_, n) => n + 1) > 1;
        var data = JsonNode.Parse(body)!["data"]!;
        _all.Enqueue(
            new Told(id, data["id"] is { } entity ? $"{data["type"]}:{entity}" : "content", body, accepted)
        );
        context.Response.StatusCode = accepted ? 200 : 503;
        Interlocked.Increment(ref _count);
    }
}

/// <summary>A delivery as it came.</summary>
internal sealed record Told(string Id, string Entity, string Body, bool Accepted);
