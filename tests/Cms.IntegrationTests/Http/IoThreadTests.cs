using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Cms.IntegrationTests.Http;

/// <summary>
/// Answers from memory are given on the threads that wait for all sockets. Nothing else may hold those up.
/// </summary>
public sealed class IoThreadTests(CmsServer cms)
{
    private const string Kept = "/v1/sections?limit=3";

    /// <summary>More than the runtime has I/O threads: one, or as many as processors.</summary>
    private static readonly int Many = Environment.ProcessorCount + 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestHandlers Handlers => cms.Services.GetRequiredService<TestHandlers>();

    [Fact]
    public async Task While_handlers_block_answers_from_memory_go_on()
    {
        using var gate = new ManualResetEventSlim();
        var blocked = 0;
        var path = Handlers.Add(context =>
        {
            Interlocked.Increment(ref blocked);
            gate.Wait(Patience, CancellationToken.None);
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        });
        var readers = new List<RawConnection>();
        var others = new List<RawConnection>();
        try
        {
            for (var n = 0; n < Many; n++)
            {
                readers.Add(await OnIoThreadAsync());
                others.Add(await OnIoThreadAsync());
            }

            foreach (var other in others)
                await other.SendAsync(Get(path));
            await Wait.UntilAsync("all handlers", () => Volatile.Read(ref blocked) == Many);
            foreach (var reader in readers)
                await IsAnsweredAsync(reader, Kept);

            Assert.Equal(Many, blocked);
            gate.Set();
            foreach (var other in others)
                await other.ReadAnswerAsync();
        }
        finally
        {
            gate.Set();
            foreach (var connection in readers.Concat(others))
                await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task Only_what_is_answered_from_memory_stays_on_an_IO_thread()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Its sockets have no such threads.");
        var handledInPool = false;
        var path = Handlers.Add(context =>
        {
            handledInPool = Thread.CurrentThread.IsThreadPoolThread;
            context.Response.ContentLength = 0;
            return Task.CompletedTask;
        });
        // Nobody else asks for it, so that nobody has had it compressed.
        var article = await cms.PublishedAsync();
        var own = $"/v1/articles/{article["slug"]}";
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        Assert.True(await BeginsInPoolAsync(connection, own), "a first request");

        await UntilOnIoThreadAsync(connection, own);
        Assert.False(await BeginsInPoolAsync(connection, path), "after one from memory");
        Assert.True(handledInPool, "the handler");
        Assert.True(await BeginsInPoolAsync(connection, own), "after a handler");

        await UntilOnIoThreadAsync(connection, own);
        Assert.False(await BeginsInPoolAsync(connection, own, "Accept-Encoding: br"), "to be compressed");
        Assert.True(await BeginsInPoolAsync(connection, own), "after compression");

        await UntilOnIoThreadAsync(connection, own);
        Assert.False(await BeginsInPoolAsync(connection, own, $"If-None-Match: {Tags(200)}"), "many tags");
        Assert.True(await BeginsInPoolAsync(connection, own), "after many tags");

        await UntilOnIoThreadAsync(connection, own);
        Assert.False(await BeginsInPoolAsync(connection, $"{own}?what=1"), "an unknown parameter");
        Assert.True(await BeginsInPoolAsync(connection, own), "after an unknown parameter");

        await UntilOnIoThreadAsync(connection, own);
        // Whoever does not wait for answers gets them from the pool, or could keep the thread.
        string[] ids = [Names.Unique("id"), Names.Unique("id"), Names.Unique("id")];
        await connection.SendAsync(string.Concat(ids.Select(id => Get(own, $"X-Request-Id: {id}"))));
        foreach (var _ in ids)
            Assert.StartsWith(
                "HTTP/1.1 200",
                (await connection.ReadAnswerAsync()).Head,
                StringComparison.Ordinal
            );
        Assert.Equal([false, true, true], ids.Select(Handlers.BeganInPool));
    }

    [Fact]
    public async Task A_handler_that_blocks_for_the_rest_of_a_body_gets_it()
    {
        var waits = NewSignal();
        var hasHalf = NewSignal();
        var path = Handlers.Add(async context =>
        {
            var body = context.Request.Body;
            var bytes = new byte[4];
            var first = body.ReadExactlyAsync(bytes.AsMemory(0, 2), CancellationToken.None);
            waits.SetResult(first.IsCompleted);
            await first;
            // Whoever brought the first half must be free to bring the other.
            var rest = body.ReadExactlyAsync(bytes.AsMemory(2, 2), CancellationToken.None).AsTask();
            hasHalf.SetResult(rest.IsCompleted);
            context.Response.ContentLength = 4;
            await context.Response.Body.WriteAsync(
                rest.Wait(Patience, CancellationToken.None) ? bytes : "late"u8.ToArray(),
                CancellationToken.None
            );
        });
        await using var connection = await OnIoThreadAsync();

        await connection.SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\n"
        );
        Assert.False(await waits.Task.WaitAsync(Ct));
        await connection.SendAsync("ab");
        Assert.False(await hasHalf.Task.WaitAsync(Ct));
        await connection.SendAsync("cd");
        var (_, text) = await connection.ReadAnswerAsync();

        Assert.Equal("abcd", text);
    }

