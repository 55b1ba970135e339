using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cms.Client.Tests.Support;

/// <summary>A request as a fake server got it.</summary>
internal sealed record Asked(string Path, string? IfNoneMatch, string? Authorization);

/// <summary>
/// A server for what the real one cannot be made to do: real HTTP on loopback, with answers out of the test.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeServer(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;
    public ConcurrentQueue<Asked> Requests { get; } = new();
    public IReadOnlyList<string> Paths => [.. Requests.Select(r => r.Path)];

    /// <summary>Answers each request with the next of these, and the last one for ever.</summary>
    public static Task<FakeServer> StartAsync(params RequestDelegate[] answers)
    {
        var next = 0;
        return StartAsync(context =>
            answers[Math.Min(Interlocked.Increment(ref next), answers.Length) - 1](context)
        );
    }

    public static async Task<FakeServer> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Requests that a test leaves hanging are cut.
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        var server = new FakeServer(builder.Build());
        server._app.Run(context =>
        {
            server.Requests.Enqueue(
                new Asked(
                    context.Request.Path + context.Request.QueryString,
                    (string?)context.Request.Headers.IfNoneMatch,
                    (string?)context.Request.Headers.Authorization
                )
            );
            // A client asks again by itself when a connection that it had before breaks off, and the next answer would
            // go to that.
            context.Response.Headers.Connection = "close";
            return answer(context);
        });
        await server._app.StartAsync();
        server.Address = new Uri(
            server
                ._app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First()
        );
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    public CmsClient Client(TimeProvider? clock = null, string? apiKey = null, int maxRetries = 4) =>
        new(
            new CmsClientOptions
            {
                BaseAddress = Address,
                ApiKey = apiKey,
                MaxRetries = maxRetries,
                TimeProvider = clock ?? TimeProvider.System,
            }
        );
}

/// <summary>What a fake server answers.</summary>
internal static class Answers
{
    public static RequestDelegate Json(string json, string? etag = null) =>
        context =>
        {
            if (etag is not null)
                context.Response.Headers.ETag = etag;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(json);
        };

    public static RequestDelegate Problem(
        int status,
        string code,
        string? retryAfter = null,
        string? date = null,
        string? restart = null
    ) =>
        context =>
        {
            context.Response.StatusCode = status;
            if (retryAfter is not null)
                context.Response.Headers.RetryAfter = retryAfter;
            if (date is not null)
                context.Response.Headers.Date = date;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync(
                $$"""{"type":"/problems/{{code}}","title":"It """
                    + $$"""failed","status":{{status}},"detail":"As """
                    + $$"""planned.","instance":"{{context.Request.Path}}","code":"{{code}}","traceId":"t-"""
                    + $$"""1"{{(restart is null ? "" : $",\"restart\":\"{restart}\"")}}}"""
            );
        };

    public static RequestDelegate Html(int status) =>
        context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<h1>Welcome to the hotel</h1>");
        };

    /// <summary>Promises more than it sends, and cuts the connection.</summary>
    public static async Task CutOff(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("""{"id":"019""");
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    /// <summary>Never.</summary>
    public static async Task Silence(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        await using var _ = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    /// <summary>An article with nothing but what it must have.</summary>
    public static string Article(string headline = "A headline", string more = "") =>
        $$"""
            {"id":"01981f5e-0000-7000-8000-000000000001","slug":"a","url":"/v1/articles/a","kicker":null,
            "headline":"{{headline}}","deck":null,
            "excerpt":"","access":"public","publishedAt":"2026-10-01T08:00:00Z","updatedAt":"2026-10-01T08:00:00Z",
            "wordCount":1,"readingMinutes":1,
            "section":{"id":"01981f5e-0000-7000-8000-000000000002","slug":"s","name":"S","url":"/v1/sections/s"},
            "authors":[],"heroImage":null,
            "tags":[],"body":null,"bodyTruncated":false,"disclosure":null,"corrections":[],"seo":null,
            "related":[]{{more}}}
            """;
}
