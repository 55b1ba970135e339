namespace Cms.Changes;

/// <summary>
/// How far the feed is, as this node knows it: moved by its own writes after their commit and before their answer, and by
/// <see cref="ChangeListener"/> for those of other nodes. Whoever waits for changes waits here, without a connection to the database.
/// </summary>
internal sealed class ChangeSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _moved = NewSource();
    private long _head = -1;
    private Guid _epoch;
    private bool _isLive;

    /// <summary>The feed's head; null while this node cannot be sure of it, and the database must be asked.</summary>
    public FeedHead? Head
    {
        get
        {
            lock (_gate)
                return _isLive ? new(_epoch, _head) : null;
        }
    }

    /// <summary>A change of this node's own has been committed.</summary>
    public void Advance(long head)
    {
        lock (_gate)
        {
            if (head <= _head)
                return;
            _head = head;
            Wake();
        }
    }

    /// <summary>The database has said where the feed is.</summary>
    /// <param name="epoch">Which life of the feed it is (<c>change_epochs</c>).</param>
    /// <param name="head">The last number that was given in it.</param>
    public void Observe(Guid epoch, long head)
    {
        lock (_gate)
        {
            // What this node has committed itself may be younger than what was read.
            var next = epoch == _epoch ? Math.Max(head, _head) : head;
            if (_isLive && epoch == _epoch && next == _head)
                return;
            (_epoch, _head, _isLive) = (epoch, next, true);
            Wake();
        }
    }

    /// <summary>The listener was lost, or a commit's outcome is unknown: nothing is known until the database has been asked again.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            // The head may have been lost with a database that was set back: forget it.
            (_isLive, _head) = (false, -1);
            Wake();
        }
    }

    /// <summary>Ends when the head is no longer <paramref name="known"/>. Ask what it is again: waking up says nothing else.</summary>
    public Task MovedFrom(FeedHead? known)
    {
        lock (_gate)
            return (_isLive ? new FeedHead(_epoch, _head) : null) == known ? _moved.Task : Task.CompletedTask;
    }

    private void Wake()
    {
        var moved = _moved;
        _moved = NewSource();
        moved.SetResult();
    }

    private static TaskCompletionSource NewSource() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Where the feed is: in which of its lives (<c>change_epochs</c>), and at which number.</summary>
internal sealed record FeedHead(Guid Epoch, long Sequence);
