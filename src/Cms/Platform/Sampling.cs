namespace Cms.Platform;

/// <summary>
/// Counts frequent events, so that the log reports the first at once and then one summary per period.
/// </summary>
internal sealed class Sampling(TimeProvider clock, TimeSpan period)
{
    private readonly Lock _gate = new();
    private long? _toldAt;
    private long _count;

    /// <summary>Counts one more.</summary>
    /// <param name="count">How many there were since the last report, this one included.</param>
    /// <returns>Whether to log it.</returns>
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
