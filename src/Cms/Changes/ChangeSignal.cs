namespace Cms.Changes;

/// <summary>
/// How far the feed is, as this node knows it: moved by its own writes after their commit and before their answer, and
/// by <see cref="ChangeListener"/> for those of other nodes. Whoever waits for changes waits here, without a connection
/// to the database.
/// </summary>
/// <param name="clock">Tells when the database was last asked too long ago.</param>
internal sealed class ChangeSignal(TimeProvider clock)
{
    /// <summary>
    /// How long the database's last answer about the feed counts. A connection can fall silent without breaking. So a
    /// node that got no answer for this long stops using its memory, and shows other nodes' changes at most this late.
    /// </summary>
    public static readonly TimeSpan TrustedFor = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly HashSet<long> _own = [];
    private TaskCompletionSource _moved = NewSource();
    private long _head = -1;
    private long _least = -1;
    private long _invalidated = -1;
    private long _trims;
    private Guid _epoch;
    private volatile bool _isLive;

    // By the clock's timestamps.
    private long _trustedUntil;

    /// <summary>
    /// Called with the cache tags of what has changed, before anybody is told that it has; with null when anything may
    /// have. When it returns, nothing in memory that has these tags may be given any more.
    /// </summary>
    public Action<IReadOnlyCollection<string>?>? Invalidate { get; set; }

    /// <summary>Whether this node hears of every change.</summary>
    public bool IsLive => _isLive && clock.GetTimestamp() < Volatile.Read(ref _trustedUntil);

    /// <summary>The feed's head; null while this node cannot be sure of it, and the database must be asked.</summary>
    public FeedHead? Head
    {
        get
        {
            lock (_gate)
                return IsLive ? new(_epoch, _head) : null;
        }
    }

    /// <summary>
    /// What a read that begins now must at least see; null like <see cref="Head"/>. Ahead of that for a moment: it
    /// moves before anything is removed from memory, so that what is read in its place is never older.
    /// </summary>
    public FeedHead? Least
    {
        get
        {
            lock (_gate)
                return IsLive ? new(_epoch, Math.Max(_head, _least)) : null;
        }
    }

    /// <summary>
    /// Whether all changes up to a head have been removed from this node's memory. Then nothing in memory is older than
    /// what was read at that head, in the same epoch of the feed. <see cref="Head"/> does not say so: this node's own
    /// change moves it past changes of other nodes that have not been announced here yet.
    /// </summary>
    public bool HasInvalidated(long head) => IsLive && Volatile.Read(ref _invalidated) >= head;

    /// <summary>A change of this node's own has been committed.</summary>
    /// <param name="epoch">The feed's epoch in which it was. If that is not the one that is known here, nobody knows
    /// how far the feed is.</param>
    /// <param name="before">The feed's head before it.</param>
    /// <param name="head">The feed's head with it.</param>
    /// <param name="invalidation">The number of the event that tells others what is stale; it will be
    /// announced here too.</param>
    /// <param name="stale">The cache tags of what it changed.</param>
    public void Advance(
        Guid epoch,
        long before,
        long head,
        long? invalidation,
        IReadOnlyCollection<string> stale
    )
    {
        bool isKnown;
        lock (_gate)
        {
            isKnown = !_isLive || epoch == _epoch;
            if (isKnown)
                _least = Math.Max(_least, head);
        }
        if (!isKnown)
        {
            // It began a new epoch, or was answered so late that its own is over: numbers of one say nothing in
            // another.
            LosePosition();
            return;
        }
        Invalidate?.Invoke(stale);
        lock (_gate)
        {
            if (_isLive && epoch != _epoch)
                return;
            // Between the two there is nobody else's: numbers are given under the feed's lock.
            if (_isLive && _invalidated >= before && _invalidated < head)
                Volatile.Write(ref _invalidated, head);
            if (invalidation is { } number && _isLive)
                _own.Add(number);
            if (head <= _head)
                return;
            _head = head;
            Wake();
        }
    }

    /// <summary>The database has said where the feed is, and what has become stale since it was last asked.</summary>
    /// <param name="epoch">Which epoch of the feed it is (<c>change_epochs</c>).</param>
    /// <param name="head">The last number that was given in it.</param>
    /// <param name="stale">Cache tags by the number of their event, since the last time.</param>
    /// <param name="askedAt">The clock's timestamp before it was asked: what it says was so then.</param>
    public void Observe(
        Guid epoch,
        long head,
        IReadOnlyCollection<(long Number, string Tag)> stale,
        long askedAt
    )
    {
        lock (_gate)
        {
            var wasTrusted = IsLive;
            Volatile.Write(
                ref _trustedUntil,
                askedAt + (long)(TrustedFor.TotalSeconds * clock.TimestampFrequency)
            );
            var isNew = !_isLive || epoch != _epoch;
            // Numbers of another epoch name other events.
            if (epoch != _epoch)
                _own.Clear();
            // What this node has committed itself has been told already.
            var others = stale.Where(s => !_own.Contains(s.Number)).Select(s => s.Tag).ToHashSet();
            _own.RemoveWhere(number => number <= head);
            // From a time of which nothing is known nothing may be kept.
            if (isNew)
                Invalidate?.Invoke(null);
            else if (others.Count > 0)
                Invalidate?.Invoke(others);
            // This node's own changes may have been applied before this look.
            Volatile.Write(ref _invalidated, isNew ? head : Math.Max(head, _invalidated));

            // What this node has committed itself may be newer than what was read.
            var next = epoch == _epoch ? Math.Max(head, _head) : head;
            if (!isNew && wasTrusted && next == _head)
                return;
            if (epoch != _epoch)
                _least = -1;
            (_epoch, _head, _isLive) = (epoch, next, true);
            Wake();
        }
    }

    /// <summary>
    /// The listener was lost, or a commit's outcome is unknown: nothing is known until the database has been asked
    /// again.
    /// </summary>
    public void LosePosition()
    {
        lock (_gate)
        {
            // A database that was restored may have lost this head.
            (_isLive, _head, _least) = (false, -1, -1);
            Volatile.Write(ref _invalidated, -1);
            _own.Clear();
            Wake();
        }
        Invalidate?.Invoke(null);
    }

    /// <summary>
    /// Counts how often this node has removed old deletions from the feed. Cursors from before them are refused
    /// afterwards.
    /// </summary>
    public long Trims => Volatile.Read(ref _trims);

    /// <summary>Old deletions were removed from the feed.</summary>
    public void Trim() => Interlocked.Increment(ref _trims);

    /// <summary>
    /// Ends when the head is no longer <paramref name="known"/>. Ask what it is again: waking up says nothing else.
    /// </summary>
    public Task MovedFrom(FeedHead? known)
    {
        lock (_gate)
            return (IsLive ? new FeedHead(_epoch, _head) : null) == known ? _moved.Task : Task.CompletedTask;
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

/// <summary>Where the feed is: in which epoch (<c>change_epochs</c>), and at which number.</summary>
internal sealed record FeedHead(Guid Epoch, long Sequence);
