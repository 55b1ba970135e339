using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Cms.Client.Tests.Support;

/// <summary>A clock that stands still until a test moves it, and tells what waits by it.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    /// <summary>Waits of this length and longer are time limits, not pauses.</summary>
    public static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();
    private readonly Channel<TimeSpan> _limits = Channel.CreateUnbounded<TimeSpan>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public override ITimer CreateTimer(
        TimerCallback callback,
        object? state,
        TimeSpan dueTime,
        TimeSpan period
    )
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero)
            (dueTime < TimeLimit ? _pauses : _limits).Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>How long the next pause is, as soon as somebody makes one.</summary>
    public Task<TimeSpan> NextPauseAsync() => _pauses.Reader.ReadAsync(Ct).AsTask().InTimeAsync();

    /// <summary>The next time limit, as soon as somebody sets one.</summary>
    public Task<TimeSpan> NextLimitAsync() => _limits.Reader.ReadAsync(Ct).AsTask().InTimeAsync();

    /// <summary>Lets the next pause pass, and returns how long it was.</summary>
    public async Task<TimeSpan> PassAsync()
    {
        var pause = await NextPauseAsync();
        Advance(pause);
        return pause;
    }

    public bool HasPause => _pauses.Reader.TryPeek(out _);
}
