using System.Net.Sockets;
using System.Text;

namespace Cms.IntegrationTests.Http;

/// <summary>A connection, byte for byte: for what no client library would send, or would hide.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly TcpClient _client = new();
    private NetworkStream _stream = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<RawConnection> OpenAsync(Uri address)
    {
        var connection = new RawConnection();
        await connection._client.ConnectAsync(address.Host, address.Port, Ct);
        connection._stream = connection._client.GetStream();
        return connection;
    }

    public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), Ct);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, Ct);

    /// <summary>One answer: its header, and as much of a body as <c>Content-Length</c> says.</summary>
    public async Task<(string Head, string Body)> ReadAnswerAsync(bool hasBody = true)
    {
        var read = new List<byte>();
        var one = new byte[1];
        while (!EndsHead(read))
        {
            if (await _stream.ReadAsync(one, Ct) == 0)
                throw new EndOfStreamException(
                    $"The connection ended after: {Encoding.Latin1.GetString([.. read])}"
                );
            read.Add(one[0]);
        }
        var head = Encoding.Latin1.GetString([.. read]);
        var length = head.Split("\r\n")
            .Where(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
            .Select(line =>
                int.Parse(
                    line["Content-Length: ".Length..],
                    System.Globalization.CultureInfo.InvariantCulture
                )
            )
            .SingleOrDefault();
        var body = new byte[hasBody ? length : 0];
        await _stream.ReadExactlyAsync(body, Ct);
        return (head, Encoding.UTF8.GetString(body));
    }

    public async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(_stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool EndsHead(List<byte> read) =>
        read.Count >= 4 && read[^4] == '\r' && read[^3] == '\n' && read[^2] == '\r' && read[^1] == '\n';
}
