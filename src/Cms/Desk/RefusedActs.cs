using Cms.Access;
using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Desk;

/// <summary>A refused act, as it is recorded.</summary>
internal sealed record RefusedAct(Act Act, string Refusal, Caller Caller);

/// <summary>
/// Bounds the refusals in the audit log: the first of each caller and minute are recorded one by one, and the others
/// are counted and summed up in one record when the minute is over. Without it a tool that goes wrong, or somebody who
/// tries what is possible, fills the log, from which nothing is ever deleted.
/// </summary>
internal sealed class RefusedActs(
    NpgsqlDataSource postgres,
    TimeProvider clock,
    ILogger<RefusedActs> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    /// <summary>Refusals of a caller that a node records one by one in a minute.</summary>
    public const int MaxPerMinute = 20;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Minute> _minutes = [];

    /// <summary>Counts a refusal, and says whether it gets a record of its own.</summary>
    public bool Count(RefusedAct refused)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            var id = refused.Caller.Id ?? Guid.Empty;
            if (!_minutes.TryGetValue(id, out var minute))
                _minutes.Add(id, minute = new(now));
            if (minute.Recorded < MaxPerMinute)
            {
                minute.Recorded++;
                return true;
            }
            minute.Others++;
            (minute.Last, minute.LastAt) = (refused, now);
            return false;
        }
    }

    /// <summary>Records what has been counted in the minutes that began before a time.</summary>
    public async Task SumUpAsync(DateTimeOffset before, CancellationToken ct)
    {
        List<KeyValuePair<Guid, Minute>> over;
        lock (_gate)
        {
            over = [.. _minutes.Where(m => m.Value.Began < before)];
            foreach (var (id, _) in over)
                _minutes.Remove(id);
        }
        var sums = over.Select(m => m.Value).Where(m => m.Others > 0).ToList();
        if (sums.Count > 0)
            await postgres.ExecuteAsync(
                Insert,
                new
                {
                    Ids = sums.Select(m => Ids.New(m.LastAt)).ToArray(),
                    Ats = sums.Select(m => m.LastAt).ToArray(),
                    ActorIds = sums.Select(m => m.Last!.Caller.Id).ToArray(),
                    Names = sums.Select(m => m.Last!.Caller.Name).ToArray(),
                    Acts = sums.Select(m => m.Last!.Act.Name).ToArray(),
                    Types = sums.Select(m => m.Last!.Act.Entity).ToArray(),
                    Refusals = sums.Select(m => m.Last!.Refusal).ToArray(),
                    Notes = sums.Select(m => NoteOf(m.Others)).ToArray(),
                },
                ct
            );
    }

    private static string NoteOf(int others) =>
        FormattableString.Invariant(
            $"Stands for {others} refusals of this caller within a minute, of which this was the last."
        );

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Window, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                // A server that stops has no later.
                var before = stoppingToken.IsCancellationRequested
                    ? DateTimeOffset.MaxValue
                    : clock.GetUtcNow() - Window;
                await SumUpAsync(before, CancellationToken.None);
            }
#pragma warning disable CA1031 // the refusals have been given, and the next minute has its own
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("Refusals could not be recorded in the audit log: {Reason}", e.Message);
            }
        }
    }

    private const string Insert = """
        insert into audit_log (id, at, actor_id, actor_name, act, entity_type, outcome, refusal, note)
        select id, at, actor_id, actor_name, act, entity_type, 'refused', refusal, note
        from unnest(@Ids, @Ats, @ActorIds, @Names, @Acts, @Types, @Refusals, @Notes)
            a(id, at, actor_id, actor_name, act, entity_type, refusal, note)
        """;

    private sealed class Minute(DateTimeOffset began)
    {
        public DateTimeOffset Began => began;
        public int Recorded { get; set; }
        public int Others { get; set; }
        public RefusedAct? Last { get; set; }
        public DateTimeOffset LastAt { get; set; }
    }
}
