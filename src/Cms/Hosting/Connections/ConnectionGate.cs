using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Cms.Platform;

namespace Cms.Hosting.Connections;

/// <summary>
/// Limits the open connections, in total and by address: each takes a file of the process, and without free files not
/// even closing a connection works. For this machine and the configured proxies only the total counts.
/// </summary>
internal sealed class ConnectionGate : IDisposable
{
    private readonly ConnectionBounds _bounds;
    private readonly IPNetwork[] _proxies;
    private readonly ILogger _log;
    private readonly Sampling _sampling;
    private readonly Meter _meter;
    private readonly Counter<long> _refused;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _byAddress = [];
    private int _open;

    public ConnectionGate(
        ConnectionBounds bounds,
        IEnumerable<IPNetwork> proxies,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<ConnectionGate> log
    )
    {
        (_bounds, _proxies, _log) = (bounds, [.. proxies], log);
        _sampling = new Sampling(clock, TimeSpan.FromMinutes(1));
        _meter = meters.Create("Cms.Connections");
        _refused = _meter.CreateCounter<long>(
            "cms.connections.refused",
            description: "Connections closed because too many were open."
        );
    }

    /// <summary>How many are open.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
                return _open;
        }
    }

    /// <summary>Takes a place for a connection, to be disposed of with it; null: none is free.</summary>
    /// <param name="address">The client's address; null: it is on this machine (a Unix socket).</param>
    public IDisposable? TryEnter(IPAddress? address)
    {
        var source = SourceOf(address);
        int open,
            ofSource;
        lock (_gate)
        {
            ofSource = source is null ? 0 : _byAddress.GetValueOrDefault(source);
            open = _open;
            if (open < _bounds.Connections && ofSource < _bounds.PerAddress)
            {
                _open++;
                if (source is not null)
                    _byAddress[source] = ofSource + 1;
                return new Place(this, source);
            }
        }
        _refused.Add(1);
        if (_sampling.IsDue(out var count))
            _log.LogWarning(
                "Connections refused since the last report: {Count}. The last was from {Address}: "
                    + "{Open} are open of at most {Max}, {OfAddress} of at most {MaxOfAddress} from there.",
                count,
                address,
                open,
                _bounds.Connections,
                ofSource,
                _bounds.PerAddress
            );
        return null;
    }

    public void Dispose() => _meter.Dispose();

    private void Leave(IPAddress? source)
    {
        lock (_gate)
        {
            _open--;
            if (source is null)
                return;
            if (--_byAddress[source] == 0)
                _byAddress.Remove(source);
        }
    }

    /// <summary>
    /// The network whose connections are counted together; null: not limited. An IPv6 client has a /64 network to
    /// itself.
    /// </summary>
    private IPAddress? SourceOf(IPAddress? address)
    {
        if (address is null)
            return null;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || _proxies.Any(p => p.Contains(address)))
            return null;
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private sealed class Place(ConnectionGate gate, IPAddress? source) : IDisposable
    {
        private ConnectionGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave(source);
    }
}
