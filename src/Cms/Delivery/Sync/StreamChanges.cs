using System.Text;
using Cms.Access;
using Cms.Platform.Http;
using FastEndpoints;
using FluentValidation;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Delivery.Sync;

/// <summary>Streams changes as they happen</summary>
/// <remarks>
/// Server-Sent Events, for pages and servers that update themselves: `new EventSource('/v1/events?types=article&amp;section=power')`. Each event's `data` is a
/// change as `/v1/sync` has it, in the same order; its `id` is a cursor of the sync. A client that connects again sends it as `Last-Event-ID` by itself
/// and misses nothing; the last few changes may come twice, since of changes that belong together only the last carries the `id`.
/// <para>Without `Last-Event-ID` and `cursor` the stream begins now; with the `cursor` of a sync it goes on where that ended. When you hear of a change,
/// every address of this server shows that state or a newer one. Now and then a comment is sent, so that proxies keep the connection open.</para>
/// <para>A cursor that is too old, or whose database has been restored or set back since, is refused with 410 (`sync-expired`).</para>
/// </remarks>
internal sealed class StreamChanges(Feed feed) : Slice<StreamChangesRequest>
{
    private const int BatchSize = 100;

    protected override Admitted Admitted => Admitted.ForEachRead;

    public override void Configure()
    {
        Get("/v1/events");
        AllowAnonymous();
        Answers<EventStream>(
            200,
            ProblemKinds.InvalidCursor,
            ProblemKinds.SyncExpired,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(new ContentMetadata("text/event-stream")));
    }

    public override async Task<IResult> ExecuteAsync(StreamChangesRequest request, CancellationToken ct)
    {
        var caller = HttpContext.FindCaller();
        // What a browser sends by itself when it reconnects is newer than what stands in the address.
        var resumed = request.LastEventId is { Length: > 0 } last ? StreamChangesRequest.At(last) : request;
        var from = await resumed.FromAsync(feed.Cursors, feed.Reader, caller, ct);
        if (from.Epoch is null)
            from = await feed.Reader.NowAsync(from.Scope, ct);
        // What cannot be resumed is refused with a status, while there still is one.
        var first = await feed.Reader.ReadAsync(from, BatchSize, caller, ct);
        return new Stream(feed, from, first, caller);
    }

    private sealed record Stream(Feed Feed, SyncCursor From, ChangesRead First, Caller? Caller) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
            if (context.IsHead())
                return;
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(
                context.RequestAborted,
                Feed.Lifetime.ApplicationStopping
            );
            try
            {
                await RunAsync(response.Body, end.Token);
            }
            catch (OperationCanceledException)
                when (Feed.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The client connects again, to a node that stays.
            }
            catch (Refused)
            {
                // The database was set back while we listened: the client connects again, and is told so.
            }
        }

        private async Task RunAsync(System.IO.Stream body, CancellationToken ct)
        {
            await body.WriteAsync(
                Encoding.UTF8.GetBytes($"retry: 3000\nid: {Feed.Cursors.Write(From)}\n: listening\n\n"),
                ct
            );
            await body.FlushAsync(ct);
            await WriteAsync(body, First, ct);
            var at = First.Next;
            while (true)
            {
                // Before the look: whatever comes after it moves this.
                var moved = Feed.Signal.MovedFrom(Feed.Signal.Head);
                var page = await Feed.ReadOnAsync(at, BatchSize, Caller, ct);
                await WriteAsync(body, page, ct);
                at = page.Next;
                if (!page.HasMore)
                    await WaitAsync(body, moved, ct);
            }
        }

        /// <summary>Waits until there may be something to read, sending a sign of life now and then.</summary>
        private async Task WaitAsync(System.IO.Stream body, Task moved, CancellationToken ct)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
            while (true)
            {
                var pause = Task.Delay(Feed.Heartbeat.Every, Feed.Clock, over.Token);
                if (await Task.WhenAny(moved, pause) == moved)
                {
                    await over.CancelAsync();
                    return;
                }
                await pause;
                await body.WriteAsync(": \n\n"u8.ToArray(), ct);
                await body.FlushAsync(ct);
            }
        }

        private async Task WriteAsync(System.IO.Stream body, ChangesRead page, CancellationToken ct)
        {
            if (page.Changes.Count == 0)
                return;
            using var text = new MemoryStream();
            for (var i = 0; i < page.Changes.Count; i++)
            {
                if (i == page.Changes.Count - 1)
                    text.Write(Encoding.UTF8.GetBytes($"id: {Feed.Cursors.Write(page.Next)}\n"));
                text.Write("data: "u8);
                text.Write(page.Changes[i]);
                text.Write("\n\n"u8);
            }
            await body.WriteAsync(text.GetBuffer().AsMemory(0, (int)text.Length), ct);
            await body.FlushAsync(ct);
        }
    }
}

internal sealed record StreamChangesRequest : SyncRequest
{
    /// <summary>The `id` of the last event that was received; wins over `cursor`.</summary>
    [FromHeader("Last-Event-ID", IsRequired = false)]
    public string? LastEventId { get; init; }

    /// <summary>The same, from an event on: what that is bound to counts.</summary>
    public static StreamChangesRequest At(string cursor) => new() { Cursor = cursor };
}

internal sealed class StreamChangesRules : SyncRequestRules<StreamChangesRequest>
{
    public StreamChangesRules() => RuleFor(r => r.LastEventId).MaximumLength(2_000);
}

/// <summary>Events, each with a change as its data.</summary>
internal sealed record EventStream;
