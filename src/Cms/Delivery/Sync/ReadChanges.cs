using System.Security.Cryptography;
using System.Text;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;
using FastEndpoints;
using FluentValidation;

namespace Cms.Delivery.Sync;

/// <summary>Syncs a local copy</summary>
/// <remarks>
/// For apps that keep a copy on the device. Start with `/v1/sync`, then send the `cursor` of each page as
/// `/v1/sync?cursor=…` until `hasMore` is false, and again whenever you want news. Apply a page and its cursor in one
/// transaction. Then no change is ever missed, whatever is published meanwhile; deletions are included.
/// <para>A page may have fewer changes than `limit`, since long ones fill it earlier: rely on `hasMore`. A thing that
/// changed fifty times comes once, in its present state. Within a page, and throughout the first sync, sections,
/// images, authors and tags come before the articles that need them. The same thing may come again on a later page: the
/// last one counts. Ignore the deletion of a thing that you do not have.</para>
/// <para>Without a key, the bodies of walled articles end after their teaser. An image that appears only behind the
/// wall is not in the sync at all: readers get it only with a key that may read there. If an article moves such an
/// image before the wall, it comes as a change; if one moves behind the wall, it comes as a deletion.</para>
/// <para>To poll cheaply, send the `ETag` of the last page as `If-None-Match`: while nothing has changed, the answer is
/// 304. With `wait=30` the server waits up to 30 seconds for a change. You may get an empty page with a new cursor when
/// much has changed outside your selection: keep that cursor.</para>
/// <para>A cursor works on every node, for as long as the server remembers deletions (180 days unless configured). If
/// it is older, or the database has been restored or set back since, the answer is 410 (`sync-expired`), and `restart`
/// says where to start again. The same holds when the rights behind the cursor change: after switching to a key that
/// may read more or less behind the wall, start again.</para>
/// <para>`Accept: application/x-ndjson` streams all pages in one answer: one change on each line, and after each page a
/// line with `cursor` and `hasMore`. The last line has `hasMore: false`, or a `problem` if the stream had to stop (the
/// key was revoked, or the database was set back).</para>
/// <para>If the key is revoked or expires while a request waits, the answer is 401. The number of open requests to this
/// address and `/v1/events` is limited for each client address (429, `too-many-streams`). A client that receives much
/// too slowly is disconnected.</para>
/// </remarks>
internal sealed class ReadChanges(Feed feed) : Slice<ReadChangesRequest>
{
    public const string Address = "/v1/sync";
    private const string Lines = "application/x-ndjson";

    protected override Admitted Admitted => Admitted.ForEachRead;

    public override void Configure()
    {
        Get(Address);
        AllowAnonymous();
        Answers<SyncPage>(
            200,
            ProblemKinds.InvalidCursor,
            ProblemKinds.SyncExpired,
            ProblemKinds.TooManyStreams,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(new AlternativeMetadata(Lines), new PositionMetadata()));
    }

    public override async Task<IResult> ExecuteAsync(ReadChangesRequest request, CancellationToken ct)
    {
        feed.Enter(HttpContext);
        var key = feed.Watch(HttpContext);
        var from = await request.FromAsync(feed.Cursors, feed.Reader, key.Caller, ct);
        var page = await ReadAsync(from, request, key, ct);
        HttpContext.Response.RegisterForDispose(page);
        HttpContext.Response.Headers.CacheControl = key.Caller is null ? "no-cache" : "private, no-cache";
        HttpContext.Response.Headers.Append("Vary", "Accept, Accept-Encoding, Authorization");
        return HttpContext.Request.PrefersToJson(Lines)
            ? new LinesAnswer(feed, page, request.Limit, key)
            : new PageAnswer(feed, page, feed.Cursors.Write(page.Next));
    }

