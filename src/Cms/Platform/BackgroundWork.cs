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
}
