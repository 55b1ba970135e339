namespace Cms.Platform;

/// <summary>What is done beside the requests, from when they are served: a start is for its first answer.</summary>
internal abstract class BackgroundWork(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            lifetime.ApplicationStarted,
            stoppingToken
        );
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
            await WorkAsync(stoppingToken);
    }

    protected abstract Task WorkAsync(CancellationToken stoppingToken);

    /// <summary>
    /// Does a piece of work again and again, until it says that all is done or the server stops. What fails is logged,
    /// and tried again after a pause.
    /// </summary>
    /// <param name="what">What cannot be done then, such as <c>Words cannot be indexed</c>.</param>
    /// <param name="once">Does a piece and waits for the next; false: all is done.</param>
    protected static async Task RepeatAsync(
        ILogger log,
        TimeProvider clock,
        string what,
        TimeSpan pause,
        Func<CancellationToken, Task<bool>> once,
        CancellationToken stoppingToken
    )
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await once(stoppingToken))
                    return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // it is tried again
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("{What} at the moment: {Reason}", what, e.Message);
                await Task.Delay(pause, clock, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
