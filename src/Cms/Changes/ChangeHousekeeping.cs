using Cms.Platform;

namespace Cms.Changes;

/// <summary>How long the feed remembers.</summary>
internal sealed record ChangeRetention(TimeSpan Deletions, TimeSpan Events);

/// <summary>
/// Removes, once an hour, the deletions and events that are older than is configured. Any number of nodes may do so.
/// </summary>
internal sealed class ChangeHousekeeping(
    ChangeLog changes,
    ChangeRetention retention,
    TimeProvider clock,
    ILogger<ChangeHousekeeping> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        do
        {
            try
            {
                var now = clock.GetUtcNow();
                await changes.TrimAsync(now - retention.Deletions, now - retention.Events, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // it is tried again in an hour
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("Old deletions could not be removed: {Reason}", e.Message);
            }
        } while (await WaitAsync(timer, stoppingToken));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
