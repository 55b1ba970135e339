using System.Buffers;

namespace Cms.Platform.Http.Streams;

/// <summary>
/// Sends to a client that may be slow: in slices, so that at most one waits in the server's own buffers, and with a
/// deadline, so that the bytes counted for it (<see cref="Load.BytesInFlight"/>) are returned.
/// </summary>
internal sealed class SlowClient : IDisposable
{
    /// <summary>Bytes per second that a client must receive on average once <see cref="Grace"/> is over.</summary>
    public const int MinBytesPerSecond = 16 * 1024;

    /// <summary>What a tunnel may take.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private const int SliceBytes = 64 * 1024;

    private readonly HttpContext _context;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _end;

    /// <param name="context">The request.</param>
    /// <param name="clock">Measures the deadline.</param>
    /// <param name="ends">Cancelled when the answer must end for another reason.</param>
    public SlowClient(HttpContext context, TimeProvider clock, params CancellationToken[] ends)
    {
        _context = context;
        _deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _end = CancellationTokenSource.CreateLinkedTokenSource([
            _deadline.Token,
            context.RequestAborted,
            .. ends,
        ]);
    }

    /// <summary>Ends with the answer, whatever ends it.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Sends these one after the other.</summary>
    /// <exception cref="OperationCanceledException">The client has left or is too slow, or the answer has
    /// ended.</exception>
    public async Task SendAsync(IEnumerable<ReadOnlyMemory<byte>> pieces, long length)
    {
        _deadline.CancelAfter(Grace + TimeSpan.FromSeconds((double)length / MinBytesPerSecond));
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 1, SliceBytes));
        try
        {
            var body = _context.Response.Body;
            var count = 0;
            foreach (var piece in pieces)
                for (var rest = piece; rest.Length > 0; )
                {
                    var part = rest[..Math.Min(rest.Length, buffer.Length - count)];
                    part.CopyTo(buffer.AsMemory(count));
                    count += part.Length;
                    rest = rest[part.Length..];
                    if (count == buffer.Length)
                    {
                        await body.WriteAsync(buffer, End);
                        count = 0;
                    }
                }
            if (count > 0)
                await body.WriteAsync(buffer.AsMemory(0, count), End);
            await body.FlushAsync(End);
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
            // It knows where it is, and can come back.
            _context.Abort();
            // The connection ends a moment later; whoever catches this must see that it has.
            await Task.Delay(Timeout.InfiniteTimeSpan, _context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        _end.Dispose();
        _deadline.Dispose();
    }
}
