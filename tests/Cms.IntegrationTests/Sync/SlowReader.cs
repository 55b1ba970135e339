using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Sync;

/// <summary>
/// A client that asks and does not read, on a connection with a small buffer: what it was sent stays with the server.
/// </summary>
internal sealed class SlowReader : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SlowReader> AskAsync(CmsServer cms, string target, params string[] headers)
    {
        var reader = new SlowReader();
        await reader._socket.ConnectAsync(IPAddress.Loopback, cms.Address.Port, Ct);
        var lines = string.Concat(headers.Select(h => h + "\r\n"));
        await reader._socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET {target} HTTP/1.1\r\nHost: {cms.Address.Authority}\r\nConnection: close\r\n{lines}\r\n"
            ),
            Ct
        );
        return reader;
    }

    /// <summary>Waits for the status line; 200.</summary>
    public async Task BeginsAsync() => Assert.Equal("HTTP/1.1 200 OK", (await ReadAsync(15)).TrimEnd());

    /// <summary>Reads all that is left, without the lengths of its chunks.</summary>
    public async Task<string> RestAsync()
    {
        var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await _socket.ReceiveAsync(buffer, Ct)) > 0)
            bytes.Write(buffer, 0, count);
        var all = bytes.ToArray();
        var text = new MemoryStream();
        var at = all.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        while (true)
        {
            var end = at + all.AsSpan(at).IndexOf("\r\n"u8);
            var length = Convert.ToInt32(Encoding.ASCII.GetString(all, at, end - at), 16);
            if (length == 0)
                return Encoding.UTF8.GetString(text.ToArray());
            text.Write(all, end + 2, length);
            at = end + 2 + length + 2;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count; )
        {
            var more = await _socket.ReceiveAsync(bytes.AsMemory(read), Ct);
            Assert.True(more > 0, "The connection was closed.");
            read += more;
        }
        return Encoding.ASCII.GetString(bytes);
    }
}

/// <summary>Articles of which a few are more than a page.</summary>
internal static class LongStories
{
    /// <summary>Each is some 800 KB in these.</summary>
    public const string Forms = "body=blocks,html,markdown,text";

    public static async Task PublishAsync(CmsServer cms, string section, int count)
    {
        var paragraph = string.Concat(Enumerable.Repeat("A story without end. ", 100));
        var text = string.Join("\n\n", Enumerable.Repeat(paragraph, 95));
        for (var i = 0; i < count; i++)
            await cms.PublishedAsync(
                new()
                {
                    ["section"] = section,
                    ["body"] = new JsonObject { ["markdown"] = text },
                }
            );
    }
}
