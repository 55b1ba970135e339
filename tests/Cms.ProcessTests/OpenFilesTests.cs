using System.Net;
using System.Net.Sockets;
using System.Text;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>
/// Every connection takes a file, and a process has only so many: who comes beyond that is turned away, and all others
/// are served.
/// </summary>
public sealed class OpenFilesTests(Newsrooms newsrooms)
{
    private const int Limit = 700;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crowd_of_idle_connections_is_bounded_and_leaves_no_trace()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no such limit.");
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync(), Limit);
        var said = Assert.Single(server.Output, l => l.Contains(" connections, ", StringComparison.Ordinal));
        Assert.EndsWith($"; {Limit} open files", said, StringComparison.Ordinal);
        var most = int.Parse(
            said.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.InRange(most, 50, Limit / 2);

        using var inside = (await TryConnectAsync(server))!;
        var crowd = new List<Socket>();
        try
        {
            // Twice as many as there may be, and more than the process may have files.
            for (var n = 0; n < (2 * most) + Limit; n++)
                if (await TryConnectAsync(server) is { } socket)
                    crowd.Add(socket);
            // Whoever is too many is told so at once, and does not wait to time out; the others are kept.
            var others = most - 1;
            await Wait.UntilAsync("the refusals", () => crowd.Count(s => !IsClosed(s)) <= others);
            Assert.Equal(others, crowd.Count(s => !IsClosed(s)));

            // Whoever is inside is served all the while; nobody else is let in.
            for (var time = 0; time < 20; time++)
                Assert.StartsWith(
                    "HTTP/1.1 200",
                    await AskAsync(inside, "/health/ready"),
                    StringComparison.Ordinal
                );
            Assert.StartsWith(
                "HTTP/1.1 200",
                await AskAsync(inside, "/v1/articles?limit=7"),
                StringComparison.Ordinal
            );
            using (var late = await TryConnectAsync(server))
                Assert.Equal("", late is null ? "" : await AskAsync(late, "/health/live"));
        }
        finally
        {
            foreach (var socket in crowd)
                socket.Dispose();
        }

        // Everybody is served again.
        await Wait.UntilAsync(
            "a place",
            async () =>
            {
                using var next = await TryConnectAsync(server);
                return next is not null
                    && (await AskAsync(next, "/health/live")).StartsWith(
                        "HTTP/1.1 200",
                        StringComparison.Ordinal
                    );
            }
        );
        await Wait.UntilAsync("all places", () => Task.FromResult(server.OpenFiles < Limit / 2));
        using var reader = server.Client();
        await Task.WhenAll(
            Enumerable.Range(1, 30).Select(n => reader.GetJsonAsync($"/v1/articles?limit={n}"))
        );
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(inside, "/health/live"), StringComparison.Ordinal);

        // The log says it once, and not a thousand times.
        Assert.Single(
            server.Output.Concat(server.Errors),
            l => l.Contains("Connections refused", StringComparison.Ordinal)
        );
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Where_there_are_too_few_files_the_server_says_so_and_does_not_start()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no such limit.");
        await using var process = CmsProcess.Start(
            ["serve", "--urls", "http://127.0.0.1:0"],
            data: await newsrooms.SeededAsync(),
            openFiles: 500
        );

        Assert.Equal(1, await process.ExitAsync());
        var line = Assert.Single(process.Errors);
        Assert.Matches("^cms: The process may have 500 files open, and needs [0-9]+: raise the limit", line);
    }

    [Fact]
    public async Task A_thousand_bad_keys_do_not_fill_the_log()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var guesser = server.Client("cms_guess");
        for (var time = 0; time < 200; time++)
        {
            using var answer = await guesser.GetAsync("/v1/editorial/articles", Ct);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        Assert.Equal(0, await server.StopAsync());

        var log = server.Output.Concat(server.Errors).ToList();
        Assert.Single(log, l => l.Contains("bad key", StringComparison.Ordinal));
        Assert.True(log.Count < 20, string.Join('\n', log));
    }

    /// <summary>A connection; null where it was closed before this side knew that it was open.</summary>
    private static async Task<Socket?> TryConnectAsync(CmsProcess server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Ct);
            return socket;
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            socket.Dispose();
            return null;
        }
    }

    // Nothing is sent on it: there is only its end to be read.
    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead);

    /// <summary>The beginning of an answer; empty if the connection was closed.</summary>
    private static async Task<string> AskAsync(Socket socket, string path)
    {
        var answer = new byte[64 * 1024];
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"), Ct);
            var text = "";
            // Each answer ends with the end of its JSON, or of its chunks.
            while (!text.EndsWith('}') && !text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await socket.ReceiveAsync(answer, Ct);
                if (read == 0)
                    return "";
                text += Encoding.ASCII.GetString(answer, 0, read);
            }
            return text;
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
