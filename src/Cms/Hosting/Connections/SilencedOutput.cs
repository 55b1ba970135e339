using System.IO.Pipelines;

namespace Cms.Hosting.Connections;

/// <summary>
/// The output of a connection, which can be taken from the server: its later writes are discarded, and other bytes are
/// sent instead.
/// </summary>
internal sealed class SilencedOutput(PipeWriter inner) : PipeWriter
{
    private byte[]? _instead;
    private byte[] _nowhere = [];

    /// <summary>
    /// Discards everything that the server writes from now on, and keeps these bytes to send at the end.
    /// </summary>
    public void SayInstead(byte[] words) => _instead = words;

    /// <summary>Sends the replacement.</summary>
    public async ValueTask EndAsync()
    {
        if (_instead is { Length: > 0 } words)
            await inner.WriteAsync(words);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) =>
        _instead is null ? inner.GetMemory(sizeHint) : Nowhere(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) =>
        _instead is null ? inner.GetSpan(sizeHint) : Nowhere(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_instead is null)
            inner.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _instead is null ? inner.FlushAsync(cancellationToken) : default;

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source,
        CancellationToken cancellationToken = default
    ) => _instead is null ? inner.WriteAsync(source, cancellationToken) : default;

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    private Memory<byte> Nowhere(int sizeHint)
    {
        if (_nowhere.Length < Math.Max(sizeHint, 1))
            _nowhere = new byte[Math.Max(sizeHint, 4096)];
        return _nowhere;
    }
}
