[assembly: AssemblyFixture(typeof(Cms.ModelTests.ModelServer))]

namespace Cms.ModelTests;

/// <summary>The real server over a real PostgreSQL, with a clock that the test moves.</summary>
public sealed class ModelServer : IAsyncLifetime
{
    internal MovableClock Clock { get; } = new();
    internal CmsServer Cms { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Cms = new CmsServer { Clock = Clock };
        await Cms.InitializeAsync();
    }

    public ValueTask DisposeAsync() => Cms.DisposeAsync();

    /// <summary>Lets a minute pass, and the server do what is due.</summary>
    internal async Task PassMinuteAsync()
    {
        Clock.Pass(TimeSpan.FromMinutes(1));
        await Wait.UntilAsync(
            "what is due is done",
            async () =>
                !await Cms.ScalarAsync<bool>(
                    "select exists (select from article_schedules where try_at <= @Now)",
                    new { Now = Clock.GetUtcNow() }
                )
        );
    }
}

/// <summary>The time of day stands still until it is moved; what waits for a while waits a tenth of it.</summary>
internal sealed class MovableClock : TimeProvider
{
    private const int Haste = 10;

    // In whole seconds, so that no time is rounded on its way through PostgreSQL.
    private long _ticks = System.GetUtcNow().Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override ITimer CreateTimer(
        TimerCallback callback,
        object? state,
        TimeSpan dueTime,
        TimeSpan period
    ) => base.CreateTimer(callback, state, Hasten(dueTime), Hasten(period));

    private static TimeSpan Hasten(TimeSpan time) => time > TimeSpan.Zero ? time / Haste : time;
}
