using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Sync;
using Cms.Publishing;
using CsCheck;

namespace Cms.Tests.Sync;

/// <summary>The end of the feed in memory says what the tables would say.</summary>
public sealed class RecentChangesTests
{
    private static readonly Guid Epoch = Guid.Parse("6d1f0f5e-0000-4000-8000-000000000001");
    private static readonly Guid[] Sections = Ids(3, 'a');
    private static readonly EntityType[] All = Enum.GetValues<EntityType>();

    /// <summary>
    /// Something is done to one of a few things: where it is seen from then on, and whether what it says has changed.
    /// </summary>
    private static readonly Gen<Act> AnyAct = Gen.Select(
        Gen.Enum<EntityType>(),
        Gen.Int[0, 3],
        Gen.Int[0, 7],
        Gen.Bool,
        Gen.Bool,
        (type, thing, mask, isChanged, isOpen) => new Act(type, thing, mask, isChanged, isOpen)
    );

    /// <summary>Anybody, a reader of everything behind the wall, and one of a section.</summary>
    private static readonly Gen<Caller?> AnyCaller = Gen.Int[0, 2]
        .Select(n => n == 0 ? null : ReaderOf(n == 1 ? null : [Sections[0]]));

    private static readonly Gen<SyncScope> AnyScope = Gen.Select(
        Gen.Int[1, 31],
        Gen.Int[0, 7],
        (types, sections) =>
            new SyncScope
            {
                Types = [.. All.Where(t => (types & (1 << (int)t)) != 0)],
                Sections = [.. Sections.Where((_, i) => (sections & (1 << i)) != 0)],
                Body = [BodyForm.Blocks],
                Rights = 0,
            }
    );

    [Fact]
    public void Whatever_happens_every_scope_is_told_what_the_tables_have()
    {
        Gen.Select(
                AnyAct.Array[1, 60],
                Gen.Select(AnyScope, AnyCaller).Array[1, 6],
                Gen.Int[4, 60],
                Gen.Int[1, 5]
            )
            .Sample(
                (acts, who, most, atOnce) =>
                {
                    var scopes = who.Select(w => w.Item1).ToArray();
                    var callers = who.Select(w => w.Item2).ToArray();
                    var tables = new Tables();
                    var recent = new RecentChanges(most);
                    var followed = who.Select(w => new Followed(w.Item1, w.Item2)).ToList();
                    recent.Take(new(Epoch, 0), 0, [], []);
                    followed.ForEach(recent.Follow);
                    // Where each reader is, and what it holds.
                    var readers = scopes.Select(_ => 0L).ToArray();
                    foreach (var some in acts.Chunk(atOnce))
                    {
                        var before = tables.Head;
                        foreach (var act in some)
                            tables.Do(act);
                        var news = followed.Select(f => f.News).ToList();
                        recent.Take(
                            new(Epoch, tables.Head),
                            0,
                            tables.NumbersAfter(before),
                            tables.ThingsAfter(before)
                        );
                        for (var i = 0; i < scopes.Length; i++)
                        {
                            var from = At(scopes[i], readers[i]);
                            var told = tables.After(scopes[i], callers[i], readers[i]);
                            Assert.Equal(
                                tables.After(scopes[i], callers[i], before).Count > 0,
                                news[i].IsCompleted
                            );
                            if (recent.Covers(from, followed[i]))
                                Assert.Equal(
                                    told,
                                    recent.After(scopes[i], callers[i], readers[i], int.MaxValue)
                                );
                            // Who is in step is covered, however much others are told.
                            else
                                Assert.NotEmpty(told);
                            readers[i] = tables.Head;
                        }
                        Assert.True(recent.Count <= most, $"{recent.Count} of {most} numbers");
                    }
                }
            );
    }

