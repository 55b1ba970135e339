namespace Cms.Testing;

/// <summary>
/// Time that passes when it is told to: what was heard of the feed does not grow old while a slow machine goes through
/// a test.
/// </summary>
internal sealed class StillClock : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public void Pass(TimeSpan time) => _now += time.Ticks;
}
