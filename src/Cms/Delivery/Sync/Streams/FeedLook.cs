using Cms.Changes;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Sync.Streams;

/// <summary>
/// What one look at the database brought: new numbers of the feed, the things that they are about, and the contents of
/// some of them, all of one moment.
/// </summary>
internal sealed record FeedLook(
    FeedHead Head,
    long Floor,
    IReadOnlyList<FeedNumber> Numbers,
    IReadOnlyList<FeedThing> Things,
    IReadOnlyList<(FeedThing Thing, ISyncedRow Row)> Rows
)
{
    /// <summary>Numbers in memory. A publication takes about ten.</summary>
    public const int MaxNumbers = 20_000;

    /// <summary>
    /// How far back the first read goes, so that streams that reconnect after a restart are served from memory.
    /// </summary>
    private const int Preloaded = 2_000;

    /// <summary>Things that are read at a time, and bytes of them.</summary>
    public const int MaxThingsAtOnce = 100;
    private const long MaxBytesAtOnce = 8 * 1024 * 1024;

    public static async Task<FeedLook> ReadNewsAsync(
        NpgsqlTransaction transaction,
        FeedHead? known,
        bool isFollowed,
        CancellationToken ct
    )
    {
        var feed = (await transaction.FindAsync<HeadRow>(SelectHead, new { }, ct))!;
        var continues = known is not null && known.Epoch == feed.Epoch && known.Sequence <= feed.Head;
        var from = continues ? known!.Sequence : Math.Max(0, feed.Head - Preloaded);
        // Deletions up to there may have been removed.
        var floor = Math.Max(continues ? 0 : from, feed.ForgottenThrough);
        var numbers = new List<FeedNumber>();
        if (from < feed.Head)
            foreach (var sql in (string[])[SelectNumbers, SelectSectionNumbers])
            {
                var rows = await transaction.ListAsync<NumberRow>(
                    sql,
                    new { from, most = MaxNumbers / 2 },
                    ct
                );
                // The last of them; what is before is passed over.
                if (rows.Count == MaxNumbers / 2)
                    floor = Math.Max(floor, rows.Min(r => r.Sequence) - 1);
                numbers.AddRange(
                    rows.Select(r => new FeedNumber(
                        r.Sequence,
                        TypeOf(r.EntityType),
                        r.EntityId,
                        r.SectionId
                    ))
                );
            }
        numbers.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));

        var ids = numbers.Where(n => n.Sequence > floor).Select(n => (n.Type, n.Id)).Distinct().ToList();
        var things = await ThingsAsync(transaction, ids, ct);
        var rowsRead = await RowsAsync(transaction, isFollowed ? ids : [], things, ct);
        return new(new(feed.Epoch, feed.Head), floor, numbers, things, rowsRead);
    }

    public static async Task<FeedLook> ReadThingsAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<RecentChange> wanted,
        CancellationToken ct
    )
    {
        var feed = (await transaction.FindAsync<HeadRow>(SelectHead, new { }, ct))!;
        var ids = wanted.Select(w => (w.Type, w.Id)).Distinct().ToList();
        var things = await ThingsAsync(transaction, ids, ct);
        var rowsRead = await RowsAsync(transaction, ids, things, ct);
        return new(new(feed.Epoch, feed.Head), 0, [], things, rowsRead);
    }

    private static async Task<IReadOnlyList<FeedThing>> ThingsAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<(EntityType Type, Guid Id)> ids,
        CancellationToken ct
    )
    {
        if (ids.Count == 0)
            return [];
        var rows = await transaction.ListAsync<ThingRow>(
            SelectThings,
            new { types = ids.Select(t => NameOf(t.Type)).ToArray(), ids = ids.Select(t => t.Id).ToArray() },
            ct
        );
        return
        [
            .. rows.Select(r => new FeedThing(
                TypeOf(r.EntityType),
                r.EntityId,
                r.Version,
                r.IsThere,
                r.Reason is null ? null : Enum.Parse<DeletionReason>(r.Reason, ignoreCase: true),
                r.IsOpen,
                r.WasOpen,
                r.Sections,
                r.FormerSections
            )),
        ];
    }

    private static async Task<IReadOnlyList<(FeedThing, ISyncedRow)>> RowsAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<(EntityType Type, Guid Id)> wanted,
        IReadOnlyList<FeedThing> things,
        CancellationToken ct
    )
    {
        var byId = things.ToDictionary(t => (t.Type, t.Id));
        var read = new List<(FeedThing, ISyncedRow)>();
        var size = 0L;
        foreach (
            var type in wanted
                .Where(t => byId.GetValueOrDefault(t) is { IsThere: true })
                .Take(MaxThingsAtOnce)
                .GroupBy(t => t.Type)
        )
        await foreach (
            var row in SyncedThings.ReadAsync(
                transaction,
                type.Key,
                [.. type.Select(t => t.Id)],
                hasBody: true,
                ct
            )
        )
        {
            read.Add((byId[(type.Key, row.Id)], row));
            size += row.Size;
            if (size > MaxBytesAtOnce)
                return read;
        }
        return read;
    }

    private static EntityType TypeOf(string name) => Enum.Parse<EntityType>(name, ignoreCase: true);

    private static string NameOf(EntityType type) => type.ToString().ToLowerInvariant();

    private const string SelectHead = """
        select e.id epoch, f.head, f.forgotten_through
        from change_feed f, (select id from change_epochs order by number desc limit 1) e
        """;

    private const string SelectNumbers = """
        select entity_type, entity_id, sequence, null::uuid section_id from changes
        where sequence > @from order by sequence desc limit @most
        """;

    /// <summary>
    /// One section after the other: the numbers of different sections have no common order, and there are few sections.
    /// </summary>
    private const string SelectSectionNumbers = """
        select c.entity_type, c.entity_id, c.sequence, s.entity_id section_id
        from (select entity_id from changes where entity_type = 'section') s cross join lateral (
            select entity_type, entity_id, sequence from section_changes
            where section_id = s.entity_id and sequence > @from order by sequence desc limit @most) c
        order by c.sequence desc limit @most
        """;

    private const string SelectThings = """
        select t.type entity_type, t.id entity_id, coalesce(g.sequence, 0) version,
            coalesce(g.op = 'upsert', false) is_there, g.reason,
               coalesce(g.is_open, false) is_open, coalesce(g.was_open, false) was_open,
               array(select m.section_id from section_changes m
                     where m.entity_id = t.id and m.entity_type = t.type and m.op = 'upsert') sections,
               array(select m.section_id from section_changes m
                     where m.entity_id = t.id and m.entity_type = t.type and m.op = 'delete') former_sections
        from unnest(@types, @ids) t(type, id) left join changes g on g.entity_id = t.id and g.entity_type = t.type
        """;

    private sealed record HeadRow
    {
        public required Guid Epoch { get; init; }
        public required long Head { get; init; }
        public required long ForgottenThrough { get; init; }
    }

    private sealed record NumberRow
    {
        public required string EntityType { get; init; }
        public required Guid EntityId { get; init; }
        public required long Sequence { get; init; }
        public required Guid? SectionId { get; init; }
    }

    private sealed record ThingRow
    {
        public required string EntityType { get; init; }
        public required Guid EntityId { get; init; }
        public required long Version { get; init; }
        public required bool IsThere { get; init; }
        public required string? Reason { get; init; }
        public required bool IsOpen { get; init; }
        public required bool WasOpen { get; init; }
        public required Guid[] Sections { get; init; }
        public required Guid[] FormerSections { get; init; }
    }
}
