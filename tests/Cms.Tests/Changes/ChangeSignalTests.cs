using Cms.Changes;

namespace Cms.Tests.Changes;

/// <summary>How far the feed is, as a node knows it.</summary>
public sealed class ChangeSignalTests
{
    private static readonly Guid One = Guid.Parse("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Two = Guid.Parse("00000000-0000-0000-0000-000000000002");

    private readonly ChangeSignal _signal = new();

    [Fact]
    public void Nothing_is_known_before_the_database_was_asked()
    {
        Assert.Null(_signal.Head);
        _signal.Advance(6, 7, null, []);
        Assert.Null(_signal.Head);
    }

    [Fact]
    public void What_this_node_has_committed_counts_against_what_was_read_before()
    {
        _signal.Observe(One, 5, []);
        _signal.Advance(6, 7, null, []);
        _signal.Observe(One, 6, []);

        Assert.Equal(new FeedHead(One, 7), _signal.Head);
    }

    [Fact]
    public void An_own_change_says_nothing_of_those_of_others_before_it()
    {
        _signal.Observe(One, 5, []);
        Assert.True(_signal.HasHeard(5));

        // Number 6 is somebody else's, and still to be heard of.
        _signal.Advance(6, 7, 7, []);
        Assert.False(_signal.HasHeard(6));

        _signal.Observe(One, 7, [(6, "tag:1"), (7, "tag:2")]);
        Assert.True(_signal.HasHeard(7));
        Assert.False(_signal.HasHeard(8));

        // Number 8 follows on what is known.
        _signal.Advance(7, 8, 8, []);
        Assert.True(_signal.HasHeard(8));
        _signal.Advance(6, 7, 7, []);
        Assert.True(_signal.HasHeard(8));

        _signal.Doubt();
        Assert.False(_signal.HasHeard(5));
    }

    [Fact]
    public void A_look_that_comes_late_takes_nothing_back()
    {
        _signal.Observe(One, 5, []);
        _signal.Advance(5, 7, 7, []);
        _signal.Advance(7, 9, 9, []);
        _signal.Observe(One, 7, [(7, "tag:1")]);
        Assert.True(_signal.HasHeard(9));

        // But that of another life does.
        _signal.Observe(Two, 8, []);
        Assert.False(_signal.HasHeard(9));
        Assert.True(_signal.HasHeard(8));
    }

    [Fact]
    public void What_was_heard_of_has_been_forgotten_before()
    {
        var heard = new List<bool>();
        _signal.Forget = _ => heard.Add(_signal.HasHeard(6));
        _signal.Observe(One, 5, []);
        _signal.Observe(One, 6, [(6, "tag:1")]);
        Assert.Equal([false, false], heard);
        Assert.True(_signal.HasHeard(6));

        heard.Clear();
        _signal.Forget = _ => heard.Add(_signal.HasHeard(7));
        _signal.Advance(6, 7, 7, ["tag:1"]);
        Assert.Equal([false], heard);
        Assert.True(_signal.HasHeard(7));
    }

    [Fact]
    public void A_commit_that_may_have_happened_leaves_nothing_known_until_the_database_is_asked()
    {
        _signal.Observe(One, 5, []);
        _signal.Doubt();
        Assert.Null(_signal.Head);

        _signal.Observe(One, 5, []);

        Assert.Equal(new FeedHead(One, 5), _signal.Head);
    }

    [Fact]
    public void A_database_that_was_set_back_sets_the_head_back()
    {
        _signal.Observe(One, 50, []);
        _signal.Doubt();
        _signal.Observe(Two, 30, []);

        Assert.Equal(new FeedHead(Two, 30), _signal.Head);
    }

    [Fact]
    public void Waiting_ends_with_a_move_and_not_before()
    {
        _signal.Observe(One, 5, []);
        var waiting = _signal.MovedFrom(_signal.Head);

        _signal.Observe(One, 5, []);
        _signal.Advance(4, 5, null, []);
        Assert.False(waiting.IsCompleted);
        _signal.Advance(5, 6, null, []);

        Assert.True(waiting.IsCompleted);
    }

    [Fact]
    public void Who_asks_from_an_old_head_does_not_wait()
    {
        _signal.Observe(One, 5, []);
        var old = _signal.Head;
        _signal.Advance(5, 6, null, []);

        Assert.True(_signal.MovedFrom(old).IsCompleted);
        Assert.True(_signal.MovedFrom(null).IsCompleted);
    }

    [Fact]
    public void Whoever_waits_is_woken_when_certainty_is_lost_and_when_it_is_back()
    {
        _signal.Observe(One, 5, []);
        var waiting = _signal.MovedFrom(_signal.Head);
        _signal.Doubt();
        Assert.True(waiting.IsCompleted);

        var blind = _signal.MovedFrom(_signal.Head);
        Assert.False(blind.IsCompleted);
        _signal.Observe(One, 5, []);
        Assert.True(blind.IsCompleted);
    }
}
