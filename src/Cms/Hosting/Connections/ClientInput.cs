using System.IO.Pipelines;
using System.Net.Sockets;
using Cms.Platform.Http;

namespace Cms.Hosting.Connections;

/// <summary>
/// The input of a connection. What waits for it goes on in the thread pool, as with Kestrel's own settings, unless the
/// last request was answered from memory: then the next one begins on the I/O thread.
/// </summary>
internal sealed class ClientInput(PipeReader inner, Socket? socket) : PipeReader, IRequestThread
{
    private readonly SafeSocketHandle? _socket = IoThreads.HandleOf(socket);
    private volatile bool _isIo;

    public bool IsIo => _isIo;

    public void UseIo()
    {
        if (_socket is null || _isIo)
            return;
        _isIo = true;
        IoThreads.Serve(_socket, onIoThread: true);
    }

    public async Task LeaveIoAsync()
    {
        Leave();
        await Task.Yield();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(cancellationToken);
        if (!_isIo)
            return read.IsCompleted ? read : IoThreads.ToPoolAsync(read);
        if (!read.IsCompleted || Thread.CurrentThread.IsThreadPoolThread)
            return read;
        // A client that sends its next request before it has the answer could keep the thread from all others.
        Leave();
        return IoThreads.ToPoolAsync(read);
    }

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
        inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead()
    {
        // Kestrel's clock does this. What then happens to the connection is no work of the clock's thread.
        if (_isIo)
            ThreadPool.UnsafeQueueUserWorkItem(static i => i.CancelPendingRead(), inner, preferLocal: false);
        else
            inner.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private void Leave()
    {
        _isIo = false;
        if (_socket is not null)
            IoThreads.Serve(_socket, onIoThread: false);
    }
}
