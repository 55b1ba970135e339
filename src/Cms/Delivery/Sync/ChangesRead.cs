namespace Cms.Delivery.Sync;

/// <summary>
/// A page of the feed: each change as JSON (<see cref="EntityChange"/>), and where it leads. Its bytes are counted
/// until it is disposed of, when it has been sent.
/// </summary>
/// <param name="Changes">In the order in which they are to be applied.</param>
/// <param name="Next">The cursor that clients get.</param>
/// <param name="HasMore">Whether more can be read at once.</param>
internal sealed record ChangesRead(IReadOnlyList<byte[]> Changes, SyncCursor Next, bool HasMore) : IDisposable
{
    /// <summary>
    /// The position up to which everything was read: beyond <see cref="Next"/> if an empty page keeps its cursor.
    /// </summary>
    public SyncCursor Reached { get; init; } = Next;

    private IReadOnlyList<IDisposable> _holds = [];

    /// <summary>The reserved bytes, which the page returns when it is disposed of.</summary>
    public IReadOnlyList<IDisposable> Holds
    {
        init => _holds = value;
    }

    public void Dispose()
    {
        foreach (var held in Interlocked.Exchange(ref _holds, []))
            held.Dispose();
    }
}