    /// <summary>
    /// Reads a page; where there is nothing yet and the client waits, waits with it, without a connection to the
    /// database.
    /// </summary>
    private async Task<ChangesRead> ReadAsync(
        SyncCursor from,
        ReadChangesRequest request,
        WatchedKey key,
        CancellationToken ct
    )
    {
        var until = feed.Clock.GetUtcNow().AddSeconds(request.Wait);
        using var following =
            request.Wait > 0 && from.Epoch is not null ? feed.Shared.Follow(from.Scope, key.Caller) : null;
        for (var at = from; ; )
        {
            // Before the look: whatever comes after it moves this.
            var moved = feed.Signal.MovedFrom(feed.Signal.Head);
            key.Require();
            var page = key.Require(
                await feed.Reader.ReadAsync(at, request.Limit, key.Caller, following, hasBegun: false, ct)
            );
            var left = until - feed.Clock.GetUtcNow();
            if (
                page.Changes.Count > 0
                || page.HasMore
                || left <= TimeSpan.Zero
                || following is null
                || feed.Lifetime.ApplicationStopping.IsCancellationRequested
            )
                // An empty page gets a new cursor only when the old one would soon be too old.
                return
                    page.Changes.Count > 0
                    || page.HasMore
                    || page.Reached.Position - from.Position > ChangeReader.QuietDistance
                    ? page
                    : page with
                    {
                        Next = at == from ? page.Next : from,
                    };
            page.Dispose();
            at = page.Reached;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(
                ct,
                key.Ended,
                feed.Lifetime.ApplicationStopping
            );
            await feed.Shared.Lane.AfterAsync(
                feed.Shared.NewsAsync(following, at, moved)
                    .WaitAsync(key.Within(left), feed.Clock, over.Token)
            );
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One page as JSON, or 304 where the client is at its end already.</summary>
    private sealed record PageAnswer(Feed Feed, ChangesRead Page, string Cursor) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            // What a page holds follows from where it begins and where it ends, so the end names it, within an address.
            var position = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(Cursor)).AsSpan(0, 16)
            );
            var coding = ContentCoding.NameOf(context, Json);
            context.Response.GetTypedHeaders().ETag = Conditional.TagOf(position, coding);
            // Each coding has its own tag, but a client with a page in one of them is at the same position.
            if (
                ContentCoding.Names.Any(held =>
                    Conditional.Evaluate(context.Request, Conditional.TagOf(position, held), null, default)
                    == Precondition.NotModified
                )
            )
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
            if (
                !Conditional.IsWanted(
                    context,
                    Conditional.TagOf(position, coding),
                    changed: null,
                    now: default
                )
            )
                return;
            // A SyncPage, put together from changes that are JSON already.
            var end = Encoding.UTF8.GetBytes(
                $"],\"cursor\":\"{Cursor}\",\"hasMore\":{(Page.HasMore ? "true" : "false")}}}"
            );
            var length =
                Start.Length
                + Page.Changes.Sum(c => (long)c.Length)
                + Math.Max(0, Page.Changes.Count - 1)
                + end.Length;
            context.Response.ContentType = Json;
            context.Response.ContentLength = coding is null ? length : null;
            using var client = new SlowClient(context, Feed.Clock);
            await client.SendAsync(Pieces(), length);

            IEnumerable<ReadOnlyMemory<byte>> Pieces()
            {
                yield return Start;
                for (var i = 0; i < Page.Changes.Count; i++)
                {
                    if (i > 0)
                        yield return Comma;
                    yield return Page.Changes[i];
                }
                yield return end;
            }
        }

        private const string Json = "application/json; charset=utf-8";
        private static readonly byte[] Start = "{\"changes\":["u8.ToArray();
        private static readonly byte[] Comma = ","u8.ToArray();
    }

    /// <summary>All pages to the end, a change on each line; never more than a page in memory.</summary>
    private sealed record LinesAnswer(Feed Feed, ChangesRead First, int Limit, WatchedKey Key) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.ContentType = Lines;
            if (context.IsHead())
                return;
            using var client = new SlowClient(context, Feed.Clock);
            try
            {
                var page = First;
                while (await SendAsync(client, page))
                {
                    // Check the key again: it may have been revoked during the read.
                    page = await Key.CheckAsync(
                        await Feed.ReadOnAsync(page.Next, Limit, Key, following: null, client.End)
                    );
                }
            }
            catch (Refused refused) when (context.Response.HasStarted)
            {
                var last = Json.Write(new Stop { Problem = ErrorBoundary.ProblemOf(context, refused) });
                await client.SendAsync([last, LineEnd], last.Length + LineEnd.Length);
            }
        }

        /// <summary>Sends a page, and returns whether there is another.</summary>
        private async Task<bool> SendAsync(SlowClient client, ChangesRead page)
        {
            using (page)
            {
                var mark = Json.Write(
                    new Mark { Cursor = Feed.Cursors.Write(page.Next), HasMore = page.HasMore }
                );
                var length = page.Changes.Append(mark).Sum(line => (long)line.Length + LineEnd.Length);
                await client.SendAsync(
                    page.Changes.Append(mark).SelectMany(line => (ReadOnlyMemory<byte>[])[line, LineEnd]),
                    length
                );
                return page.HasMore;
            }
        }

        private static readonly byte[] LineEnd = "\n"u8.ToArray();
    }

    private sealed record Stop
    {
        public required Problem Problem { get; init; }
    }

    private sealed record Mark
    {
        public required string Cursor { get; init; }
        public required bool HasMore { get; init; }
    }
}

internal sealed record ReadChangesRequest : SyncRequest
{
    /// <summary>How many changes a page holds at most.</summary>
    [QueryParam]
    public int Limit { get; init; } = 100;

    /// <summary>How many seconds to hold the request while there is nothing new.</summary>
    [QueryParam]
    public int Wait { get; init; }
}

internal sealed class ReadChangesRules : SyncRequestRules<ReadChangesRequest>
{
    public ReadChangesRules()
    {
        RuleFor(r => r.Limit).InclusiveBetween(1, 1_000);
        RuleFor(r => r.Wait).InclusiveBetween(0, 60);
    }
}
