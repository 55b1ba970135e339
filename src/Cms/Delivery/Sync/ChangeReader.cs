using System.Text.Json;
using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Reading;
using Cms.Delivery.Sync.Streams;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Sync;

/// <summary>
/// Reads the change feed: from memory where that reaches (<see cref="SharedFeed"/>), and otherwise from the database, a
/// few at a time. A page is read in one snapshot: which things changed, in the order of the commits, and what they are
/// now. What changes after a page was read has a greater number than the page's end, so it comes later; what is not yet
/// committed has no number.
/// </summary>
internal sealed class ChangeReader(
    DeliveryDatabase database,
    ChangeSignal signal,
    Admission admission,
    BytesInFlight bytes,
    SharedFeed shared,
    KeyWatch keys,
    KnownSections sections
)
{
    /// <summary>
    /// How far the feed may go on without anything for a reader before their cursor moves with it: what lies between is
    /// looked through again at each question, and who falls out of memory asks the database.
    /// </summary>
    public const int QuietDistance = 500;

    /// <summary>Unknown sections that get a hint: each is compared with all there are.</summary>
    private const int MaxHints = 3;

    /// <summary>Reads on from a cursor.</summary>
    /// <param name="from">The cursor.</param>
    /// <param name="limit">The most changes.</param>
    /// <param name="caller">Who reads.</param>
    /// <param name="following">The scope that the reader follows, if the connection stays open.</param>
    /// <param name="hasBegun">Whether the answer has begun: then it waits on a busy server instead of being
    /// refused.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refused">410: deletions since the cursor were removed; 503: the replica is behind, or the
    /// server is busy.</exception>
    public async Task<ChangesRead> ReadAsync(
        SyncCursor from,
        int limit,
        Caller? caller,
        SharedFeed.Following? following,
        bool hasBegun,
        CancellationToken ct
    )
    {
        if (signal.Head is { } head && from.Epoch == head.Epoch && from.Loading is null)
        {
            // Nothing has happened since: no lookup needed, not even in memory.
            if (from.Position == head.Sequence)
                return new([], from, HasMore: false);
            if (await shared.TryReadAsync(from, limit, caller, following, hasBegun, ct) is { } page)
                return page;
        }
        return await ReadNowAsync(from, limit, caller, hasBegun, ct);
    }

    /// <summary>
    /// The cursor of one who wants to hear only of what happens from now on: without the database, as long as this node
    /// knows where the feed is.
    /// </summary>
    public async Task<SyncCursor> NowAsync(SyncScope scope, CancellationToken ct)
    {
        var head = signal.Head;
        if (head is null)
        {
            using var place = await admission.TakeAsync(Share.Feed, ct);
            var feed = (
                await database.ReadAsync(
                    (postgres, own) =>
                        postgres.FindAsync<FeedRow>(SelectFeed, new { Epoch = (Guid?)null }, own),
                    ct
                )
            )!;
            head = new(feed.Epoch, feed.Head);
        }
        return new()
        {
            Scope = scope,
            Epoch = head.Epoch,
            Position = head.Sequence,
            Since = head.Sequence,
        };
    }

    /// <summary>Ids of sections, by slug or id.</summary>
    /// <exception cref="Refused">400: one that there is not.</exception>
    public async Task<IReadOnlyList<Guid>> FindSectionsAsync(string[]? references, CancellationToken ct)
    {
        if (references is null)
            return [];
        var known = await sections.AllAsync(ct);
        Faults missing =
        [
            .. references
                .Distinct(StringComparer.Ordinal)
                .Where(r => !known.ContainsKey(r))
                .Select(
                    (r, n) =>
                        Fault.Of(
                            "section",
                            "unknown-section",
                            $"There is no section '{Text.Short(r)}'.{(n < MaxHints ? Nearest.Hint(r, known.Keys) : "")}"
                        )
                ),
        ];
        if (missing.Count > 0)
            throw Refused.Parameters(missing);
        return [.. references.Select(r => known[r]).Distinct().Order()];
    }

    private async Task<ChangesRead> ReadNowAsync(
        SyncCursor start,
        int limit,
        Caller? caller,
        bool hasBegun,
        CancellationToken ct
    )
    {
        // Before the admission place, so that waiting for slow clients blocks no other reader.
        var portion = hasBegun ? await bytes.TakePatientlyAsync(ct) : await bytes.TakeAsync(ct);
        try
        {
            ChangesRead page;
            using (
                hasBegun
                    ? await admission.TakePatientlyAsync(Share.Feed, ct)
                    : await admission.TakeAsync(Share.Feed, ct)
            )
                page = await database.ReadAsync(
                    (postgres, own) => ReadFromAsync(postgres, start, limit, portion.Bytes, caller, own),
                    ct
                );
            portion.Resize(page.Changes.Sum(c => (long)c.Length));
            // As SharedFeed does after each look: a key that was revoked before one of these changes was made is known
            // to be before any of them is sent.
            if (caller is not null)
                await keys.CheckAsync();
            return page with { Holds = [portion] };
        }
        catch
        {
            portion.Dispose();
            throw;
        }
    }

    private Task<ChangesRead> ReadFromAsync(
        NpgsqlDataSource postgres,
        SyncCursor start,
        int limit,
        long mostBytes,
        Caller? caller,
        CancellationToken ct
    ) =>
        postgres.InSnapshotAsync(
            async transaction =>
            {
                var feed = (await transaction.FindAsync<FeedRow>(SelectFeed, new { start.Epoch }, ct))!;
                // A cursor that another node made may be ahead of what this one knows of, and of the replica: whether
                // it is good only the primary knows.
                if (
                    !database.IsPrimary(postgres)
                    && start.Epoch is not null
                    && (!feed.IsKnown || start.Reach > feed.Head)
                )
                    throw new NotOnReplicaException();
                if (!IsThere(start, feed))
                    return new ChangesRead([], start, HasMore: false);
                var at = start.Epoch is null
                    ? start with
                    {
                        Loading = start.Scope.Types[0],
                        Since = feed.Head,
                    }
                    : start;
                var changes = new List<byte[]>();
                var left = mostBytes;
                while (at.Loading is { } type && changes.Count < limit && left > 0)
                {
                    var take = limit - changes.Count;
                    var rows = await transaction.ListAsync<ChangeRow>(
                        ChangeStatements.Loading(at.Scope, type, caller),
                        Arguments(at, take, caller),
                        ct
                    );
                    var written = await WriteAsync(rows, take);
                    at =
                        rows.Count > written
                            ? written == 0
                                ? at
                                : at with
                                {
                                    Position = rows[written - 1].Sequence,
                                }
                            : at.Scope.Types.Where(t => t > type).Cast<EntityType?>().FirstOrDefault()
                                is { } next
                                ? at with
                                {
                                    Loading = next,
                                    Position = 0,
                                }
                                : at with
                                {
                                    Loading = null,
                                    Position = at.Since,
                                };
                    if (rows.Count > written)
                        break;
                }
                var hasMore = true;
                if (at.Loading is null && changes.Count < limit && left > 0)
                {
                    var take = limit - changes.Count;
                    var rows = await transaction.ListAsync<ChangeRow>(
                        ChangeStatements.Following(at.Scope, caller),
                        Arguments(at, take, caller),
                        ct
                    );
                    var written = await WriteAsync(rows, take);
                    hasMore = rows.Count > written;
                    // At the end of the feed the cursor stands at its head, also where the last numbers were of things
                    // out of scope. An empty page leads nowhere, so that its entity tag stays the same, unless it has
                    // stayed behind for long.
                    if (hasMore)
                        at = written == 0 ? at : at with { Position = rows[written - 1].Sequence };
                    else if (
                        rows.Count > 0
                        || start.Loading is not null
                        || start.Epoch is null
                        || feed.Head - at.Position > QuietDistance
                    )
                        at = at with { Position = feed.Head };
                }
                var end = at with { Epoch = MovedOn(start, at) ? feed.Epoch : start.Epoch };
                return new ChangesRead(changes, end, hasMore)
                {
                    Reached = hasMore ? end : end with { Epoch = feed.Epoch, Position = feed.Head },
                };

                async Task<int> WriteAsync(IReadOnlyList<ChangeRow> rows, int take)
                {
                    var written = await ChangeRendering.RenderAsync(
                        transaction,
                        [.. rows.Take(take)],
                        at.Scope,
                        caller,
                        left,
                        isFirst: changes.Count == 0,
                        ct
                    );
                    // An article comes after the things that it refers to.
                    changes.AddRange(
                        written.OrderBy(w => w.Row.Rank).ThenBy(w => w.Row.Sequence).Select(w => w.Json)
                    );
                    left -= written.Sum(w => (long)w.Json.Length);
                    return written.Count;
                }
            },
            ct
        );

    private static bool MovedOn(SyncCursor start, SyncCursor at) =>
        start.Epoch is null || start != at with { Epoch = start.Epoch };

    /// <summary>Whether the feed has what the cursor needs; false where a replica has not come so far.</summary>
    private static bool IsThere(SyncCursor start, FeedRow feed)
    {
        if (start.Epoch is null)
            return true;
        if (!feed.IsKnown)
            throw feed.IsStandby
                ? new Refused(ProblemKinds.Unavailable, "This replica does not know the cursor yet.")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                }
                : Expired(start.Scope, "The cursor belongs to a state of the database that was lost.");
        if (start.DeletionsFrom < feed.ForgottenThrough)
            throw Expired(start.Scope, "The cursor is older than deletions are remembered.");
        if (feed.EndsAt is { } end && start.Reach > end)
            throw Expired(start.Scope, "The database was set back to before the cursor was made.");
        if (start.Reach <= feed.Head)
            return true;
        return feed.IsStandby
            ? false
            : throw Expired(start.Scope, "The database was set back to before the cursor was made.");
    }

    public static Refused Expired(SyncScope scope, string detail) =>
        new(ProblemKinds.SyncExpired, detail) { Restart = Restart(scope) };

    private static string Restart(SyncScope scope)
    {
        var query = new List<string>();
        if (scope.Types.Count < Enum.GetValues<EntityType>().Length)
            query.Add("types=" + Names(scope.Types));
        if (scope.Sections.Count > 0)
            query.Add("section=" + string.Join(',', scope.Sections));
        if (scope.Body is not [BodyForm.Blocks])
            query.Add("body=" + Names(scope.Body));
        return ReadChanges.Address + (query.Count == 0 ? "" : "?" + string.Join('&', query));
    }

    private static string Names<T>(IEnumerable<T> values)
        where T : struct, Enum =>
        string.Join(',', values.Select(v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString())));

    private static object Arguments(SyncCursor at, int take, Caller? caller) =>
        new
        {
            at.Position,
            at.Since,
            Type = at.Loading is { } type ? Names([type]) : null,
            Types = at.Scope.Types.Select(t => Names([t])).ToArray(),
            Sections = at.Scope.Sections.ToArray(),
            Take = take + 1,
            Reach = Wall.ReachOf(caller),
        };

    private const string SelectFeed = """
        select last.id epoch, f.head, f.forgotten_through, asked.id is not null is_known, next.starts_after ends_at,
               pg_is_in_recovery() is_standby
        from change_feed f
        cross join (select id from change_epochs order by number desc limit 1) last
        left join change_epochs asked on asked.id = @Epoch::uuid
        left join change_epochs next on next.number = asked.number + 1
        """;

    private sealed record FeedRow
    {
        public required Guid Epoch { get; init; }
        public required long Head { get; init; }
        public required long ForgottenThrough { get; init; }
        public required bool IsKnown { get; init; }
        public required long? EndsAt { get; init; }
        public required bool IsStandby { get; init; }
    }
}
