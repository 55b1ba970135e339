using Cms.Changes;

namespace Cms.Tests.Changes;

/// <summary>How far the feed is, as a node knows it.</summary>
public sealed class ChangeSignalTests
{
    private static readonly Guid One = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Two = Guid.Parse("00000000-0000-0000-0000-000000000002");

    private readonly StillClock _clock = new();
    private readonly ChangeSignal _signal;

    public ChangeSignalTests() => _signal = new(_clock);

    [Fact]
    public void Nothing_is_known_before_the_database_was_asked()
    {
        Assert.Null(_signal.Head);
        _signal.Advance(One, 6, 7, null, []);
        Assert.Null(_signal.Head);
    }

    [Fact]
    public void What_this_node_has_committed_counts_against_what_was_read_before()
    {
        Observe(One, 5);
        _signal.Advance(One, 6, 7, null, []);
        Observe(One, 6);

        Assert.Equal(new FeedHead(One, 7), _signal.Head);
    }

    [Fact]
    public void An_own_change_says_nothing_of_those_of_others_before_it()
    {
        Observe(One, 5);
        Assert.True(_signal.HasInvalidated(5));

        // Number 6 is somebody else's, and still to be heard of.
        _signal.Advance(One, 6, 7, 7, []);
        Assert.False(_signal.HasInvalidated(6));

        Observe(One, 7, (6, "tag:1"), (7, "tag:2"));
        Assert.True(_signal.HasInvalidated(7));
        Assert.False(_signal.HasInvalidated(8));

        // Number 8 follows on what is known.
        _signal.Advance(One, 7, 8, 8, []);
        Assert.True(_signal.HasInvalidated(8));
        _signal.Advance(One, 6, 7, 7, []);
        Assert.True(_signal.HasInvalidated(8));

        _signal.LosePosition();
        Assert.False(_signal.HasInvalidated(5));
    }

    [Fact]
    public void A_look_that_comes_late_takes_nothing_back()
    {
        Observe(One, 5);
        _signal.Advance(One, 5, 7, 7, []);
        _signal.Advance(One, 7, 9, 9, []);
        Observe(One, 7, (7, "tag:1"));
        Assert.True(_signal.HasInvalidated(9));

        // But that of another life does.
        Observe(Two, 8);
        Assert.False(_signal.HasInvalidated(9));
        Assert.True(_signal.HasInvalidated(8));
    }

    [Fact]
    public void What_was_heard_of_has_been_forgotten_before()
    {
        var heard = new List<bool>();
        _signal.Invalidate = _ => heard.Add(_signal.HasInvalidated(6));
        Observe(One, 5);
        Observe(One, 6, (6, "tag:1"));
        Assert.Equal([false, false], heard);
        Assert.True(_signal.HasInvalidated(6));

        heard.Clear();
        _signal.Invalidate = _ => heard.Add(_signal.HasInvalidated(7));
        _signal.Advance(One, 6, 7, 7, ["tag:1"]);
        Assert.Equal([false], heard);
        Assert.True(_signal.HasInvalidated(7));
    }

    [Fact]
    public void A_commit_that_may_have_happened_leaves_nothing_known_until_the_database_is_asked()
    {
        Observe(One, 5);
        _signal.LosePosition();
        Assert.Null(_signal.Head);

        Observe(One, 5);

        Assert.Equal(new FeedHead(One, 5), _signal.Head);
    }

    [Fact]
    public void A_database_that_was_set_back_sets_the_head_back()
    {
        Observe(One, 50);
        _signal.LosePosition();
        Observe(Two, 30);

        Assert.Equal(new FeedHead(Two, 30), _signal.Head);
    }

    [Fact]
    public void Waiting_ends_with_a_move_and_not_before()
    {
        Observe(One, 5);
        var waiting = _signal.MovedFrom(_signal.Head);

        Observe(One, 5);
        _signal.Advance(One, 4, 5, null, []);
        Assert.False(waiting.IsCompleted);
        _signal.Advance(One, 5, 6, null, []);

        Assert.True(waiting.IsCompleted);
    }

    [Fact]
    public void Who_asks_from_an_old_head_does_not_wait()
    {
        Observe(One, 5);
        var old = _signal.Head;
        _signal.Advance(One, 5, 6, null, []);

        Assert.True(_signal.MovedFrom(old).IsCompleted);
        Assert.True(_signal.MovedFrom(null).IsCompleted);
    }

    [Fact]
    public void Whoever_waits_is_woken_when_certainty_is_lost_and_when_it_is_back()
    {
        Observe(One, 5);
        var waiting = _signal.MovedFrom(_signal.Head);
        _signal.LosePosition();
        Assert.True(waiting.IsCompleted);

        var blind = _signal.MovedFrom(_signal.Head);
        Assert.False(blind.IsCompleted);
        Observe(One, 5);
        Assert.True(blind.IsCompleted);
    }

    [Fact]
    public void Whoever_hears_nothing_for_too_long_knows_nothing()
    {
        var askedAt = _clock.GetTimestamp();
        _clock.Pass(TimeSpan.FromSeconds(1));
        _signal.Observe(One, 5, [], askedAt);
        Assert.True(_signal.IsLive);

        // It counts from the question: what the answer says was so then.
        _clock.Pass(ChangeSignal.TrustedFor - TimeSpan.FromSeconds(1));
        Assert.False(_signal.IsLive);
        Assert.Null(_signal.Head);
        Assert.Null(_signal.Least);
        Assert.False(_signal.HasInvalidated(5));
        var waiting = _signal.MovedFrom(_signal.Head);
        Assert.False(waiting.IsCompleted);

        // Nothing was missed, so nothing is forgotten; but whoever waited for certainty has it.
        var forgotten = new List<IReadOnlyCollection<string>?>();
        _signal.Invalidate = forgotten.Add;
        Observe(One, 5);
        Assert.Equal(new FeedHead(One, 5), _signal.Head);
        Assert.True(waiting.IsCompleted);
        Assert.Empty(forgotten);
    }

    [Fact]
    public void A_change_of_a_life_that_is_over_moves_nothing_in_the_next()
    {
        Observe(One, 999);
        _signal.LosePosition();
        Observe(Two, 990);

        _signal.Advance(One, 999, 1000, 1000, ["tag:1"]);
        Assert.Null(_signal.Head);

        Observe(Two, 991);
        Assert.Equal(new FeedHead(Two, 991), _signal.Head);
        Assert.Equal(new FeedHead(Two, 991), _signal.Least);
    }

    [Fact]
    public void An_own_number_of_a_life_that_is_over_hides_nobody_elses()
    {
        var forgotten = new List<IReadOnlyCollection<string>?>();
        Observe(One, 5);
        _signal.Advance(One, 5, 7, 7, ["tag:1"]);
        Observe(Two, 6);

        _signal.Invalidate = forgotten.Add;
        Observe(Two, 7, (7, "tag:2"));
        Assert.Equal(["tag:2"], Assert.Single(forgotten)!);
    }

    private void Observe(Guid epoch, long head, params (long, string)[] stale) =>
        _signal.Observe(epoch, head, stale, _clock.GetTimestamp());
}
