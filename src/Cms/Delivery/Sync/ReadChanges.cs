using System.Security.Cryptography;
using System.Text;
using Cms.Access;
using Cms.Platform.Http;
using FastEndpoints;
using FluentValidation;
using Microsoft.Net.Http.Headers;

namespace Cms.Delivery.Sync;

/// <summary>Syncs a local copy</summary>
/// <remarks>
/// For apps that keep the newsroom on the device. Ask `/v1/sync` once, then `/v1/sync?cursor=…` with the cursor of the page before, until
/// `hasMore` is false, and again whenever you want news. Apply the changes of a page and its cursor in one transaction, and nothing is ever
/// skipped, whatever is being published meanwhile; deletions come too.
/// <para>A delta costs what changed, not what exists: a thing that changed fifty times comes once, as it is now. Within a page, and throughout the first
/// sync, sections, images, authors and tags come before the articles that need them. The same thing may come again on a later page: the last one counts.
/// A deletion may name what you do not have: ignore it.</para>
/// <para>Polling costs next to nothing: send the `ETag` of the last page as `If-None-Match` with the next request, and while nothing has changed the answer
/// is 304. With `wait=30` the request is held until something changes or 30 seconds are over. Where much changes that your cursor does not ask for, an empty
/// page with a new cursor comes now and then: keep it.</para>
/// <para>A cursor is good on every node, for as long as the server remembers deletions (180 days unless configured). If it is too old, or the database
/// has been restored or set back since it was made, the answer is 410 (`sync-expired`), and `restart` says where to start again. So it is with the cursor
/// of a reader with other rights: with a key that may read more or less behind the wall, start again.</para>
/// <para>`Accept: application/x-ndjson` streams all pages in one answer: a change on each line, after each page a line with `cursor` and `hasMore`, the
/// last of them with `hasMore: false`.</para>
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
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(new AlternativeMetadata(Lines), new PositionMetadata()));
    }

    public override async Task<IResult> ExecuteAsync(ReadChangesRequest request, CancellationToken ct)
    {
        var caller = HttpContext.FindCaller();
        var from = await request.FromAsync(feed.Cursors, feed.Reader, caller, ct);
        var page = await ReadAsync(from, request, caller, ct);
        HttpContext.Response.Headers.CacheControl = caller is null ? "no-cache" : "private, no-cache";
        HttpContext.Response.Headers.Append("Vary", "Accept, Accept-Encoding, Authorization");
        return HttpContext.Request.PrefersToJson(Lines)
            ? new LinesAnswer(feed, page, request.Limit, caller)
            : new PageAnswer(page, feed.Cursors.Write(page.Next));
    }

    /// <summary>Reads a page; where there is nothing yet and the client waits, waits with it, without a connection to the database.</summary>
    private async Task<ChangesRead> ReadAsync(
        SyncCursor from,
        ReadChangesRequest request,
        Caller? caller,
        CancellationToken ct
    )
    {
        var until = feed.Clock.GetUtcNow().AddSeconds(request.Wait);
        while (true)
        {
            // Before the look: whatever comes after it moves this.
            var moved = feed.Signal.MovedFrom(feed.Signal.Head);
            var page = await feed.Reader.ReadAsync(from, request.Limit, caller, ct);
            var left = until - feed.Clock.GetUtcNow();
            if (
                page.Changes.Count > 0
                || page.HasMore
                || left <= TimeSpan.Zero
                || feed.Lifetime.ApplicationStopping.IsCancellationRequested
            )
                return page;
            // Nothing until there; an empty page leads on only where it is high time.
            from = page.Next;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(
                ct,
                feed.Lifetime.ApplicationStopping
            );
            await Task.WhenAny(moved, Task.Delay(left, feed.Clock, over.Token));
            await over.CancelAsync();
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>One page as JSON, or 304 where the client is at its end already.</summary>
    private sealed record PageAnswer(ChangesRead Page, string Cursor) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            // What a page holds follows from where it begins and where it ends, so the end names it, within an address.
            var position = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(Cursor)).AsSpan(0, 16)
            );
            var coding = Document.Coding(context);
            context.Response.GetTypedHeaders().ETag = new EntityTagHeaderValue(
                coding is null ? $"\"{position}\"" : $"\"{position}-{coding}\""
            );
            var known = context.Request.GetTypedHeaders().IfNoneMatch;
            if (
                context.Request.Headers.IfNoneMatch.Count > 0
                && known.Any(t =>
                    t.Equals(EntityTagHeaderValue.Any)
                    || t.Tag.StartsWith($"\"{position}", StringComparison.Ordinal)
                )
            )
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
            // A SyncPage, put together from changes that are JSON already.
            var end = Encoding.UTF8.GetBytes(
                $"],\"cursor\":\"{Cursor}\",\"hasMore\":{(Page.HasMore ? "true" : "false")}}}"
            );
            var length =
                Start.Length
                + Page.Changes.Sum(c => (long)c.Length)
                + Math.Max(0, Page.Changes.Count - 1)
                + end.Length;
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = coding is null ? length : null;
            var ct = context.RequestAborted;
            var body = Pieces(context, length);
            await body.WriteAsync(Start, ct);
            for (var i = 0; i < Page.Changes.Count; i++)
            {
                if (i > 0)
                    await body.WriteAsync(Comma, ct);
                await body.WriteAsync(Page.Changes[i], ct);
            }
            await body.WriteAsync(end, ct);
            await body.FlushAsync(ct);
        }

        private static readonly byte[] Start = "{\"changes\":["u8.ToArray();
        private static readonly byte[] Comma = ","u8.ToArray();
    }

    /// <summary>The body, for many small pieces: each write to it would go out by itself. Flush it; it need not be disposed of.</summary>
    private static BufferedStream Pieces(HttpContext context, long length = long.MaxValue) =>
        new(context.Response.Body, (int)Math.Min(length, 64 * 1024));

    /// <summary>All pages to the end, a change on each line; never more than a page in memory.</summary>
    private sealed record LinesAnswer(Feed Feed, ChangesRead First, int Limit, Caller? Caller) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.ContentType = Lines;
            if (context.IsHead())
                return;
            var ct = context.RequestAborted;
            var body = Pieces(context);
            for (var page = First; ; page = await Feed.ReadOnAsync(page.Next, Limit, Caller, ct))
            {
                foreach (var change in page.Changes)
                {
                    await body.WriteAsync(change, ct);
                    await body.WriteAsync(LineEnd, ct);
                }
                await body.WriteAsync(
                    Json.Write(new Mark { Cursor = Feed.Cursors.Write(page.Next), HasMore = page.HasMore }),
                    ct
                );
                await body.WriteAsync(LineEnd, ct);
                await body.FlushAsync(ct);
                if (!page.HasMore)
                    return;
            }
        }

        private static readonly byte[] LineEnd = "\n"u8.ToArray();
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
