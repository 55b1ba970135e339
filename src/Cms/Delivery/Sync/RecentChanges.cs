using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Reading;
using Cms.Delivery.Sync.Streams;

namespace Cms.Delivery.Sync;

/// <summary>A change as one reader gets it: what changed, and its present state.</summary>
/// <param name="Version">The thing's number in the whole feed: its content changes only together with this
/// number.</param>
/// <param name="Sequence">Its position in the order of the reader's scope.</param>
internal sealed record RecentChange(
    EntityType Type,
    Guid Id,
    long Version,
    long Sequence,
    bool IsThere,
    DeletionReason? Reason
);

/// <summary>
/// A number of the feed: of a thing in the whole newsroom, or of its appearance, change or removal in one section.
/// </summary>
/// <param name="Section">Null: in the whole newsroom.</param>
internal sealed record FeedNumber(long Sequence, EntityType Type, Guid Id, Guid? Section);

/// <summary>The present state of a thing.</summary>
/// <param name="IsOpen">Whether it is open to everybody, if it exists.</param>
/// <param name="WasOpen">Whether it ever was open to everybody.</param>
/// <param name="Sections">The sections where it is visible.</param>
/// <param name="FormerSections">… and where it once was.</param>
internal sealed record FeedThing(
    EntityType Type,
    Guid Id,
    long Version,
    bool IsThere,
    DeletionReason? Reason,
    bool IsOpen,
    bool WasOpen,
    IReadOnlyCollection<Guid> Sections,
    IReadOnlyCollection<Guid> FormerSections
)
{
    /// <summary>As <see cref="Wall.MaySeeChanged"/> says it in SQL.</summary>
    public bool MaySee(Caller? caller) => Wall.MaySee(caller, IsOpen, Sections);

    /// <summary>As <see cref="Wall.MayHaveSeenChanged"/> says it in SQL.</summary>
    public bool MayHaveSeen(Caller? caller) => Wall.MaySee(caller, WasOpen, [.. Sections, .. FormerSections]);
}

/// <summary>
/// The latest part of the change feed in memory, as the tables have it (<c>changes</c>, <c>section_changes</c>): for
/// each thing its last number, in the newsroom and in each section, above a floor. So the news of any scope is found
/// without the database, and is the same that the database would return at <see cref="Head"/>. Not thread-safe:
/// <see cref="SharedFeed"/> locks it.
/// </summary>
/// <param name="most">How many numbers are kept; beyond that the older half is dropped.</param>
internal sealed class RecentChanges(int most)
{
    private readonly Timeline _newsroom = new();
    private readonly Dictionary<Guid, Timeline> _sections = [];
    private readonly Dictionary<(EntityType, Guid), FeedThing> _things = [];
    private readonly HashSet<Followed> _followed = [];

    /// <summary>The epoch and position of the feed that this holds; null: unknown.</summary>
    public FeedHead? Head { get; private set; }

    /// <summary>All numbers above it are in memory.</summary>
    public long Floor { get; private set; }

    public int Count { get; private set; }

    /// <summary>
    /// Adds what the database has recorded since <see cref="Head"/>. If the feed has a new epoch or was set back, it
    /// starts again from empty. Wakes the followers of the scopes that something has happened in.
    /// </summary>
    /// <param name="head">Where the feed is.</param>
    /// <param name="floor">Numbers up to here may be missing, and are no longer served.</param>
    /// <param name="numbers">In ascending order.</param>
    /// <param name="things">All things that the numbers belong to.</param>
    public void Take(
        FeedHead head,
        long floor,
        IReadOnlyList<FeedNumber> numbers,
        IEnumerable<FeedThing> things
    )
    {
        var isNew = !Continues(head);
        var before = Head?.Sequence ?? 0;
        if (isNew)
        {
            Clear();
            Floor = floor;
        }
        else if (floor > Floor)
            Drop(floor, isSure: false);
        Head = head;
        foreach (var number in numbers)
        {
            if (number.Sequence <= Floor)
                continue;
            Of(number.Section).Add(number.Sequence, (number.Type, number.Id));
            Count++;
        }
        foreach (var thing in things)
            _things[(thing.Type, thing.Id)] = thing;
        foreach (var followed in _followed)
        {
            if (isNew)
                followed.CoveredFrom = Floor;
            if (isNew || floor > before || HasNews(followed.Scope, followed.Caller, before))
                followed.Wake();
        }
        if (Count > most)
            DropHalf();
    }