    [Fact]
    public void Pages_of_one_are_the_same_as_one_page()
    {
        Gen.Select(AnyAct.Array[1, 40], AnyScope, AnyCaller)
            .Sample(
                (acts, scope, caller) =>
                {
                    var tables = new Tables();
                    foreach (var act in acts)
                        tables.Do(act);
                    var recent = new RecentChanges(10_000);
                    recent.Take(new(Epoch, tables.Head), 0, tables.NumbersAfter(0), tables.ThingsAfter(0));
                    var pages = new List<RecentChange>();
                    var position = 0L;
                    while (recent.After(scope, caller, position, 1) is [var next])
                    {
                        pages.Add(next);
                        position = next.Sequence;
                    }
                    // A thing that stands in several sections may come once for each, and is the same each time.
                    var whole = recent.After(scope, caller, 0, int.MaxValue);
                    Assert.Equal(
                        whole.Select(c => (c.Type, c.Id)),
                        pages.Select(c => (c.Type, c.Id)).Distinct()
                    );
                    Assert.All(
                        pages,
                        p => Assert.Contains(whole, w => w with { Sequence = p.Sequence } == p)
                    );
                }
            );
    }

    [Fact]
    public void Another_life_of_the_feed_or_one_that_was_set_back_begins_anew()
    {
        var tables = new Tables();
        tables.Do(new(EntityType.Article, 0, 1, IsChanged: true, IsOpen: true));
        var scope = AnyScope.Single() with { Types = All, Sections = [] };
        foreach (
            var next in (FeedHead[])
                [new(Epoch, tables.Head - 1), new(Guid.Parse("6d1f0f5e-0000-4000-8000-000000000002"), 90)]
        )
        {
            var recent = new RecentChanges(100);
            recent.Take(new(Epoch, tables.Head), 0, tables.NumbersAfter(0), tables.ThingsAfter(0));
            var followed = new Followed(scope, null);
            recent.Follow(followed);
            var news = followed.News;
            Assert.True(recent.Covers(At(scope, 0), followed));

            recent.Take(next, next.Sequence, [], []);

            Assert.True(news.IsCompleted);
            Assert.False(recent.Covers(At(scope, 0), followed));
            Assert.False(recent.Covers(At(scope, tables.Head), followed));
        }
    }

    [Fact]
    public void What_may_have_been_forgotten_is_not_told_from_memory()
    {
        var tables = new Tables();
        tables.Do(new(EntityType.Article, 0, 1, IsChanged: true, IsOpen: true));
        tables.Do(new(EntityType.Article, 1, 1, IsChanged: true, IsOpen: true));
        var recent = new RecentChanges(100);
        recent.Take(new(Epoch, tables.Head), 0, tables.NumbersAfter(0), tables.ThingsAfter(0));
        var scope = AnyScope.Single() with { Types = All, Sections = [] };
        Assert.True(recent.Covers(At(scope, 0), null));

        recent.Take(new(Epoch, tables.Head), 1, [], []);

        Assert.False(recent.Covers(At(scope, 0), null));
        Assert.True(recent.Covers(At(scope, 1), null));
    }

    private static Caller ReaderOf(Guid[]? sections) =>
        new()
        {
            Id = Epoch,
            Name = "A reader",
            Role = Role.Reader,
            SectionIds = sections,
        };

    private static SyncCursor At(SyncScope scope, long position) =>
        new()
        {
            Scope = scope,
            Epoch = Epoch,
            Position = position,
        };

