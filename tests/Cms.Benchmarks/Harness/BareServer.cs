using System.Collections.Frozen;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Cms.Benchmarks.Harness;

/// <summary>
/// The baseline: Kestrel, answering what it is asked for with bytes that are there already. No server on it can be
/// faster.
/// </summary>
internal static class BareServer
{
    public const string Command = "bare";
    private const int Piece = 64 * 1024;
    private static readonly byte[] Bytes = CreateBytes();
    private static TaskCompletionSource<int> _told = NewSource();
    private static FrozenDictionary<string, Finished> _recorded = FrozenDictionary<string, Finished>.Empty;

    /// <param name="folder">Answers to give as they were recorded (<see cref="RecordedAnswer"/>), each under its
    /// name.</param>
    /// <param name="port">0: any.</param>
    /// <param name="ct">Ends it.</param>
    public static async Task RunAsync(string? folder, int port, CancellationToken ct)
    {
        if (folder is not null)
            _recorded = RecordedAnswer.Load(folder).ToFrozenDictionary(a => "/" + a.Name, Finished.Of);
        await ServeAsync(port, AnswerAsync, ct);
    }

    /// <summary>Kestrel with this and nothing else.</summary>
    public static async Task ServeAsync(int port, RequestDelegate answer, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}").ConfigureKestrel(k => k.AddServerHeader = false);
        await using var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(ct);
        Console.WriteLine(
            app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First()
        );
        Console.WriteLine(ServerProcess.Ready);
        await app.WaitForShutdownAsync(ct);
    }

    private static Task AnswerAsync(HttpContext context)
    {
        if (_recorded.TryGetValue(context.Request.Path.Value!, out var recorded))
            return recorded.WriteAsync(context.Response);
        var path = context.Request.Path.Value!.Split('/');
        return path[1] switch
        {
            "unchanged" => Unchanged(context),
            "bytes" => BytesAsync(context, long.Parse(path[2], CultureInfo.InvariantCulture)),
            "hold" => HoldAsync(context),
            "wait" => WaitAsync(context),
            _ => Tell(int.Parse(path[2], CultureInfo.InvariantCulture)),
        };
    }

    private static Task Unchanged(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status304NotModified;
        context.Response.Headers.ETag = "\"0123456789abcdef0123456789abcdef\"";
        context.Response.Headers.CacheControl = "no-cache";
        return Task.CompletedTask;
    }

    private static async Task BytesAsync(HttpContext context, long count)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = count;
        for (var left = count; left > 0; left -= Piece)
            await context.Response.Body.WriteAsync(Bytes.AsMemory(0, (int)Math.Min(left, Piece)));
    }

    /// <summary>Holds a stream, and writes to it what all are told.</summary>
    private static async Task HoldAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(": listening\n\n"u8.ToArray());
        await context.Response.Body.FlushAsync();
        while (true)
        {
            var count = await _told.Task.WaitAsync(context.RequestAborted);
            await context.Response.Body.WriteAsync(Event(count));
            await context.Response.Body.FlushAsync();
        }
    }

    /// <summary>Holds a request until all are told.</summary>
    private static async Task WaitAsync(HttpContext context) =>
        await BytesAsync(context, await _told.Task.WaitAsync(context.RequestAborted));

    private static Task Tell(int count)
    {
        Interlocked.Exchange(ref _told, NewSource()).SetResult(count);
        return Task.CompletedTask;
    }

    private static byte[] Event(int count) => [.. "data: "u8, .. Bytes.AsSpan(0, count), .. "\n\n"u8];

    private static byte[] CreateBytes()
    {
        var bytes = new byte[Piece];
        bytes.AsSpan().Fill((byte)'x');
        return bytes;
    }

    private static TaskCompletionSource<int> NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Finished(int Status, KeyValuePair<string, StringValues>[] Headers, byte[] Body)
    {
        public static Finished Of(RecordedAnswer answer) =>
            new(
                answer.Status,
                [.. answer.Headers.Select(h => KeyValuePair.Create(h.Key, new StringValues(h.Value)))],
                answer.Body
            );

        public Task WriteAsync(HttpResponse response)
        {
            foreach (var (name, value) in Headers)
                response.Headers[name] = value;
            if (Status == StatusCodes.Status304NotModified)
            {
                response.StatusCode = Status;
                return Task.CompletedTask;
            }
            response.ContentLength = Body.Length;
            var written = response.BodyWriter.WriteAsync(Body);
            return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
        }
    }
}