    /// <summary>Whether <paramref name="head"/> is later in the same epoch.</summary>
    public bool Continues(FeedHead head) =>
        Head is { } now && now.Epoch == head.Epoch && now.Sequence <= head.Sequence;

    public bool IsAt(FeedHead head) =>
        Head is { } now && now.Epoch == head.Epoch && now.Sequence >= head.Sequence;

    /// <summary>Whether memory holds everything that a reader at this position has not received.</summary>
    public bool Covers(SyncCursor from, Followed? followed) =>
        Head is { } head
        && from.Epoch == head.Epoch
        && from.Loading is null
        && from.Position <= head.Sequence
        && from.Position >= (followed?.CoveredFrom ?? Floor);

    /// <summary>
    /// The next changes in a scope that a reader may see: each thing once, at its first number there.
    /// </summary>
    public List<RecentChange> After(SyncScope scope, Caller? caller, long position, int limit)
    {
        var found = new List<(long Sequence, (EntityType Type, Guid Id) Thing)>();
        if (scope.Sections.Count == 0)
        {
            foreach (var at in InScope(scope, caller, position))
            {
                found.Add(at);
                if (found.Count == limit)
                    break;
            }
        }
        else
        {
            var first = new Dictionary<(EntityType, Guid), long>();
            foreach (var (sequence, thing) in InScope(scope, caller, position))
                if (!first.TryGetValue(thing, out var known) || sequence < known)
                    first[thing] = sequence;
            found.AddRange(first.Select(f => (f.Value, f.Key)).OrderBy(f => f.Value).Take(limit));
        }
        var changes = new List<RecentChange>(found.Count);
        foreach (var (sequence, key) in found)
        {
            var thing = _things[key];
            // All sections are included; of other things, those in the scope's sections. Only pictures can be hidden
            // behind the wall.
            var isThere =
                (
                    scope.Sections.Count == 0 || key.Type == EntityType.Section
                        ? thing.IsThere
                        : scope.Sections.Any(thing.Sections.Contains)
                ) && (key.Type != EntityType.Image || thing.MaySee(caller));
            changes.Add(
                new(
                    key.Type,
                    key.Id,
                    thing.Version,
                    sequence,
                    isThere,
                    isThere
                        ? null
                        : thing.Reason
                            ?? (scope.Sections.Count == 0 ? DeletionReason.Unpublished : DeletionReason.Moved)
                )
            );
        }
        return changes;
    }

    public bool HasNews(SyncScope scope, Caller? caller, long position) =>
        InScope(scope, caller, position).Any();

    /// <summary>Follows a scope from the floor on.</summary>
    public void Follow(Followed followed)
    {
        followed.CoveredFrom = Floor;
        _followed.Add(followed);
    }

    public void Leave(Followed followed) => _followed.Remove(followed);

    public bool IsFollowed => _followed.Count > 0;

    private IEnumerable<(long Sequence, (EntityType Type, Guid Id) Thing)> InScope(
        SyncScope scope,
        Caller? caller,
        long position
    ) =>
        InScope(scope, position)
            .Where(at => at.Thing.Type != EntityType.Image || _things[at.Thing].MayHaveSeen(caller));

    private IEnumerable<(long Sequence, (EntityType Type, Guid Id) Thing)> InScope(
        SyncScope scope,
        long position
    )
    {
        if (scope.Sections.Count == 0)
            return _newsroom.After(position).Where(at => scope.Types.Contains(at.Thing.Type));
        var sections = scope.Types.Contains(EntityType.Section)
            ? _newsroom.After(position).Where(at => at.Thing.Type == EntityType.Section)
            : [];
        return sections.Concat(
            scope.Sections.SelectMany(id =>
                _sections.TryGetValue(id, out var section)
                    ? section.After(position).Where(at => scope.Types.Contains(at.Thing.Type))
                    : []
            )
        );
    }

    private Timeline Of(Guid? section)
    {
        if (section is not { } id)
            return _newsroom;
        if (!_sections.TryGetValue(id, out var timeline))
            _sections.Add(id, timeline = new());
        return timeline;
    }