    private static Guid[] Ids(int count, char kind) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => Guid.Parse($"6d1f0f5e-0000-4000-8000-{kind}0000000000{i}")),
        ];

    /// <param name="Mask">The sections in which it is seen from now on; none: nowhere any more.</param>
    private sealed record Act(EntityType Type, int Thing, int Mask, bool IsChanged, bool IsOpen);

    /// <summary>The two tables, and the questions of <c>ChangeReader</c> in their plainest form.</summary>
    private sealed class Tables
    {
        private readonly Dictionary<
            (EntityType, Guid),
            (long Sequence, bool IsThere, bool IsOpen, bool WasOpen)
        > _changes = [];
        private readonly Dictionary<(Guid, EntityType, Guid), (long Sequence, bool IsIn)> _sections = [];

        public long Head { get; private set; }

        public void Do(Act act)
        {
            var id = act.Type == EntityType.Section ? Sections[act.Thing % 3] : Ids(4, 'b')[act.Thing];
            var was = _changes.GetValueOrDefault((act.Type, id));
            var isThere = act.Mask > 0;
            // Only pictures stand behind the wall; to come before it or go behind it is news.
            var isOpen = isThere && (act.IsOpen || act.Type != EntityType.Image);
            var isChanged = act.IsChanged || (isThere && isOpen != was.IsOpen);
            if (was.IsThere != isThere || (isThere && isChanged))
                _changes[(act.Type, id)] = (++Head, isThere, isOpen, was.WasOpen || isOpen);
            if (act.Type == EntityType.Section)
                return;
            for (var i = 0; i < Sections.Length; i++)
            {
                var key = (Sections[i], act.Type, id);
                var isIn = (act.Mask & (1 << i)) != 0;
                var wasIn = _sections.GetValueOrDefault(key).IsIn;
                if (isIn != wasIn || (isIn && isChanged))
                    _sections[key] = (++Head, isIn);
            }
        }

        public List<FeedNumber> NumbersAfter(long position) =>
            [
                .. _changes
                    .Select(c => new FeedNumber(c.Value.Sequence, c.Key.Item1, c.Key.Item2, null))
                    .Concat(
                        _sections.Select(c => new FeedNumber(
                            c.Value.Sequence,
                            c.Key.Item2,
                            c.Key.Item3,
                            c.Key.Item1
                        ))
                    )
                    .Where(n => n.Sequence > position)
                    .OrderBy(n => n.Sequence),
            ];

        public IEnumerable<FeedThing> ThingsAfter(long position) =>
            NumbersAfter(position)
                .Select(n => (n.Type, n.Id))
                .Distinct()
                .Select(key => new FeedThing(
                    key.Type,
                    key.Id,
                    _changes.GetValueOrDefault(key).Sequence,
                    _changes.GetValueOrDefault(key).IsThere,
                    ReasonOf(key),
                    _changes.GetValueOrDefault(key).IsOpen,
                    _changes.GetValueOrDefault(key).WasOpen,
                    SectionsOf(key, isIn: true),
                    SectionsOf(key, isIn: false)
                ));

        private List<Guid> SectionsOf((EntityType, Guid) key, bool isIn) =>
            [
                .. _sections
                    .Where(s => s.Value.IsIn == isIn && (s.Key.Item2, s.Key.Item3) == key)
                    .Select(s => s.Key.Item1),
            ];

        private bool MaySee((EntityType Type, Guid) key, Caller? caller, bool once)
        {
            var thing = _changes[key];
            if (key.Type != EntityType.Image || (once ? thing.WasOpen : thing.IsOpen))
                return true;
            if (caller is null)
                return false;
            var seen = SectionsOf(key, isIn: true).Concat(once ? SectionsOf(key, isIn: false) : []);
            return caller.SectionIds is null || caller.SectionIds.Any(seen.Contains);
        }

        public List<RecentChange> After(SyncScope scope, Caller? caller, long position)
        {
            var isWhole = scope.Sections.Count == 0;
            var rows = _changes
                .Where(c => isWhole || c.Key.Item1 == EntityType.Section)
                .Select(c => (c.Value.Sequence, c.Key))
                .Concat(
                    _sections
                        .Where(s => !isWhole && scope.Sections.Contains(s.Key.Item1))
                        .Select(s => (s.Value.Sequence, (s.Key.Item2, s.Key.Item3)))
                );
            return
            [
                .. rows.Where(r => r.Sequence > position && scope.Types.Contains(r.Item2.Item1))
                    .Where(r => MaySee(r.Item2, caller, once: true))
                    .GroupBy(r => r.Item2, r => r.Sequence)
                    .Select(g => (Sequence: g.Min(), Key: g.Key))
                    .OrderBy(r => r.Sequence)
                    .Select(r =>
                    {
                        var isThere =
                            MaySee(r.Key, caller, once: false)
                            && (
                                isWhole || r.Key.Item1 == EntityType.Section
                                    ? _changes[r.Key].IsThere
                                    : scope.Sections.Any(s =>
                                        _sections.GetValueOrDefault((s, r.Key.Item1, r.Key.Item2)).IsIn
                                    )
                            );
                        return new RecentChange(
                            r.Key.Item1,
                            r.Key.Item2,
                            _changes[r.Key].Sequence,
                            r.Sequence,
                            isThere,
                            isThere
                                ? null
                                : ReasonOf(r.Key)
                                    ?? (isWhole ? DeletionReason.Unpublished : DeletionReason.Moved)
                        );
                    }),
            ];
        }

        private DeletionReason? ReasonOf((EntityType, Guid) key) =>
            _changes.GetValueOrDefault(key).IsThere ? null : DeletionReason.Unpublished;
    }
}
