using System.Globalization;
using Cms.Access;
using Cms.Changes;
using Cms.Editorial.Presences;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Live;

/// <summary>
/// Reads the audit log in the order of its transactions, without gaps and without a lock: see decision 42.
/// </summary>
internal sealed class DeskFeed(
    NpgsqlDataSource postgres,
    Cursors cursors,
    Admission admission,
    TimeProvider clock
)
{
    private const string ListName = "desk-events";
    private const int PageSize = 100;

    /// <summary>How far back a stream can resume.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    public string Write(DeskPosition at) =>
        cursors.Write(
            ListName,
            new()
            {
                Key = string.Create(CultureInfo.InvariantCulture, $"{at.Epoch:N} {at.Xact} {at.At.UtcTicks}"),
                Id = at.Id,
            }
        );

    /// <summary>Where a stream begins: behind an event, or now.</summary>
    /// <exception cref="Refused">400: it is no id of an event; 410: it cannot be resumed.</exception>
    public async Task<DeskPosition> BeginAsync(string? lastEventId, CancellationToken ct)
    {
        using var place = await admission.TakeAsync(Share.DeskStreams, ct);
        var start = (await postgres.FindAsync<Start>(SelectStart, new { }, ct))!;
        var now = clock.GetUtcNow();
        if (string.IsNullOrEmpty(lastEventId))
            // Everything before is over, and everything else is still to come.
            return DeskPosition.Before(start.Horizon, start.Epoch, now);
        var position = cursors.Read(ListName, lastEventId);
        var parts = position.Key.Split(' ');
        var from = new DeskPosition(
            Guid.ParseExact(parts[0], "N"),
            long.Parse(parts[1], CultureInfo.InvariantCulture),
            position.Id,
            new(long.Parse(parts[2], CultureInfo.InvariantCulture), TimeSpan.Zero)
        );
        if (!start.IsPresent || from.Epoch != start.Epoch || from.At < now - KeptFor)
            throw Lost();
        return from;
    }

    /// <summary>What has happened after a position, for a stream that is too far behind to find it in memory.</summary>
    /// <exception cref="Refused">410: the position is of another epoch.</exception>
    public async Task<DeskPage> ReadAsync(DeskPosition after, CancellationToken ct)
    {
        using var place = await admission.TakePatientlyAsync(Share.DeskStreams, ct);
        return await postgres.InSnapshotAsync(
            async transaction =>
            {
                var start = (await transaction.FindAsync<Start>(SelectStart, new { }, ct))!;
                if (!start.IsPresent || start.Epoch != after.Epoch)
                    throw Lost();
                return await ReadAsync(transaction, start, after, ct);
            },
            ct
        );
    }

    /// <summary>One look at the desk, for all streams of this node.</summary>
    /// <param name="after">How far the last one came; null: this is the first.</param>
    public Task<DeskLook> LookAsync(DeskPosition? after, CancellationToken ct) =>
        postgres.InSnapshotAsync(
            async transaction =>
            {
                var start = (await transaction.FindAsync<Start>(SelectStart, new { }, ct))!;
                // What is read in a database that was restored belongs to no epoch until the next one has begun.
                var epoch = start.IsPresent ? start.Epoch : Guid.Empty;
                var page =
                    after is null || after.Epoch != epoch
                        ? new(
                            [],
                            DeskPosition.Before(start.Horizon, epoch, clock.GetUtcNow()),
                            HasMore: false
                        )
                        : await ReadAsync(transaction, start, after, ct);
                return new DeskLook(page, await transaction.ListAsync<OpenArticle>(SelectOpen, new { }, ct));
            },
            ct
        );

    public static Refused Lost() =>
        new(
            ProblemKinds.SyncExpired,
            "The event is too old, or the database was restored or restarted since. Read your lists again, and "
                + "connect without Last-Event-ID."
        );

    private async Task<DeskPage> ReadAsync(
        NpgsqlTransaction transaction,
        Start start,
        DeskPosition after,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var records = await transaction.ListAsync<DeskRecord>(
            SelectActs,
            new
            {
                Xact = after.Xact.ToString(CultureInfo.InvariantCulture),
                after.Id,
                Since = now - KeptFor - KeptFor,
                Limit = PageSize,
            },
            ct
        );
        if (records.Count == PageSize)
            return new(records, records[^1].Position(after.Epoch, now), HasMore: true);
        var end = DeskPosition.Before(start.Horizon, after.Epoch, now);
        return new(records, end.IsBefore(after) ? after with { At = now } : end, HasMore: false);
    }

    private static readonly string SelectStart = $"""
        select e.id epoch, e.is_present, pg_snapshot_xmin(pg_current_snapshot())::text::bigint horizon
        from {ChangeLog.Epoch} e
        """;

    // All transactions before the horizon have ended: none of them can add a record any more. Records of older nodes do
    // not say where the article was: it counts where it is.
    private static readonly string SelectActs = $"""
        select l.id, l.xact::text::bigint xact, l.at, l.act, l.entity_type, l.entity_id, l.from_revision, l.to_revision,
               coalesce({Actors.Of("l.actor_id")}::text,
                   jsonb_build_object('id', null, 'kind', null, 'name', l.actor_name)::text) actor,
               coalesce(l.sections_before, section_path(a.section_id)) before,
               coalesce(l.sections_after, section_path(a.section_id)) after
        from audit_log l left join articles a on a.id = l.entity_id and l.entity_type = 'article'
        where l.outcome = 'done' and (l.xact, l.id) > (@Xact::text::xid8, @Id)
            and l.xact < pg_snapshot_xmin(pg_current_snapshot()) and l.at > @Since
        order by l.xact, l.id limit @Limit
        """;

    private static readonly string SelectOpen = $"""
        select a.id article_id, {PresenceTable.Of("a.id")}::text open_by, section_path(a.section_id) sections
        from articles a
        where a.id in (select p.article_id from article_presence p where p.expires_at > now())
        """;

    private sealed record Start(Guid Epoch, bool IsPresent, long Horizon);
}

/// <summary>Records in their order.</summary>
/// <param name="Next">Everything up to there has been read.</param>
/// <param name="HasMore">Whether more is there already.</param>
internal sealed record DeskPage(IReadOnlyList<DeskRecord> Records, DeskPosition Next, bool HasMore);

/// <summary>What one look brought.</summary>
internal sealed record DeskLook(DeskPage Page, IReadOnlyList<OpenArticle> Open);
