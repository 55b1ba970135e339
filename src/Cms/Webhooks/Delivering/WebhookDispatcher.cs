using Cms.Changes;
using Cms.Platform;

namespace Cms.Webhooks.Delivering;

/// <summary>
/// This node's share of the deliveries: turns events into deliveries when the feed moves, sends what is due, writes
/// down what came of it. Any number of nodes do so side by side. Whatever happens to a node, what it had under way is
/// tried again when its lease ends.
/// </summary>
internal sealed class WebhookDispatcher(
    Queues queues,
    WebhookSender sender,
    ChangeSignal changes,
    DispatchSignal signal,
    TimeProvider clock,
    ILogger<WebhookDispatcher> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    // What other nodes have left, or were asked for, is seen after so long.
    private static readonly TimeSpan AtLeastEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _underWay = [];
    private readonly HashSet<Task> _tasks = [];

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        var isWell = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Both are taken before anything is looked at: what comes meanwhile ends the wait at once.
                var (head, woken) = (changes.Head, signal.Next);
                var isBehind = await queues.FanOutAsync(stoppingToken);
                foreach (var claim in await queues.ClaimAsync(UnderWay(), stoppingToken))
                    Start(claim, stoppingToken);
                isWell = true;
                // A long backlog of one webhook comes in pieces, so that others are not kept waiting by it.
                if (isBehind)
                    continue;
                var due = await queues.NextDueAsync(UnderWay(), stoppingToken);
                await WaitAsync(head, woken, due, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // whatever happens, it must go on
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (isWell)
                    log.LogWarning("Webhooks wait: {Reason}", e.Message);
                isWell = false;
                await PauseAsync(stoppingToken);
            }
        }
        await Task.WhenAll(Tasks());
    }

    private async Task WaitAsync(FeedHead? head, Task woken, DateTimeOffset? due, CancellationToken ct)
    {
        var wait = due - clock.GetUtcNow() is { } left && left < AtLeastEvery ? left : AtLeastEvery;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // Due already, and not taken: another node is just taking it.
        var timer = Task.Delay(wait > MinPause ? wait : MinPause, clock, done.Token);
        await Task.WhenAny(timer, woken, changes.MovedFrom(head));
        await done.CancelAsync();
    }

    private void Start(Claim claim, CancellationToken ct)
    {
        lock (_gate)
            _underWay[claim.WebhookId] = _underWay.GetValueOrDefault(claim.WebhookId) + 1;
        var task = Task.Run(() => DeliverAsync(claim, ct), CancellationToken.None);
        lock (_gate)
            _tasks.Add(task);
        _ = task.ContinueWith(
            ended =>
            {
                lock (_gate)
                    _tasks.Remove(ended);
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default
        );
    }

    private async Task DeliverAsync(Claim claim, CancellationToken stoppingToken)
    {
        try
        {
            var attempt = await sender.SendAsync(claim.Message, stoppingToken);
            await RecordAsync(claim, attempt, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await ReleaseAsync(claim);
        }
#pragma warning disable CA1031 // a fault of ours: the lease ends, and it is tried again
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.LogError(e, "The delivery {Delivery} broke off.", claim.Id);
        }
        finally
        {
            lock (_gate)
                if (--_underWay[claim.WebhookId] == 0)
                    _underWay.Remove(claim.WebhookId);
            signal.Wake();
        }
    }

    /// <summary>A database that is away for a moment must not make the receiver get it twice.</summary>
    private async Task RecordAsync(Claim claim, Attempt attempt, CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                if (await queues.RecordAsync(claim, attempt, CancellationToken.None) is { } reason)
                    log.LogWarning(
                        "The webhook {Webhook} (at {Host}) is paused, because it is {Reason}: {Error}",
                        claim.WebhookId,
                        // No more of the address: what follows the host is a secret with many receivers.
                        new Uri(claim.Url).Host,
                        reason,
                        attempt.Error
                    );
                return;
            }
#pragma warning disable CA1031 // whatever keeps it from being written
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (stoppingToken.IsCancellationRequested || clock.GetUtcNow() >= claim.LeaseEndsAt)
                {
                    log.LogWarning(
                        "The outcome of the delivery {Delivery} could not be written down, and it will "
                            + "be sent again: {Reason}",
                        claim.Id,
                        e.Message
                    );
                    return;
                }
                await PauseAsync(stoppingToken);
            }
        }
    }

    private async Task ReleaseAsync(Claim claim)
    {
        try
        {
            await queues.ReleaseAsync(claim, CancellationToken.None);
        }
#pragma warning disable CA1031 // then the lease ends by itself
        catch (Exception)
#pragma warning restore CA1031
        { }
    }

    private async Task PauseAsync(CancellationToken ct) =>
        await Task.Delay(BeforeNextTry, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private Dictionary<Guid, int> UnderWay()
    {
        lock (_gate)
            return new(_underWay);
    }

    private Task[] Tasks()
    {
        lock (_gate)
            return [.. _tasks];
    }
}
