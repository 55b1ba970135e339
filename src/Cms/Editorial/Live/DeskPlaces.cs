using System.Globalization;
using Cms.Access;
using Cms.Platform.Http.Problems;

namespace Cms.Editorial.Live;

/// <summary>
/// Limits the open streams of the desk, in total and for each key or person. They have their own places: readers of
/// <c>/v1/events</c> take none from editors.
/// </summary>
internal sealed class DeskPlaces
{
    /// <summary>Streams of a node. A newsroom has a few for each editor.</summary>
    public const int MaxOpen = 2_000;

    /// <summary>Streams of a key or person. A tool may share one key among its users.</summary>
    public const int MaxPerCaller = 20;

    /// <summary>A guess: streams end when their clients leave.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _byCaller = [];
    private int _open;

    /// <summary>Takes a place until it is disposed of.</summary>
    /// <exception cref="Refused">429: the caller has reached its limit; 503: all places are taken.</exception>
    public IDisposable Take(Caller caller)
    {
        var id = caller.Id ?? Guid.Empty;
        lock (_gate)
        {
            if (_open >= MaxOpen)
                throw new Refused(
                    ProblemKinds.Overloaded,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The server has {MaxOpen} open streams of the desk, which is its limit."
                    )
                )
                {
                    RetryAfter = RetryAfter,
                };
            var count = _byCaller.GetValueOrDefault(id);
            if (count >= MaxPerCaller)
                throw new Refused(
                    ProblemKinds.TooManyStreams,
                    $"This {caller.Credential} has {count} open streams of the desk, which is its limit. Close one of "
                        + "them first, or share one among the windows of a tool."
                )
                {
                    RetryAfter = RetryAfter,
                };
            _byCaller[id] = count + 1;
            _open++;
        }
        return new Place(this, id);
    }

    private void Leave(Guid id)
    {
        lock (_gate)
        {
            _open--;
            if (--_byCaller[id] == 0)
                _byCaller.Remove(id);
        }
    }

    private sealed class Place(DeskPlaces places, Guid id) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                places.Leave(id);
        }
    }
}
