namespace Cms.Images.Storage;

/// <summary>
/// A file of S3, read from where it is asked for: each jump begins another request. It holds none of the file in
/// memory, however slowly it is read.
/// </summary>
internal sealed class S3Stream(long length, Func<long, CancellationToken, Task<Stream>> open) : Stream
{
    private Stream? _content;
    private long _contentAt;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;
    public override long Position { get; set; }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        if (Position >= length || buffer.Length == 0)
            return 0;
        if (_content is null || _contentAt != Position)
        {
            if (_content is not null)
                await _content.DisposeAsync();
            _content = await open(Position, cancellationToken);
        }
        var read = await _content.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            throw new IOException("The store of image files has sent less than the file has.");
        _contentAt = Position += read;
        return read;
    }

    public override Task<int> ReadAsync(
        byte[] buffer,
        int offset,
        int count,
        CancellationToken cancellationToken
    ) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => length + offset,
        };

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("It is read asynchronously.");

    public override void Flush()
    {
        // Nothing is written.
    }

    public override void SetLength(long value) => throw new NotSupportedException("It is only read.");

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("It is only read.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content?.Dispose();
        base.Dispose(disposing);
    }
}
