using System.Text.Json;
using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Reading;
using Cms.Delivery.Sync.Streams;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Sync;

/// <summary>
/// A page of the feed: each change as JSON (<see cref="EntityChange"/>), and where it leads. Its bytes are counted
/// until it is disposed of, when it has been sent.
/// </summary>
/// <param name="Changes">In the order in which they are to be applied.</param>
/// <param name="Next">The cursor that clients get.</param>
/// <param name="HasMore">Whether more can be read at once.</param>
internal sealed record ChangesRead(IReadOnlyList<byte[]> Changes, SyncCursor Next, bool HasMore) : IDisposable
{
    /// <summary>
    /// The position up to which everything was read: beyond <see cref="Next"/> if an empty page keeps its cursor.
    /// </summary>
    public SyncCursor Reached { get; init; } = Next;

    private IReadOnlyList<IDisposable> _holds = [];

    /// <summary>The reserved bytes, which the page returns when it is disposed of.</summary>
    public IReadOnlyList<IDisposable> Holds
    {
        init => _holds = value;
    }

    public void Dispose()
    {
        foreach (var held in Interlocked.Exchange(ref _holds, []))
            held.Dispose();
    }
}

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

    /// <summary>Articles that one query reads: a page may end with any of them.</summary>
    private const int MaxArticlesAtOnce = 50;
    private const int MaxThingsAtOnce = 1_000;

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
                        Loading(at.Scope, type, caller),
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
                        Following(at.Scope, caller),
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
                    var written = await RenderAsync(
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
                : Expired(start.Scope, "The cursor belongs to a life of the database that is lost.");
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

    /// <summary>
    /// What the changed things are now, as JSON: the first of them, as many as there is room for, and the very first in
    /// any case. Each is written as soon as it is read.
    /// </summary>
    private static async Task<List<(ChangeRow Row, byte[] Json)>> RenderAsync(
        NpgsqlTransaction transaction,
        ChangeRow[] rows,
        SyncScope scope,
        Caller? caller,
        long room,
        bool isFirst,
        CancellationToken ct
    )
    {
        var changes = new byte[rows.Length][];
        var end = rows.Length;
        for (var i = 0; i < rows.Length; i++)
            if (!rows[i].IsThere)
                Write(i, Deletion(rows[i].Type, rows[i].EntityId, rows[i].ReasonOf));
        foreach (var type in rows.Where(r => r.IsThere).Select(r => r.Type).Distinct().Order())
        {
            var places = Enumerable
                .Range(0, rows.Length)
                .Where(i => rows[i].IsThere && rows[i].Type == type)
                .ToArray();
            // Articles can be megabytes, and what is read beyond the end of the page is read for nothing: so few at
            // first, then ever more.
            var (most, atOnce) =
                type == EntityType.Article ? (MaxArticlesAtOnce, 4) : (MaxThingsAtOnce, MaxThingsAtOnce);
            for (
                var from = 0;
                from < places.Length && places[from] < end;
                from += atOnce, atOnce = Math.Min(2 * atOnce, most)
            )
                await ReadAsync(
                    type,
                    places.Skip(from).Take(atOnce).Where(i => i < end).ToDictionary(i => rows[i].EntityId)
                );
        }
        return [.. rows.Zip(changes).Take(end)];

        async Task ReadAsync(EntityType type, Dictionary<Guid, int> places)
        {
            var things = SyncedThings.ReadAsync(
                transaction,
                type,
                [.. places.OrderBy(p => p.Value).Select(p => p.Key)],
                !scope.Body.Contains(BodyForm.None),
                ct
            );
            await foreach (var thing in things)
                if (places.Remove(thing.Id, out var place) && place < end)
                    Write(place, Json.Write(thing.ChangeFor(scope, caller)));
            if (places.Values.Any(place => place < end))
                throw new InvalidOperationException(
                    $"The feed has a {type} that is not there: {places.Keys.First()}"
                );
        }

        void Write(int place, byte[] json)
        {
            if (json.Length > room && !(isFirst && place == 0))
            {
                end = Math.Min(end, place);
                return;
            }
            changes[place] = json;
            room -= json.Length;
        }
    }

    /// <summary>Says that something is gone.</summary>
    public static byte[] Deletion(EntityType type, Guid id, DeletionReason reason) =>
        Json.Write(DeletionOf(type, id, reason));

    private static EntityChange DeletionOf(EntityType type, Guid id, DeletionReason reason)
    {
        const ChangeOp op = ChangeOp.Delete;
        return type switch
        {
            EntityType.Section => new SectionChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            EntityType.Image => new ImageChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            EntityType.Author => new AuthorChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            EntityType.Tag => new TagChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
            _ => new ArticleChange
            {
                Id = id,
                Op = op,
                Reason = reason,
                Data = null,
            },
        };
    }

    /// <summary>
    /// The things of a type that are there, up to where the feed was when the sync began. Compared as rows: a plan that
    /// was made for any type would rather walk the whole feed in its order, and pass over the other types.
    /// </summary>
    private static string Loading(SyncScope scope, EntityType type, Caller? caller) =>
        scope.Sections.Count == 0 || type == EntityType.Section
            ? $"""
                select entity_type, entity_id, sequence, true is_there from changes g
                where (entity_type, sequence) > (@Type, @Position) and (entity_type, sequence) <= (@Type, @Since)
                    and op = 'upsert'
                  and {Wall.MaySeeChanged(caller)}
                order by entity_type, sequence limit @Take
                """
            : $"""
                select entity_type, entity_id, min(sequence) sequence, true is_there
                from unnest(@Sections) s cross join lateral (
                    select entity_type, entity_id, sequence from section_changes c
                    where section_id = s and entity_type = @Type and sequence > @Position and sequence <= @Since
                        and op = 'upsert'
                      and {OfImage(Wall.MaySeeChanged(caller))}
                    order by sequence limit @Take) c
                group by entity_type, entity_id order by sequence limit @Take
                """;

    /// <summary>
    /// What changed since. Of several sections' feeds each gives as many rows as the page takes; a thing that is in two
    /// of them stands at its first number, so that the page never ends beyond what was read of any feed.
    /// </summary>
    private static string Following(SyncScope scope, Caller? caller) =>
        scope.Sections.Count == 0
            ? $"""
                select entity_type, entity_id, sequence, op = 'upsert' and {Wall.MaySeeChanged(
                    caller
                )} is_there, coalesce(reason, 'unpublished') reason
                from changes g
                where sequence > @Position and entity_type = any(@Types) and {Wall.MayHaveSeenChanged(caller)}
                order by sequence limit @Take
                """
            : $"""
                with changed as (
                    select entity_type, entity_id, min(sequence) sequence from (
                        (select entity_type, entity_id, sequence from changes
                         where entity_type = 'section' and 'section' = any(@Types) and sequence > @Position
                         order by sequence limit @Take)
                        union all
                        select c.entity_type, c.entity_id, c.sequence from unnest(@Sections) s cross join lateral (
                            select entity_type, entity_id, sequence from section_changes c
                            where section_id = s and sequence > @Position and entity_type = any(@Types)
                              and {OfImage(Wall.MayHaveSeenChanged(caller))}
                            order by sequence limit @Take) c) feeds
                    group by entity_type, entity_id order by sequence limit @Take)
                select c.entity_type, c.entity_id, c.sequence,
                       case c.entity_type when 'section' then g.op = 'upsert'
                           else exists (select from section_changes m
                               where m.entity_id = c.entity_id and m.entity_type = c.entity_type
                                 and m.section_id = any(@Sections) and m.op = 'upsert')
                               and {OfImage(Wall.MaySeeChanged(caller))} end is_there,
                       coalesce(g.reason, 'moved') reason
                from changed c left join changes g using (entity_type, entity_id)
                order by c.sequence
                """;

    /// <summary>
    /// A condition over the newsroom's feed <c>g</c> for pictures <c>c</c> of a section's feed: only pictures can be
    /// hidden behind the wall.
    /// </summary>
    private static string OfImage(string condition) =>
        $"""
            case when c.entity_type = 'image' then coalesce((
                select {condition} from changes g where g.entity_id = c.entity_id
                    and g.entity_type = c.entity_type), false) else true end
            """;

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

    private sealed record ChangeRow
    {
        public required string EntityType { get; init; }
        public required Guid EntityId { get; init; }
        public required long Sequence { get; init; }
        public required bool IsThere { get; init; }
        public string? Reason { get; init; }

        public EntityType Type => Enum.Parse<EntityType>(EntityType, ignoreCase: true);
        public int Rank => (int)Type;
        public DeletionReason ReasonOf => Enum.Parse<DeletionReason>(Reason!, ignoreCase: true);
    }
}
