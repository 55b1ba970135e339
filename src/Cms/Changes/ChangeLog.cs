using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Changes;

/// <summary>A thing that readers can see, or no longer.</summary>
internal sealed record Change(string EntityType, Guid EntityId, string Op)
{
    public static Change Upsert(string type, Guid id) => new(type, id, "upsert");

    public static Change Delete(string type, Guid id) => new(type, id, "delete");
}

/// <summary>
/// The one door through which a write announces itself: one row for each thing, its latest change, numbered in the order
/// of the commits. The number is taken under a lock that is held until the commit, so no reader of the numbers can skip
/// one that commits late. Therefore: call this last, and commit at once.
/// </summary>
internal static class ChangeLog
{
    public static async Task AppendAsync(
        NpgsqlTransaction transaction,
        IEnumerable<Change> changed,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var changes = changed.DistinctBy(c => (c.EntityType, c.EntityId)).ToList();
        if (changes.Count == 0)
            return;
        // A statement of its own: the sequence must not be asked before the lock is held.
        await transaction.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended('cms:changes', 0))",
            new { },
            ct
        );
        await transaction.ExecuteAsync(
            UpsertChanges,
            new
            {
                Types = changes.Select(c => c.EntityType).ToArray(),
                Ids = changes.Select(c => c.EntityId).ToArray(),
                Ops = changes.Select(c => c.Op).ToArray(),
                at,
            },
            ct
        );
    }

    // Dated under the lock and by the one clock that all nodes share, and no earlier than the change before it: the last one in order
    // is also the latest in time. The writer's own time may be older: it waited for locks, or imported something old.
    private const string UpsertChanges = """
        insert into changes (entity_type, entity_id, sequence, op, changed_at)
        select t, id, nextval('change_sequence'), op,
               greatest(@at, clock_timestamp(), (select changed_at from changes order by sequence desc limit 1))
        from unnest(@Types, @Ids, @Ops) as c(t, id, op)
        on conflict (entity_id, entity_type) do update
            set sequence = excluded.sequence, op = excluded.op, changed_at = excluded.changed_at
        """;
}
