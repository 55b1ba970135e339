using Cms.Platform;

namespace Cms.Editorial.Live;

/// <summary>
/// Looks at the desk twice a second for all streams of this node, while there are any: what that costs does not grow
/// with them. It uses one connection at a time and no admission place.
/// </summary>
internal sealed class DeskWatch(
    DeskFeed feed,
    TimeProvider clock,
    ILogger<DeskWatch> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    /// <summary>Records in memory. A stream that needs older ones reads the database.</summary>
    private const int MaxRecords = 1_000;

    private readonly Lock _gate = new();
    private DeskMoment? _last;
    private TaskCompletionSource _next = NewSource();
    private TaskCompletionSource _followed = NewSource();
    private int _followers;

    /// <summary>Has the desk looked at until the result is disposed of.</summary>
    public IDisposable Follow()
    {
        lock (_gate)
        {
            _followers++;
            _followed.TrySetResult();
        }
        return new Follower(this);
    }

    /// <summary>The last look, if any, and what ends with the next one.</summary>
    public (DeskMoment? Last, Task Next) Now
    {
        get
        {
            lock (_gate)
                return (_last, _next.Task);
        }
    }

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var wait = BetweenLooks;
            try
            {
                await FollowedAsync().WaitAsync(stoppingToken);
                if (await LookAsync(stoppingToken))
                    wait = TimeSpan.Zero;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // whatever happens, it must go on looking
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("The desk could not be looked at for its streams: {Reason}", e.Message);
            }
            await Task.Delay(wait, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks, and says whether there is more to see at once.</summary>
    private async Task<bool> LookAsync(CancellationToken ct)
    {
        var last = Now.Last;
        var look = await feed.LookAsync(last?.Reached, ct);
        var moment = last is null ? DeskMoment.First(look) : last.After(look, MaxRecords);
        TaskCompletionSource told;
        lock (_gate)
        {
            if (_followers == 0)
                return false;
            _last = moment;
            (told, _next) = (_next, NewSource());
        }
        told.TrySetResult();
        return look.Page.HasMore;
    }

    private Task FollowedAsync()
    {
        lock (_gate)
            return _followed.Task;
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_followers > 0)
                return;
            _last = null;
            _followed = NewSource();
        }
    }

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Follower(DeskWatch watch) : IDisposable
    {
        private int _hasLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _hasLeft, 1) == 0)
                watch.Leave();
        }
    }
}

/// <summary>The desk at one moment, with what has happened lately. It never changes.</summary>
/// <param name="Floor">All records behind it and up to <paramref name="Reached"/> are here.</param>
internal sealed record DeskMoment(
    DeskPosition Floor,
    DeskPosition Reached,
    IReadOnlyList<DeskRecord> Records,
    IReadOnlyList<OpenArticle> Open
)
{
    public static DeskMoment First(DeskLook look) => new(look.Page.Next, look.Page.Next, [], look.Open);

    /// <summary>The next one. In another epoch of the feed nothing is known of before.</summary>
    public DeskMoment After(DeskLook look, int maxRecords)
    {
        var page = look.Page;
        if (page.Next.Epoch != Reached.Epoch)
            return First(look);
        if (page.Records.Count == 0)
            return this with { Reached = page.Next, Open = look.Open };
        DeskRecord[] records = [.. Records, .. page.Records];
        var forgotten = Math.Max(0, records.Length - maxRecords);
        return new(
            forgotten == 0 ? Floor : records[forgotten - 1].Position(Floor.Epoch, Floor.At),
            page.Next,
            forgotten == 0 ? records : records[forgotten..],
            look.Open
        );
    }

    /// <summary>The records behind a position; null: they are no longer all here.</summary>
    public IEnumerable<DeskRecord>? RecordsAfter(DeskPosition position) =>
        position.IsBefore(Floor)
            ? null
            : Records.Where(r => position.IsBefore(r.Position(position.Epoch, position.At)));
}
