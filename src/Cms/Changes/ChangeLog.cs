using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Changes;

/// <summary>
/// The one door through which a write announces itself. One row for each thing, its latest change, numbered in the
/// order of the commits: the numbers are taken under a lock that is held until the commit, so no reader of the numbers
/// can skip one that commits late. The door is built so that this cannot be got wrong: the announcement is appended
/// after the work is done, and then the transaction commits at once.
/// </summary>
internal sealed class ChangeLog(NpgsqlDataSource postgres, ChangeSignal signal, TimeProvider clock)
{
    /// <summary>The channel that every append notifies, with the feed's head.</summary>
    public const string Channel = "cms_changes";

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction (see <see cref="Db.InTransactionAsync"/>), and appends what it
    /// announces. When this returns, this node knows of the change.
    /// </summary>
    public async Task<T> InTransactionAsync<T>(
        Func<NpgsqlTransaction, Announcement, Task<T>> work,
        CancellationToken ct
    )
    {
        Announcement announcement = null!;
        Appended? appended = null;
        var isUncertain = false;
        T result;
        try
        {
            result = await postgres.InTransactionAsync(
                transaction =>
                {
                    (announcement, appended, isUncertain) = (new(), null, false);
                    return work(transaction, announcement);
                },
                ct,
                async transaction =>
                {
                    isUncertain = true;
                    if (announcement.IsEmpty)
                        await transaction.CommitAsync(CancellationToken.None);
                    else
                        appended = await AppendAndCommitAsync(
                            transaction,
                            announcement,
                            clock.GetUtcNow(),
                            ct
                        );
                }
            );
        }
        catch (Exception e) when (isUncertain && !announcement.IsEmpty && !IsRefusal(e))
        {
            // It was to be committed, and nobody knows whether it was.
            signal.LosePosition();
            throw;
        }
        if (appended is not null)
            signal.Advance(appended.Epoch, appended.Before, appended.Head, appended.Event, appended.Stale);
        return result;
    }

    /// <summary>
    /// Whether PostgreSQL has said that it did not commit. (When it ends the connection it says so too, but may have
    /// committed.)
    /// </summary>
    private static bool IsRefusal(Exception? e) =>
        e is PostgresException { InvariantSeverity: "ERROR" }
        || (e?.InnerException is { } inner && IsRefusal(inner));

    /// <summary>
    /// Removes deletions from before a time, and older events. Cursors that would need them are refused
    /// from now on.
    /// </summary>
    /// <returns>How many deletions were removed.</returns>
    public async Task<int> TrimAsync(
        DateTimeOffset deletionsBefore,
        DateTimeOffset eventsBefore,
        CancellationToken ct
    )
    {
        var removed = await postgres.InTransactionAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(Lock, new { }, ct);
                return await transaction.FindAsync<int>(Trim, new { deletionsBefore, eventsBefore }, ct);
            },
            ct
        );
        signal.Trim();
        return removed;
    }

    /// <summary>
    /// Begins a new epoch of the feed if the database was restored, promoted, set back or only restarted since the last
    /// one began.
    /// </summary>
    public static Task<int> BeginEpochAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        postgres.InTransactionAsync(
            async transaction => await transaction.ExecuteAsync($"{Lock};{BeginEpoch}", new { }, ct),
            ct
        );

    /// <summary>
    /// All that is done under the lock, in one exchange with the database: how long the others wait does not depend on
    /// when this server gets to its next statement. Each statement sees what is true after the lock is held.
    /// </summary>
    private static Task<Appended?> AppendAndCommitAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        transaction.ReadAsync(
            $"{Db.PlanOnce};{AppendStatement.LookUp};{Lock};{BeginEpoch};{AppendStatement.Text};{MoveHead};commit",
            announcement.Arguments(at),
            async rows =>
            {
                await rows.ReadSingleAsync<bool>();
                return await rows.ReadSingleOrDefaultAsync<Appended>();
            },
            ct
        );

    private sealed record Appended
    {
        public required Guid Epoch { get; init; }
        public required long Before { get; init; }
        public required long Head { get; init; }
        public required long? Event { get; init; }
        public required string[] Stale { get; init; }
    }

    private const string Lock =
        "select true is_held from pg_advisory_xact_lock(hashtextextended('cms:changes', 0))";

    /// <summary>
    /// The feed's present epoch, and whether it still is: it ends with the server's process and with the database, and
    /// when its row was written by another transaction than the one that it names, which is so after every restore.
    /// </summary>
    public const string Epoch = """
        (select e.id, e.number, d.oid database_oid,
                e.database_oid = d.oid and e.server_started_at = pg_postmaster_start_time()
                    and e.xmin::text = (e.begun_by::text::numeric % 4294967296)::text is_present
         from change_epochs e, pg_database d where d.datname = current_database() order by e.number desc limit 1)
        """;

    private const string BeginEpoch = $"""
        insert into change_epochs (number, starts_after, database_oid, server_started_at, begun_at)
        select e.number + 1, f.head, e.database_oid, pg_postmaster_start_time(), clock_timestamp()
        from change_feed f, {Epoch} e where not e.is_present
        """;

    private const string MoveHead = """
        update change_feed set head = n.given, changed_at = greatest(@at, clock_timestamp(), changed_at)
        from (select max(last_value) given, (select head from change_feed) before
              from change_sequence where is_called) n
        where n.given > head
        returning (select id from change_epochs order by number desc limit 1) epoch, n.before, head,
            (select sequence from events where type = 'content.invalidated' and sequence > n.before) event,
            array(select jsonb_array_elements_text(data -> 'cacheTags') from events
                  where type = 'content.invalidated' and sequence > n.before) stale;
        select true from change_feed, pg_notify('cms_changes', head::text)
        """;

    private const string Trim = """
        with gone as (
            delete from changes where op = 'delete' and changed_at < @deletionsBefore returning sequence),
        gone_of_sections as (
            delete from section_changes where op = 'delete' and changed_at < @deletionsBefore returning sequence),
        old_events as (
            delete from events where occurred_at < @eventsBefore),
        moved as (
            update change_feed set forgotten_through = greatest(
                forgotten_through, (select max(sequence) from gone), (select max(sequence) from gone_of_sections)))
        select (select count(*)::int from gone) + (select count(*)::int from gone_of_sections)
        """;
}
