using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cms.Benchmarks.Harness;

/// <summary>Takes the bytes of a body as they come, without their framing.</summary>
internal delegate void BodyBytes(ReadOnlySpan<byte> bytes);

/// <summary>
/// One HTTP/1.1 connection, as thin as it can be: what is measured is the server, and both share the machine.
/// </summary>
internal sealed class Wire : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private readonly byte[] _buffer;
    private int _from;
    private int _to;

    private Wire(int bufferSize) => _buffer = new byte[bufferSize];

    public static async Task<Wire> OpenAsync(Uri server, CancellationToken ct, int bufferSize = 256 * 1024)
    {
        var wire = new Wire(bufferSize);
        await wire._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), ct);
        return wire;
    }

    /// <summary>A GET, with these headers besides Host.</summary>
    public static byte[] Get(string target, params string[] headers) => Request("GET", target, headers);

    public static byte[] Post(string target, params string[] headers) =>
        Request("POST", target, [.. headers, "Content-Length: 0"]);

    /// <summary>A request with a body.</summary>
    public static byte[] Send(
        string method,
        string target,
        string mediaType,
        string body,
        params string[] headers
    )
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        return
        [
            .. Request(
                method,
                target,
                [.. headers, $"Content-Type: {mediaType}", $"Content-Length: {bytes.Length}"]
            ),
            .. bytes,
        ];
    }

    /// <summary>Sends a request and reads the answer to its end.</summary>
    /// <returns>The body's bytes as they went over the wire.</returns>
    public async ValueTask<long> ExchangeAsync(
        ReadOnlyMemory<byte> request,
        int expected,
        CancellationToken ct,
        BodyBytes? take = null
    )
    {
        await SendAsync(request, ct);
        return await ReceiveAsync(expected, ct, take);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        while (request.Length > 0)
            request = request[await _socket.SendAsync(request, ct)..];
    }

    /// <summary>Sends a request, reads the answer to its end, and says its status.</summary>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request, CancellationToken ct)
    {
        await SendAsync(request, ct);
        var (status, length) = await ReadHeadAsync(ct);
        await ReadBodyAsync(length, null, ct);
        return status;
    }

    /// <summary>Reads an answer to its end.</summary>
    public async ValueTask<long> ReceiveAsync(int expected, CancellationToken ct, BodyBytes? take = null)
    {
        var (status, length) = await ReadHeadAsync(ct);
        if (status != expected)
        {
            var said = new StringBuilder();
            await ReadBodyAsync(length, bytes => said.Append(Encoding.UTF8.GetString(bytes)), ct);
            throw new InvalidOperationException($"Expected {expected}, got {status}: {said}");
        }
        return await ReadBodyAsync(length, take, ct);
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<long> ReadBodyAsync(long? length, BodyBytes? take, CancellationToken ct)
    {
        if (length is { } known)
            return await ReadAsync(known, take, ct);
        var total = 0L;
        while (true)
        {
            var chunk = await ReadChunkLengthAsync(ct);
            total += await ReadAsync(chunk, take, ct);
            await ReadLineEndAsync(ct);
            if (chunk == 0)
                return total;
        }
    }

    private static byte[] Request(string method, string target, string[] headers) =>
        Encoding.ASCII.GetBytes(
            $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n"
        );

    /// <summary>The status, and the body's length; null where it comes in chunks.</summary>
    private async ValueTask<(int Status, long? Length)> ReadHeadAsync(CancellationToken ct)
    {
        int end;
        while ((end = _buffer.AsSpan(_from, _to - _from).IndexOf("\r\n\r\n"u8)) < 0)
            await FillAsync(ct);
        var head = _buffer.AsSpan(_from, end + 2);
        _from += end + 4;
        var status = (int)Number(head[9..]);
        var at = head.IndexOf("\r\nContent-Length: "u8);
        if (at >= 0)
            return (status, Number(head[(at + 18)..]));
        return (status, head.IndexOf("\r\nTransfer-Encoding: chunked"u8) >= 0 ? null : 0);
    }

    private async ValueTask<long> ReadChunkLengthAsync(CancellationToken ct)
    {
        int end;
        while ((end = _buffer.AsSpan(_from, _to - _from).IndexOf("\r\n"u8)) < 0)
            await FillAsync(ct);
        var length = Number(_buffer.AsSpan(_from, end), 'x');
        _from += end + 2;
        return length;
    }

    private static long Number(ReadOnlySpan<byte> text, char format = 'D') =>
        Utf8Parser.TryParse(text, out long number, out _, format)
            ? number
            : throw new InvalidOperationException("The answer is not HTTP/1.1.");

    private async ValueTask ReadLineEndAsync(CancellationToken ct)
    {
        while (_to - _from < 2)
            await FillAsync(ct);
        _from += 2;
    }

    private async ValueTask<long> ReadAsync(long count, BodyBytes? take, CancellationToken ct)
    {
        for (var left = count; left > 0; )
        {
            if (_from == _to)
                await FillAsync(ct);
            var here = (int)Math.Min(left, _to - _from);
            take?.Invoke(_buffer.AsSpan(_from, here));
            _from += here;
            left -= here;
        }
        return count;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (_from == _to)
            _from = _to = 0;
        else if (_to == _buffer.Length)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }
        var count = await _socket.ReceiveAsync(_buffer.AsMemory(_to), ct);
        if (count == 0)
            throw new IOException("The server closed the connection.");
        _to += count;
    }
}

/// <summary>Cuts what comes into lines.</summary>
internal sealed class Lines(BodyBytes line)
{
    private byte[] _kept = new byte[4 * 1024];
    private int _count;

    public void Take(ReadOnlySpan<byte> bytes)
    {
        int end;
        while ((end = bytes.IndexOf((byte)'\n')) >= 0)
        {
            if (_count == 0)
                line(bytes[..end]);
            else
            {
                Keep(bytes[..end]);
                line(_kept.AsSpan(0, _count));
                _count = 0;
            }
            bytes = bytes[(end + 1)..];
        }
        Keep(bytes);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > _kept.Length)
            Array.Resize(ref _kept, Math.Max(_count + bytes.Length, 2 * _kept.Length));
        bytes.CopyTo(_kept.AsSpan(_count));
        _count += bytes.Length;
    }
}
