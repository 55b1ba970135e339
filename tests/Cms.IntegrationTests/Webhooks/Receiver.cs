using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cms.IntegrationTests.Webhooks;

/// <summary>A server that webhooks are sent to, and all that came there.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _all = [];

    private Receiver(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>All that came, in the order in which it came.</summary>
    public IReadOnlyList<Received> All => [.. _all];

    /// <summary>What came about one thing.</summary>
    public IReadOnlyList<Received> About(JsonNode thing) =>
        [.. _all.Where(r => (string?)r.Json["data"]!["id"] == (string?)thing["id"])];

    /// <param name="answer">Answers each request; by default with 200.</param>
    public static async Task<Receiver> StartAsync(Func<HttpContext, Received, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async context =>
        {
            using var body = new StreamReader(context.Request.Body);
            var received = new Received(
                context.Request.Headers.ToDictionary(
                    h => h.Key.ToLowerInvariant(),
                    h => h.Value.ToString(),
                    StringComparer.Ordinal
                ),
                await body.ReadToEndAsync(),
                TimeProvider.System.GetUtcNow()
            );
            receiver._all.Enqueue(received);
            if (answer is not null)
                await answer(context, received);
        });
        await app.StartAsync();
        receiver.Url =
            app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First() + "/hook";
        return receiver;
    }

    public static Func<HttpContext, Received, Task> Always(int status) =>
        (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

/// <summary>A request as it came.</summary>
internal sealed record Received(IReadOnlyDictionary<string, string> Headers, string Body, DateTimeOffset At)
{
    public string Id => Headers["webhook-id"];
    public string[] Signatures => Headers["webhook-signature"].Split(' ');
    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();
    public string Type => (string)Json["type"]!;
    public DateTimeOffset HappenedAt =>
        DateTimeOffset.Parse((string)Json["timestamp"]!, CultureInfo.InvariantCulture);

    /// <summary>The signature that a receiver with this secret expects, made anew from the specification.</summary>
    public string SignatureWith(string secret)
    {
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        return "v1,"
            + Convert.ToBase64String(
                hmac.ComputeHash(Encoding.UTF8.GetBytes($"{Id}.{Headers["webhook-timestamp"]}.{Body}"))
            );
    }
}
