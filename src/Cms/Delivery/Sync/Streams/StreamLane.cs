using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Cms.Delivery.Sync.Streams;

/// <summary>
/// Where streams and long polls wake up, read and write: a few at a time, in order. One change may wake thousands of
/// them. If each were a work item of the thread pool, readers' requests would queue behind them all. So the lane has a
/// few workers. Each lets one stream run until it has to wait, and then goes to the end of the pool's queue. It rests
/// half of the time, so that a crowd of streams leaves processors to the requests.
/// </summary>
/// <param name="width">How many streams may run at once.</param>
/// <param name="clock">Measures work and rest.</param>
internal sealed class StreamLane(int width, TimeProvider clock)
{
    /// <summary>How long a worker goes on without a rest.</summary>
    private static readonly TimeSpan Stint = TimeSpan.FromMilliseconds(1);

    /// <summary>The shortest that a timer can measure.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(1);

    private readonly ConcurrentQueue<Action> _ready = new();
    private int _running;

    /// <summary>Half of the processors: the others are left to requests.</summary>
    public static int DefaultWidth => Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Waits for a turn. It ends where the caller first has to wait for something else.</summary>
    public Turn EnterAsync() => new(this, Task.CompletedTask);

    /// <summary>Waits for a turn once a task has ended, however it has.</summary>
    public Turn AfterAsync(Task task) => new(this, task);

    private void Add(Action next)
    {
        _ready.Enqueue(next);
        Start();
    }

    private void Start()
    {
        for (
            var running = Volatile.Read(ref _running);
            running < width;
            running = Volatile.Read(ref _running)
        )
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running)
            {
                new Worker(this, clock).Queue();
                return;
            }
    }

    private sealed class Worker(StreamLane lane, TimeProvider clock) : IThreadPoolWorkItem
    {
        private long _begun = clock.GetTimestamp();
        private ITimer? _alarm;

        // Not to this thread's own queue, which it would empty before it looks at what others wait for.
        public void Queue() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

        public void Execute()
        {
            if (lane._ready.TryDequeue(out var next))
                next();
            if (lane._ready.IsEmpty)
                End();
            else if (clock.GetElapsedTime(_begun) < Stint)
                Queue();
            else
                Pause();
        }

        private void Pause()
        {
            _alarm ??= clock.CreateTimer(
                static worker => ((Worker)worker!).Resume(),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan
            );
            _alarm.Change(Rest, Timeout.InfiniteTimeSpan);
        }

        private void Resume()
        {
            _begun = clock.GetTimestamp();
            Execute();
        }

        private void End()
        {
            _alarm?.Dispose();
            Interlocked.Decrement(ref lane._running);
            // One that came between the two looks found the lane at work.
            if (!lane._ready.IsEmpty)
                lane.Start();
        }
    }

    /// <summary>What a stream awaits.</summary>
    internal readonly struct Turn(StreamLane lane, Task task) : ICriticalNotifyCompletion
    {
        /// <summary>Always through the queue: whoever has run goes to its end.</summary>
        public bool IsCompleted => false;

        public Turn GetAwaiter() => this;

        // Who waited too long or in vain sees that for itself. Looked at, so that nobody reports the failure as unseen.
        public void GetResult() => _ = task.Exception;

        public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

        public void UnsafeOnCompleted(Action continuation)
        {
            if (task.IsCompleted)
            {
                lane.Add(continuation);
                return;
            }
            var to = lane;
            task.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() => to.Add(continuation));
        }
    }
}
