using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Changes;

/// <summary>
/// The node's one ear: a LISTEN for the changes of all nodes, and a look every half second in case a notification is
/// lost on the way (a connection pooler in between drops them all). While it has no connection, or hears nothing on the
/// one it has (<see cref="ChangeSignal.TrustedFor"/>), the signal knows nothing and everybody asks the database.
/// </summary>
internal sealed class ChangeListener(
    NpgsqlDataSource postgres,
    ChangeSignal signal,
    TimeProvider clock,
    ILogger<ChangeListener> log
) : BackgroundService
{
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(250);

    private Guid? _epoch;
    private long _seen;
    private long _askedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // The database that is found may be another one than the one that was lost.
                await ChangeLog.BeginEpochAsync(postgres, stoppingToken);
                // What was stale before the first look does not matter: nothing is kept from then.
                _seen = long.MaxValue;
                await postgres.ListenAsync<Row>(
                    ChangeLog.Channel,
                    SelectHead,
                    () =>
                    {
                        _askedAt = clock.GetTimestamp();
                        return new { seen = _seen };
                    },
                    AtLeastEvery,
                    ChangeSignal.TrustedFor,
                    Tell,
                    stoppingToken
                );
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever happens, it must go on listening
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (signal.Head is not null)
                    log.LogWarning("The listener for changes was lost: {Reason}", e.Message);
            }
            signal.LosePosition();
            await Task.Delay(BeforeNextTry, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Tell(Row row)
    {
        // A restore over the database breaks no connection; but what was prepared on them belongs to tables that are
        // gone.
        var isOther = _epoch is { } known && known != row.Epoch;
        _epoch = row.Epoch;
        if (isOther || !row.IsPresent)
            postgres.Clear();
        if (!row.IsPresent)
            throw new InvalidOperationException("The database was restored.");
        _seen = row.Head;
        signal.Observe(row.Epoch, row.Head, [.. row.Numbers.Zip(row.Tags)], _askedAt);
    }

    private const string SelectHead = $"""
        with stale as (
            select sequence, jsonb_array_elements_text(data -> 'cacheTags') tag from events
            where sequence > @seen and type = 'content.invalidated')
        select e.id epoch, f.head, e.is_present, array(select sequence from stale order by sequence, tag) numbers,
               array(select tag from stale order by sequence, tag) tags
        from change_feed f, {ChangeLog.Epoch} e
        """;

    private sealed record Row
    {
        public required Guid Epoch { get; init; }
        public required long Head { get; init; }
        public required long[] Numbers { get; init; }
        public required string[] Tags { get; init; }
        public required bool IsPresent { get; init; }
    }
}