    [Fact]
    public async Task A_handler_that_blocks_for_a_slow_client_is_not_in_its_way()
    {
        // More than the system's own buffers hold.
        var piece = new byte[16 * 1024 * 1024];
        var waits = NewSignal();
        var path = Handlers.Add(async context =>
        {
            context.Response.ContentLength = (2L * piece.Length) + 1;
            var body = context.Response.Body;
            var first = body.WriteAsync(piece, CancellationToken.None);
            waits.SetResult(first.IsCompleted);
            await first;
            // Whoever sent the first piece must be free to send the other.
            var second = body.WriteAsync(piece, CancellationToken.None).AsTask();
            var isInTime = second.Wait(Patience, CancellationToken.None);
            await body.WriteAsync(isInTime ? "1"u8.ToArray() : "0"u8.ToArray(), CancellationToken.None);
        });
        await using var connection = await OnIoThreadAsync();

        await connection.SendAsync(Get(path));
        Assert.False(await waits.Task.WaitAsync(Ct));
        var (_, text) = await connection.ReadAnswerAsync();

        Assert.Equal('1', text[^1]);
    }

    private static TaskCompletionSource<bool> NewSignal() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A connection whose next request begins on an I/O thread.</summary>
    private async Task<RawConnection> OnIoThreadAsync()
    {
        var connection = await RawConnection.OpenAsync(cms.Address);
        await UntilOnIoThreadAsync(connection, Kept);
        return connection;
    }

    /// <summary>
    /// Soon, not at once: a request that has come before its connection waits is read by the thread that was about to
    /// wait.
    /// </summary>
    private Task UntilOnIoThreadAsync(RawConnection connection, string target) =>
        Wait.UntilAsync("an I/O thread", async () => !await BeginsInPoolAsync(connection, target));

    private async Task<bool> BeginsInPoolAsync(
        RawConnection connection,
        string target,
        string header = "X-None: 0"
    )
    {
        var id = Names.Unique("id");
        await connection.SendAsync(Get(target, header, $"X-Request-Id: {id}"));
        var (head, _) = await connection.ReadAnswerAsync();
        Assert.DoesNotContain("HTTP/1.1 5", head, StringComparison.Ordinal);
        return Handlers.BeganInPool(id);
    }

    private static async Task IsAnsweredAsync(RawConnection connection, string target)
    {
        await connection.SendAsync(Get(target));
        var (head, _) = await connection.ReadAnswerAsync().WaitAsync(Patience, Ct);
        Assert.StartsWith("HTTP/1.1 200", head, StringComparison.Ordinal);
    }

    private static string Get(string target, params string[] headers) =>
        new StringBuilder($"GET {target} HTTP/1.1\r\nHost: x\r\n")
            .AppendJoin("", headers.Select(h => $"{h}\r\n"))
            .Append("\r\n")
            .ToString();

    private static string Tags(int count) =>
        string.Join(", ", Enumerable.Range(0, count).Select(n => $"\"{n}\""));
}
