using System.Diagnostics.Metrics;
using System.Net;
using Cms.Platform.Http.Problems;

namespace Cms.Platform.Http.Streams;

/// <summary>How many readers of the feed a node takes.</summary>
/// <param name="Open">Requests that are open at once.</param>
/// <param name="PerAddress">… of one address; 0: <see cref="FeedPlaces.DefaultPerAddress"/>, but for addresses behind
/// which there may be a proxy.</param>
/// <param name="Scopes">Different scopes that may be followed at once.</param>
internal sealed record FeedBounds(int Open, int PerAddress, int Scopes);

/// <summary>
/// Limits the open requests for the feed, in total and by address: each holds a connection and some memory for as long
/// as its client wants.
/// </summary>
internal sealed class FeedPlaces : IDisposable
{
    public const int DefaultPerAddress = 200;

    /// <summary>A guess: streams end when their clients leave.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private readonly FeedBounds _bounds;
    private readonly Meter _meter;
    private int _open;

    public FeedPlaces(FeedBounds bounds, IMeterFactory meters)
    {
        _bounds = bounds;
        _meter = meters.Create("Cms.Feed");
        _meter.CreateObservableGauge(
            "cms.feed.open",
            () => Volatile.Read(ref _open),
            description: "Open requests for sync and events."
        );
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Takes a place until it is disposed of.</summary>
    /// <exception cref="Refused">429: the address has reached its limit; 503: all places are taken.</exception>
    public IDisposable Take(IPAddress? address)
    {
        var network = NetworkOf(address ?? IPAddress.None);
        var most =
            _bounds.PerAddress > 0 ? _bounds.PerAddress
            : MayBeProxy(network) ? int.MaxValue
            : DefaultPerAddress;
        lock (_gate)
        {
            if (_open >= _bounds.Open)
                throw new Refused(
                    ProblemKinds.Overloaded,
                    $"The server has {_bounds.Open} open requests for the change feed, which is its limit."
                )
                {
                    RetryAfter = RetryAfter,
                };
            var count = _byAddress.GetValueOrDefault(network);
            if (count >= most)
                throw new Refused(
                    ProblemKinds.TooManyStreams,
                    $"This address has {count} open requests for the change feed, which is its limit. "
                        + "Close one of them first."
                )
                {
                    RetryAfter = RetryAfter,
                };
            _byAddress[network] = count + 1;
            _open++;
        }
        return new Place(this, network);
    }

    /// <summary>The network of one client: an IPv4 address, or an IPv6 network of 64 bits.</summary>
    private static IPAddress NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.GetAddressBytes() is not { Length: 16 } bytes || IPAddress.IsLoopback(address))
            return address;
        bytes.AsSpan(8).Clear();
        return new(bytes);
    }

    private static bool MayBeProxy(IPAddress address) =>
        IPAddress.IsLoopback(address)
        || address.Equals(IPAddress.None)
        || address.IsIPv6LinkLocal
        || address.IsIPv6UniqueLocal
        || address.GetAddressBytes()
            is [10, _, _, _]
                or [172, >= 16 and <= 31, _, _]
                or [192, 168, _, _]
                or [169, 254, _, _]
                or [100, >= 64 and <= 127, _, _];

    private void Leave(IPAddress network)
    {
        lock (_gate)
        {
            _open--;
            if (--_byAddress[network] == 0)
                _byAddress.Remove(network);
        }
    }

    private sealed class Place(FeedPlaces places, IPAddress network) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
                places.Leave(network);
        }
    }
}
