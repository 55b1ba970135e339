using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Webhooks.Delivering;

/// <summary>
/// Removes, once an hour, deliveries that ended long ago, and secrets that sign no more. What is still to be sent is
/// never removed: it carries its own body, so that the events themselves may go. Any number of nodes may do so.
/// </summary>
internal sealed class WebhookHousekeeping(
    NpgsqlDataSource postgres,
    WebhookPolicy policy,
    TimeProvider clock,
    ILogger<WebhookHousekeeping> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private const int Batch = 5_000;

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RemoveOldAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // it is tried again in an hour
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("Old deliveries could not be removed: {Reason}", e.Message);
            }
            await Task.Delay(Every, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task RemoveOldAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await postgres.ExecuteAsync(
            """
            update webhooks set previous_secret = null, previous_secret_until = null
            where previous_secret_until < @now
            """,
            new { now },
            ct
        );
        while (
            await postgres.ExecuteAsync(RemoveOld, new { Before = now - policy.KeepLog, Batch }, ct) == Batch
        ) { }
    }

    private const string RemoveOld = """
        delete from webhook_deliveries where id in (
            select id from webhook_deliveries where status <> 'pending' and finished_at < @Before
            order by finished_at limit @Batch)
        """;
}