    private void Clear()
    {
        _newsroom.Clear();
        _sections.Clear();
        _things.Clear();
        (Head, Floor, Count) = (null, 0, 0);
    }

    private void DropHalf()
    {
        var all = _sections
            .Values.Prepend(_newsroom)
            .SelectMany(t => t.After(0))
            .Select(at => at.Sequence)
            .Order()
            .ToArray();
        if (all.Length > most / 2)
            Drop(all[all.Length - (most / 2) - 1], isSure: true);
        Recount();
    }

    /// <summary>Raises the floor.</summary>
    /// <param name="isSure">Whether memory still has all numbers up to there: then a reader who has the last of them in
    /// their scope misses nothing.</param>
    private void Drop(long floor, bool isSure)
    {
        foreach (var followed in _followed)
            followed.CoveredFrom = isSure
                ? InScope(followed.Scope, followed.Caller, followed.CoveredFrom)
                    .Select(at => at.Sequence)
                    .Where(sequence => sequence <= floor)
                    .DefaultIfEmpty(followed.CoveredFrom)
                    .Max()
                : floor;
        Floor = floor;
        foreach (var timeline in _sections.Values.Append(_newsroom))
            timeline.DropThrough(floor);
        Recount();
    }

    private void Recount()
    {
        foreach (var (id, timeline) in _sections)
            if (timeline.Count == 0)
                _sections.Remove(id);
        Count = _newsroom.Count + _sections.Values.Sum(t => t.Count);
        var kept = _sections
            .Values.Append(_newsroom)
            .SelectMany(t => t.After(0))
            .Select(at => at.Thing)
            .ToHashSet();
        foreach (var thing in _things.Keys)
            if (!kept.Contains(thing))
                _things.Remove(thing);
    }

    /// <summary>Things by their last numbers.</summary>
    private sealed class Timeline
    {
        private readonly List<(long Sequence, (EntityType Type, Guid Id) Thing)> _order = [];
        private readonly Dictionary<(EntityType, Guid), long> _last = [];

        public int Count => _last.Count;

        public void Add(long sequence, (EntityType Type, Guid Id) thing)
        {
            _order.Add((sequence, thing));
            _last[thing] = sequence;
            // A thing with a greater number by now is listed only there.
            if (_order.Count > (2 * _last.Count) + 64)
                _order.RemoveAll(at => _last[at.Thing] != at.Sequence);
        }

        public IEnumerable<(long Sequence, (EntityType Type, Guid Id) Thing)> After(long position)
        {
            var (from, to) = (0, _order.Count);
            while (from < to)
            {
                var middle = (from + to) / 2;
                if (_order[middle].Sequence <= position)
                    from = middle + 1;
                else
                    to = middle;
            }
            for (; from < _order.Count; from++)
                if (_last[_order[from].Thing] == _order[from].Sequence)
                    yield return _order[from];
        }

        public void DropThrough(long floor)
        {
            var count = _order.FindIndex(at => at.Sequence > floor);
            if (count < 0)
                count = _order.Count;
            foreach (var (sequence, thing) in _order.Take(count))
                if (_last.GetValueOrDefault(thing) == sequence)
                    _last.Remove(thing);
            _order.RemoveRange(0, count);
        }

        public void Clear()
        {
            _order.Clear();
            _last.Clear();
        }
    }
}

/// <summary>A scope that somebody follows, with all who do.</summary>
/// <param name="scope">The scope, which includes the rights of all its followers.</param>
/// <param name="caller">One of them.</param>
internal sealed class Followed(SyncScope scope, Caller? caller)
{
    private TaskCompletionSource _news = NewSource();

    public SyncScope Scope => scope;

    public Caller? Caller => caller;

    /// <summary>How many follow it.</summary>
    public int Users { get; set; }

    /// <summary>A reader who has received everything up to here needs nothing that is no longer in memory.</summary>
    public long CoveredFrom { get; set; }

    /// <summary>Ends when something has happened in the scope.</summary>
    public Task News => _news.Task;

    public void Wake()
    {
        var news = _news;
        _news = NewSource();
        news.SetResult();
    }

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}
