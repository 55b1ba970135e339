using Cms.Changes;
using Cms.Platform.Http.Answers;

namespace Cms.Delivery.Caching;

/// <summary>
/// When what is kept in memory last changed, by a clock of our own: a number for each of 65,536 slots, into which the
/// cache tags are hashed. Two tags in one slot cost a query too many, never a stale answer. Changes of this node arrive
/// here before their writers are answered, those of others by the change feed.
/// </summary>
internal sealed class Generations
{
    private const int Count = 1 << 16;

    private static readonly int All = SlotOf(CacheTags.All);

    private readonly long[] _changed = new long[Count];
    private long _clock;
    private long _published;

    public Generations(ChangeSignal signal) => signal.Invalidate += tags => Move(tags ?? [CacheTags.All]);

    /// <summary>
    /// The time now. Taken before the first query of an answer, it says what that answer can know of.
    /// </summary>
    public long Now => Volatile.Read(ref _clock);

    /// <summary>
    /// Moves when all slots of a change have been moved: as long as it stands, what was current is current.
    /// </summary>
    public long Published => Volatile.Read(ref _published);

    public static int SlotOf(string tag)
    {
        // FNV-1a: the same on every run, and good enough for ids.
        var hash = 14695981039346656037UL;
        foreach (var c in tag)
            hash = (hash ^ c) * 1099511628211UL;
        return (int)((hash ^ (hash >> 32)) & (Count - 1));
    }

    /// <summary>The slots of an answer's tags.</summary>
    public static int[] SlotsOf(IEnumerable<string> tags) =>
        [.. tags.Append(CacheTags.All).Select(SlotOf).Distinct()];

    /// <summary>What these tags name has changed. Called after the commit, and before anybody is told of it.</summary>
    public void Move(IEnumerable<string> tags)
    {
        var now = Interlocked.Increment(ref _clock);
        foreach (var slot in tags.Select(SlotOf))
            Raise(ref _changed[slot], now);
        Interlocked.Increment(ref _published);
    }

    /// <summary>Whether nothing of this has changed since.</summary>
    public bool AreCurrent(int[] slots, long asOf)
    {
        foreach (var slot in slots)
            if (Volatile.Read(ref _changed[slot]) > asOf)
                return false;
        return true;
    }

    /// <summary>Whether a single thing has not changed since, by the slot of its tag.</summary>
    public bool IsCurrent(int slot, long asOf) =>
        Volatile.Read(ref _changed[slot]) <= asOf && Volatile.Read(ref _changed[All]) <= asOf;

    /// <summary>Two changes may come here at once, and the later one first: a slot never goes back.</summary>
    private static void Raise(ref long changed, long now)
    {
        for (var seen = Volatile.Read(ref changed); seen < now; )
        {
            var was = Interlocked.CompareExchange(ref changed, now, seen);
            if (was == seen)
                return;
            seen = was;
        }
    }
}
