namespace Cms.Platform;

/// <summary>Counts what may happen very often, so that the log can tell of it now and then: the first at once, then once in a period.</summary>
internal sealed class Sampling(TimeProvider clock, TimeSpan period)
{
    private readonly Lock _gate = new();
    private long? _toldAt;
    private long _count;

    /// <summary>Counts one more.</summary>
    /// <param name="count">How many there were since it was last told, this one included.</param>
    /// <returns>Whether to tell of it.</returns>
    public bool IsDue(out long count)
    {
        lock (_gate)
        {
            count = ++_count;
            if (_toldAt is { } told && clock.GetElapsedTime(told) < period)
                return false;
            (_toldAt, _count) = (clock.GetTimestamp(), 0);
            return true;
        }
    }
}
