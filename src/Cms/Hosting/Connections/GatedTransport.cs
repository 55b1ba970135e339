using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Cms.Hosting.Connections;

/// <summary>
/// Kestrel's sockets behind the <see cref="ConnectionGate"/>. Kestrel's own limit is checked on other threads than it
/// accepts on, when many more may have been accepted. Here an excess connection is closed before the next one is
/// accepted.
/// </summary>
internal sealed class GatedTransport(SocketTransportFactory sockets, ConnectionGate gate)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => sockets.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default
    ) => new Listener(await sockets.BindAsync(endpoint, cancellationToken), gate);

    private sealed class Listener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
    {
        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await inner.AcceptAsync(cancellationToken) is { } connection)
            {
                if (gate.TryEnter((connection.RemoteEndPoint as IPEndPoint)?.Address) is { } place)
                    return new Connection(connection, place);
                connection.Abort();
                await connection.DisposeAsync();
            }
            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            inner.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    /// <summary>A connection that has a place until its socket is closed.</summary>
    private sealed class Connection(ConnectionContext inner, IDisposable place) : ConnectionContext
    {
        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => inner.Items;
            set => inner.Items = value;
        }

        public override IDuplexPipe Transport
        {
            get => inner.Transport;
            set => inner.Transport = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => inner.LocalEndPoint;
            set => inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => inner.RemoteEndPoint;
            set => inner.RemoteEndPoint = value;
        }

        public override void Abort() => inner.Abort();

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override async ValueTask DisposeAsync()
        {
            try
            {
                await inner.DisposeAsync();
                await base.DisposeAsync();
            }
            finally
            {
                place.Dispose();
            }
        }
    }
}
