using System.Text;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using Microsoft.AspNetCore.Http.Features;

namespace Cms.Delivery.Sync.Streams;

/// <summary>Streams changes as they happen</summary>
/// <remarks>
/// Server-Sent Events, for pages and servers that update themselves: `new
/// EventSource('/v1/events?types=article&amp;section=power')`. The `data` of each event is a change as in `/v1/sync`,
/// in the same order and with the same rules for walled bodies and images; its `id` is a sync cursor. A client that
/// reconnects sends it as `Last-Event-ID` by itself and misses nothing. The last few changes may come twice, since only
/// the last of a group of related changes has the `id`.
/// <para>Without `Last-Event-ID` and `cursor` the stream begins now; with the `cursor` of a sync it continues from
/// there. Once you receive a change, every address of this server shows that state or a newer one. The server sends a
/// comment now and then to keep the connection open.</para>
/// <para>A cursor that is too old, or whose database has been restored or set back since, is 410
/// (`sync-expired`).</para>
/// <para>A stream that must stop ends with an event `event: end`, whose `data` is a problem: `unauthenticated` if its
/// key was revoked or has expired, `sync-expired` if the database was set back. Listen for it with
/// `addEventListener('end', …)`. A client that receives much too slowly is disconnected, and can reconnect with
/// `Last-Event-ID`. The number of open streams is limited for each client address (429, `too-many-streams`).</para>
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
            ProblemKinds.TooManyStreams,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(new ContentMetadata("text/event-stream")));
    }

    public override async Task<IResult> ExecuteAsync(StreamChangesRequest request, CancellationToken ct)
    {
        feed.Enter(HttpContext);
        var key = feed.Watch(HttpContext);
        // What a browser sends by itself when it reconnects is newer than what stands in the address.
        var resumed = request.LastEventId is { Length: > 0 } last ? StreamChangesRequest.At(last) : request;
        var from = await resumed.FromAsync(feed.Cursors, feed.Reader, key.Caller, ct);
        if (from.Epoch is null)
            from = await feed.Reader.NowAsync(from.Scope, ct);
        var following = feed.Shared.Follow(from.Scope, key.Caller);
        HttpContext.Response.RegisterForDispose(following);
        // What cannot be resumed is refused with a status, while there still is one.
        var first = await feed.Reader.ReadAsync(from, BatchSize, key.Caller, following, hasBegun: false, ct);
        HttpContext.Response.RegisterForDispose(first);
        return new Stream(feed, from, first, key, following);
    }

    private sealed record Stream(
        Feed Feed,
        SyncCursor From,
        ChangesRead First,
        WatchedKey Key,
        SharedFeed.Following Following
    ) : IResult
    {
        private static readonly byte[] Comment = ": \n\n"u8.ToArray();
        private static readonly byte[] Data = "data: "u8.ToArray();
        private static readonly byte[] End = "\n\n"u8.ToArray();

        public async Task ExecuteAsync(HttpContext context)
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
            if (context.IsHead())
                return;
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            using var client = new SlowClient(context, Feed.Clock, Feed.Lifetime.ApplicationStopping);
            try
            {
                await RunAsync(client);
            }
            catch (OperationCanceledException)
                when (Feed.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // The client connects again, to a node that stays.
            }
            catch (Refused refused)
            {
                // The key has ended, or the database was set back while the stream was open: it is too late for a
                // status code.
                var problem = Json.WriteText(ErrorBoundary.ProblemOf(context, refused));
                await SendAsync(client, Encoding.UTF8.GetBytes($"event: end\ndata: {problem}\n\n"));
            }
        }

        private async Task RunAsync(SlowClient client)
        {
            var shown = From;
            await SendAsync(
                client,
                Encoding.UTF8.GetBytes($"retry: 3000\nid: {Feed.Cursors.Write(From)}\n: listening\n\n")
            );
            SyncCursor at;
            using (First)
                at = await SendAsync(client, First);
            while (true)
            {
                // Before the look: whatever comes after it moves this.
                var moved = Feed.Signal.MovedFrom(Feed.Signal.Head);
                await Feed.Shared.Lane.EnterAsync();
                client.End.ThrowIfCancellationRequested();
                if (await StepAsync())
                    continue;
                var news = Feed.Shared.NewsAsync(Following, at, moved);
                while (!await WaitAsync(client, news))
                {
                    Key.Require();
                    // So that a client does not reconnect at a position that memory no longer has.
                    if (at.Position - shown.Position > ChangeReader.QuietDistance)
                        await ShowAsync();
                    else
                        await SendAsync(client, Comment);
                }
            }

            async Task<bool> StepAsync()
            {
                using var page = await Feed.ReadOnAsync(at, BatchSize, Key, Following, client.End);
                if (page.Changes.Count > 0)
                    shown = page.Next;
                at = await SendAsync(client, page);
                return page.HasMore;
            }

            async Task ShowAsync()
            {
                shown = at;
                await SendAsync(client, Encoding.UTF8.GetBytes($"id: {Feed.Cursors.Write(at)}\n: \n\n"));
            }
        }

        /// <summary>Waits until there may be something to read; false when it is time for a heartbeat.</summary>
        private async Task<bool> WaitAsync(SlowClient client, Task news)
        {
            if (news.IsCompleted)
                return true;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(client.End, Key.Ended);
            await Feed.Shared.Lane.AfterAsync(
                news.WaitAsync(Key.Within(Feed.Heartbeat.Every), Feed.Clock, over.Token)
            );
            client.End.ThrowIfCancellationRequested();
            Key.Require();
            return news.IsCompleted;
        }

        /// <summary>Sends a page, and says where it leads.</summary>
        private async Task<SyncCursor> SendAsync(SlowClient client, ChangesRead page)
        {
            if (page.Changes.Count > 0)
            {
                Key.Require();
                var id = Encoding.UTF8.GetBytes($"id: {Feed.Cursors.Write(page.Next)}\n");
                await client.SendAsync(
                    Pieces(),
                    id.Length + page.Changes.Sum(c => (long)c.Length + Data.Length + End.Length)
                );

                IEnumerable<ReadOnlyMemory<byte>> Pieces()
                {
                    for (var i = 0; i < page.Changes.Count; i++)
                    {
                        if (i == page.Changes.Count - 1)
                            yield return id;
                        yield return Data;
                        yield return page.Changes[i];
                        yield return End;
                    }
                }
            }
            return page.Reached;
        }

        private static Task SendAsync(SlowClient client, byte[] bytes) =>
            client.SendAsync([bytes], bytes.Length);
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
    public StreamChangesRules() => RuleFor(r => r.LastEventId).HasAtMost(2_000);
}

/// <summary>Events, each with a change as its data.</summary>
internal sealed record EventStream;
