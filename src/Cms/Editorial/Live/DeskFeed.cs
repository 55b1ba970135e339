using System.Globalization;
using Cms.Access;
using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.Presences;
using Cms.Platform;
using Cms.Platform.Http.Answers;
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
        using var place = await admission.TakeAsync(Share.Desk, ct);
        var now = (await postgres.FindAsync<Start>(SelectStart, new { }, ct))!;
        if (string.IsNullOrEmpty(lastEventId))
            // Everything before is over, and everything else is still to come.
            return new(now.Epoch, now.Horizon - 1, Guid.AllBitsSet, clock.GetUtcNow());
        var position = cursors.Read(ListName, lastEventId);
        var parts = position.Key.Split(' ');
        var from = new DeskPosition(
            Guid.ParseExact(parts[0], "N"),
            long.Parse(parts[1], CultureInfo.InvariantCulture),
            position.Id,
            new(long.Parse(parts[2], CultureInfo.InvariantCulture), TimeSpan.Zero)
        );
        if (from.Epoch != now.Epoch || from.At < clock.GetUtcNow() - KeptFor)
            throw new Refused(
                ProblemKinds.SyncExpired,
                "The event is too old, or the database was restored or restarted since. Read your lists again, and "
                    + "connect without Last-Event-ID."
            );
        return from;
    }

    /// <summary>What happened since, as far as the caller may know, and who has which article open.</summary>
    public async Task<DeskLook> LookAsync(DeskPosition after, Caller caller, CancellationToken ct)
    {
        using var place = await admission.TakePatientlyAsync(Share.Desk, ct);
        var now = clock.GetUtcNow();
        var reach = Reach.Of(caller);
        var rows = await postgres.ListAsync<ActRow>(
            SelectActs,
            new
            {
                Xact = after.Xact.ToString(CultureInfo.InvariantCulture),
                after.Id,
                Since = now - KeptFor - KeptFor,
                Limit = PageSize,
                Reach = reach,
            },
            ct
        );
        var open = await postgres.ListAsync<OpenArticle>(SelectOpen, new { Reach = reach }, ct);
        var last = rows.Count > 0 ? rows[^1] : null;
        return new(
            [
                .. rows.Where(r => IsFor(caller, r))
                    .Select(r => new DeskAct(new(after.Epoch, r.Xact, r.Id, now), r.View())),
            ],
            open,
            last is null ? after with { At = now } : new(after.Epoch, last.Xact, last.Id, now),
            rows.Count == PageSize
        );
    }

    private static bool IsFor(Caller caller, ActRow row) =>
        row.IsInReach
        && (row.EntityType is not ("key" or "webhook" or "person") || caller.May(NeededFor(row.Act)));

    private static string NeededFor(string act) =>
        Act.All.FirstOrDefault(a => a.Name == act)?.Needs ?? Permission.ManageKeys;

    private static readonly string SelectStart = $"""
        select e.id epoch, pg_snapshot_xmin(pg_current_snapshot())::text::bigint horizon from {ChangeLog.Epoch} e
        """;

    // All transactions before the horizon have ended: none of them can add a record any more.
    private static readonly string SelectActs = $"""
        select l.id, l.xact::text::bigint xact, l.at, l.act, l.entity_type, l.entity_id, l.from_revision, l.to_revision,
               coalesce({Actors.Of("l.actor_id")}::text,
                   jsonb_build_object('id', null, 'kind', null, 'name', l.actor_name)::text) actor,
               @Reach::uuid[] is null or coalesce(l.entity_type = 'article' and (
                   select {Reach.Sees(
            "a.section_id"
        )} from articles a where a.id = l.entity_id), false) is_in_reach
        from audit_log l
        where l.outcome = 'done' and (l.xact, l.id) > (@Xact::text::xid8, @Id)
            and l.xact < pg_snapshot_xmin(pg_current_snapshot()) and l.at > @Since
        order by l.xact, l.id limit @Limit
        """;

    private static readonly string SelectOpen = $"""
        select a.id article_id, {PresenceTable.Of("a.id")}::text open_by from articles a
        where a.id in (select p.article_id from article_presence p where p.expires_at > now())
            and {Reach.Sees("a.section_id")}
        """;

    private sealed record Start(Guid Epoch, long Horizon);

    private sealed record ActRow
    {
        public required Guid Id { get; init; }
        public required long Xact { get; init; }
        public required DateTimeOffset At { get; init; }
        public required string Act { get; init; }
        public required string EntityType { get; init; }
        public required Guid? EntityId { get; init; }
        public required int? FromRevision { get; init; }
        public required int? ToRevision { get; init; }
        public required string Actor { get; init; }
        public required bool IsInReach { get; init; }

        public DeskEvent View() =>
            new()
            {
                Id = Id,
                At = At,
                Act = Act,
                Entity = EntityType,
                EntityId = EntityId,
                FromRevision = FromRevision,
                ToRevision = ToRevision,
                Actor = Json.Read<DeskEventActor>(Actor),
            };
    }
}

/// <summary>How far a stream is: behind a record of a transaction, in an epoch of the change feed.</summary>
/// <param name="At">When it was there.</param>
internal sealed record DeskPosition(Guid Epoch, long Xact, Guid Id, DateTimeOffset At);

/// <summary>What one look brought.</summary>
internal sealed record DeskLook(
    IReadOnlyList<DeskAct> Acts,
    IReadOnlyList<OpenArticle> Open,
    DeskPosition Next,
    bool HasMore
);

internal sealed record DeskAct(DeskPosition Position, DeskEvent Event);

/// <summary>Who has an article open, as JSON.</summary>
internal sealed record OpenArticle(Guid ArticleId, string OpenBy);

/// <summary>An act that was done at the desk.</summary>
internal sealed record DeskEvent
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Act { get; init; }
    public required string Entity { get; init; }
    public required Guid? EntityId { get; init; }
    public required int? FromRevision { get; init; }
    public required int? ToRevision { get; init; }
    public required DeskEventActor Actor { get; init; }
}

/// <summary>Who did it; without an id it was the newsroom itself.</summary>
internal sealed record DeskEventActor
{
    public required Guid? Id { get; init; }
    public required ActorKind? Kind { get; init; }
    public required string Name { get; init; }
}
