using System.Diagnostics.Metrics;
using Cms.Platform.Http.Problems;

namespace Cms.Platform.Http.Load;

/// <summary>
/// Limits the bytes of rendered answers that clients have not received yet. An answer reserves a portion before it is
/// read and rendered, and returns it once it has been sent. A portion is a small part of what is free: the more slow
/// clients there are, the shorter everybody's pages become. Only when nothing is free do answers wait.
/// </summary>
internal sealed class BytesInFlight : IDisposable
{
    /// <summary>The largest portion.</summary>
    public const int MaxPortion = 1024 * 1024;

    /// <summary>The smallest portion: shorter answers are not worth a request.</summary>
    public const int MinPortion = 32 * 1024;

    private const int Parts = 64;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource<Portion>> _waiting = [];
    private readonly TimeSpan _maxWait;
    private readonly TimeProvider _clock;
    private readonly Meter _meter;
    private long _taken;
    private long _peak;

    public BytesInFlight(long bound, AdmissionBounds admission, TimeProvider clock, IMeterFactory meters)
    {
        (Bound, _maxWait, _clock) = (bound, admission.MaxWait, clock);
        _meter = meters.Create("Cms.Feed");
        _meter.CreateObservableGauge(
            "cms.feed.bytes",
            () => Taken,
            description: "Bytes of sync pages and events that clients have not received yet."
        );
    }

    /// <summary>The limit. Only a single change that is longer than its portion may exceed it.</summary>
    public long Bound { get; }

    public long Taken => Volatile.Read(ref _taken);

    /// <summary>The most that was ever taken.</summary>
    public long Peak => Volatile.Read(ref _peak);

    /// <summary>Reserves a portion of the free bytes.</summary>
    /// <exception cref="Refused">503: none became free in time.</exception>
    public async ValueTask<Portion> TakeAsync(CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(_maxWait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            return await TakePatientlyAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new Refused(
                ProblemKinds.Overloaded,
                "Too much data is waiting for slow clients. Nothing was read for this request."
            )
            {
                RetryAfter = RetryAfter,
            };
        }
    }

    /// <summary>… for an answer that has begun and cannot be refused.</summary>
    public async ValueTask<Portion> TakePatientlyAsync(CancellationToken ct)
    {
        TaskCompletionSource<Portion> turn;
        lock (_gate)
        {
            if (_waiting.Count == 0 && TryTake() is { } portion)
                return portion;
            turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
        }
        await using var over = ct.Register(() => turn.TrySetCanceled(ct));
        return await turn.Task;
    }

    /// <summary>Counts bytes that exist already, such as those that several answers share.</summary>
    public Portion Charge(long bytes)
    {
        lock (_gate)
        {
            Add(bytes);
            return new(this, bytes);
        }
    }

    public void Dispose() => _meter.Dispose();

    private Portion? TryTake()
    {
        var free = Bound - _taken;
        if (free < Math.Min(MinPortion, Bound))
            return null;
        var bytes = Math.Min(free, Math.Clamp(free / Parts, MinPortion, MaxPortion));
        Add(bytes);
        return new(this, bytes);
    }

    private void Add(long bytes)
    {
        _taken += bytes;
        _peak = Math.Max(_peak, _taken);
    }

    private void Change(long by)
    {
        lock (_gate)
        {
            Add(by);
            while (_waiting.TryPeek(out var turn))
            {
                if (turn.Task.IsCompleted)
                {
                    _waiting.Dequeue();
                    continue;
                }
                if (TryTake() is not { } portion)
                    return;
                _waiting.Dequeue();
                // A waiter that gave up at this moment leaves the portion to the next.
                if (!turn.TrySetResult(portion))
                    _taken -= portion.Bytes;
            }
        }
    }

    /// <summary>Bytes that one answer may take, until it is disposed of.</summary>
    internal sealed class Portion(BytesInFlight all, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public long Bytes => Volatile.Read(ref _bytes);

        /// <summary>Adjusts the portion to the length of the rendered answer.</summary>
        public void Resize(long bytes) => all.Change(bytes - Interlocked.Exchange(ref _bytes, bytes));

        public void Dispose() => Resize(0);
    }
}
