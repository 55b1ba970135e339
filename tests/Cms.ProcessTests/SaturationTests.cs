using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests;

/// <summary>More requests than the database can take, and clients that take their time.</summary>
public sealed class SaturationTests(Newsrooms newsrooms)
{
    private const int Crowd = 20;
    private const int AtWork = 2;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_comes_beyond_the_bound_is_told_to_come_back_and_nobody_else_is_kept()
    {
        const int waiting = 3;
        await using var server = await ServeAsync(
            ("Cms__ConcurrentReads", $"{AtWork}"),
            ("Cms__MaxWaiting", $"{waiting}"),
            ("Cms__LongestWait", "600")
        );
        using var reader = server.Client();
        using var desk = server.Admin();
        await server.RemembersAsync();
        await reader.GetJsonAsync("/v1/sections");

        List<Task<HttpResponseMessage>> crowd;
        await using (await LockAsync(server))
        {
            crowd = Gather(reader);
            // At once: those who may wait do so for ten minutes.
            await Wait.UntilAsync(
                "the refusals",
                () => crowd.Count(t => t.IsCompleted) == Crowd - AtWork - waiting
            );
            foreach (var refused in crowd.Where(t => t.IsCompleted))
                await IsOverloadedAsync(await refused);

            // What is in memory is served; the platform, the desk and the metrics have their own ways.
            await reader.GetJsonAsync("/v1/sections");
            await reader.GetJsonAsync("/health/ready");
            await reader.GetStringAsync("/metrics", Ct);
            await desk.PostAsync("/v1/editorial/articles", new JsonObject { ["headline"] = "All the same" });
            using var more = await reader.GetAsync("/v1/tags?limit=99", Ct);
            await IsOverloadedAsync(more);
            // Before anything is bound: what is wrong with it nobody looks at.
            using var wrong = await reader.GetAsync("/v1/tags?limit=many", Ct);
            await IsOverloadedAsync(wrong);
            Assert.Equal(AtWork + waiting, crowd.Count(t => !t.IsCompleted));
        }
        foreach (var response in await Task.WhenAll(crowd))
            Assert.True(
                response.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable,
                $"{response.StatusCode}"
            );
        Assert.Equal(AtWork + waiting, crowd.Count(t => t.Result.IsSuccessStatusCode));
        await IsWellAsync(reader);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Nobody_waits_for_longer_than_is_set()
    {
        await using var server = await ServeAsync(
            ("Cms__ConcurrentReads", $"{AtWork}"),
            ("Cms__MaxWaiting", "1000"),
            ("Cms__LongestWait", "0.5")
        );
        using var reader = server.Client();
        List<Task<HttpResponseMessage>> crowd;
        await using (await LockAsync(server))
        {
            crowd = Gather(reader);
            // The lock is not given back before all who waited have been told.
            await Wait.UntilAsync("the refusals", () => crowd.Count(t => t.IsCompleted) == Crowd - AtWork);
            foreach (var refused in crowd.Where(t => t.IsCompleted))
                await IsOverloadedAsync(await refused);
        }
        await Task.WhenAll(crowd);
        Assert.Equal(AtWork, crowd.Count(t => t.Result.IsSuccessStatusCode));
        await IsWellAsync(reader);
    }

    [Fact]
    public async Task All_who_share_an_answer_are_told_the_same()
    {
        await using var server = await ServeAsync(
            ("Cms__ConcurrentReads", "1"),
            ("Cms__MaxWaiting", "1"),
            ("Cms__LongestWait", "0.5")
        );
        using var reader = server.Client();
        List<Task<HttpResponseMessage>> others;
        await using (await LockAsync(server))
        {
            var first = reader.GetAsync("/v1/tags?limit=100", Ct);
            await StuckAsync(server, 1);
            others = [.. Enumerable.Range(0, Crowd).Select(_ => reader.GetAsync("/v1/tags?limit=7", Ct))];
            foreach (var response in await Task.WhenAll(others))
                await IsOverloadedAsync(response);
            Assert.False(first.IsCompleted);
        }
    }

    /// <summary>
    /// Whoever held one connection while waiting for another would wait for ever here, and in a crowd anywhere.
    /// </summary>
    [Fact]
    public async Task One_connection_besides_that_of_the_listener_is_enough_for_every_answer()
    {
        await using var postgres = await newsrooms.OwnAsync();
        await using var server = await CmsProcess.ServeAsync(
            newsrooms.NewData(),
            new Dictionary<string, string>(
                Newsrooms.Using($"{postgres.Newsroom};Maximum Pool Size=2;Timeout=15")
            )
            {
                ["Cms__CacheMegabytes"] = "0",
                ["Cms__MaxWaiting"] = "100",
                ["Cms__LongestWait"] = "60",
            }
        );
        using var desk = server.Client(postgres.Token);
        foreach (var kind in (string[])["sections", "authors", "tags"])
            await desk.PostAsync(
                $"/v1/editorial/{kind}",
                new JsonObject { ["slug"] = "one", ["name"] = "One" }
            );
        foreach (var slug in (string[])["story", "another"])
        {
            await desk.PostAsync(
                "/v1/editorial/articles",
                new JsonObject
                {
                    ["slug"] = slug,
                    ["headline"] = "A story",
                    ["section"] = "one",
                    ["authors"] = new JsonArray("one"),
                    ["tags"] = new JsonArray("one"),
                    ["body"] = new JsonObject { ["markdown"] = "Words." },
                }
            );
            await desk.PostAsync($"/v1/editorial/articles/{slug}/publish", expected: HttpStatusCode.OK);
        }
        using var reader = server.Client();

        string[] addresses =
        [
            "/v1/articles",
            "/v1/articles/story",
            "/v1/articles/story/related",
            "/v1/search?q=story",
            "/v1/articles?count=exact&sort=headline&publishedAfter=2001-01-01T00:00:00Z",
        ];
        foreach (var address in addresses)
        {
            // So that there is a name to be read.
            await RenameAsync(address);
            await reader.GetJsonAsync(address);
        }
        await RenameAsync("all");
        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(n => reader.GetJsonAsync(addresses[n % addresses.Length]))
        );

        async Task RenameAsync(string name)
        {
            const string tag = "/v1/editorial/tags/one";
            var revision = (int)(await desk.GetJsonAsync(tag))["revision"]!;
            await desk.PatchAsync(tag, new JsonObject { ["name"] = name }, revision);
        }
    }

    [Fact]
    public async Task A_slow_client_holds_no_place()
    {
        await using var server = await ServeAsync(
            ("Cms__ConcurrentReads", "1"),
            ("Cms__ConcurrentEdits", "1"),
            ("Cms__MaxWaiting", "1"),
            ("Cms__LongestWait", "1"),
            ("Cms__CacheMegabytes", "0")
        );
        using var reader = server.Client();
        using var desk = server.Admin();
        await PublishLongAsync(desk);
        var key = desk.DefaultRequestHeaders.Authorization!;

        // One who reads a long answer, and stops after its first line.
        using var slow = await ConnectAsync(server);
        await SendAsync(
            slow,
            "GET /v1/articles/long?body=blocks,html,markdown,text HTTP/1.1\r\nHost: x\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200", await LineAsync(slow), StringComparison.Ordinal);
        // One who writes, and stops in the middle.
        using var writer = await ConnectAsync(server);
        // Slower than 240 bytes a second it would be cut off: nearly all of a long one is sent at once.
        var body = $$$"""{"headline":"At last","body":{"markdown":"{{{new string('x', 20_000)}}}"}}""";
        await SendAsync(
            writer,
            $"POST /v1/editorial/articles HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\n"
                + "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                + $"Content-Length: {body.Length}\r\n\r\n"
        );
        // It is said when the body is about to be read.
        Assert.StartsWith("HTTP/1.1 100", await LineAsync(writer), StringComparison.Ordinal);
        await LineAsync(writer);
        await SendAsync(writer, body[..^5]);
        // Those who only listen.
        using var events = await reader.GetStreamAsync("/v1/events", Ct);
        Assert.True(await events.ReadAsync(new byte[1], Ct) > 0);
        var cursor = (string)(await reader.GetJsonAsync("/v1/sync?types=section&limit=1000"))["cursor"]!;
        var poll = reader.GetAsync($"/v1/sync?cursor={cursor}&wait=60", Ct);

        for (var time = 1; time <= 5; time++)
        {
            await reader.GetJsonAsync($"/v1/tags?limit={time}");
            await desk.GetJsonAsync($"/v1/editorial/articles?limit={time}");
            await desk.PostAsync("/v1/editorial/articles", new JsonObject { ["headline"] = "Meanwhile" });
        }

        Assert.False(poll.IsCompleted);
        await desk.PostAsync("/v1/editorial/sections", new JsonObject { ["name"] = "News for the poll" });
        Assert.Single((await (await poll).ReadAsync(HttpStatusCode.OK))["changes"]!.AsArray());
        await SendAsync(writer, body[^5..]);
        Assert.StartsWith("HTTP/1.1 201", await LineAsync(writer), StringComparison.Ordinal);
    }

    private async Task<CmsProcess> ServeAsync(params (string Name, string Value)[] settings) =>
        await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal)
        );

    /// <summary>Each asks for something else, and all of it needs the table that is locked.</summary>
    private static List<Task<HttpResponseMessage>> Gather(HttpClient reader) =>
        [.. Enumerable.Range(1, Crowd).Select(n => reader.GetAsync($"/v1/tags?limit={n}", Ct))];

    private static async Task<IAsyncDisposable> LockAsync(CmsProcess server)
    {
        var holder = await Sql.OpenAsync(Sql.Of(server));
        await using var hold = new NpgsqlCommand(
            "begin; lock table published_article_tags in access exclusive mode",
            holder
        );
        await hold.ExecuteNonQueryAsync(Ct);
        return holder;
    }

    private static Task StuckAsync(CmsProcess server, long count) =>
        Wait.UntilAsync(
            "statements that wait",
            async () =>
                await Sql.ScalarAsync<long>(
                    Sql.Of(server),
                    // Of readers: what the server learns for search by itself waits too.
                    """
                    select count(distinct pid) from pg_locks l join pg_stat_activity a using (pid)
                    where not granted and relation is not null and a.query like '%published_tags%'
                        and a.query not like '%from changes c join%'
                    """
                ) >= count
        );

    private static async Task IsOverloadedAsync(HttpResponseMessage response)
    {
        Assert.Equal(
            "overloaded",
            (string)(await response.ReadAsync(HttpStatusCode.ServiceUnavailable))["code"]!
        );
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
    }

    private static async Task IsWellAsync(HttpClient reader)
    {
        for (var limit = 1; limit <= Crowd; limit++)
            await reader.GetJsonAsync($"/v1/tags?limit={limit}");
    }

    private static async Task PublishLongAsync(HttpClient desk)
    {
        // Long paragraphs: a body has at most 2,000 blocks.
        var paragraph = string.Concat(Enumerable.Repeat("A story without end. ", 40));
        var text = string.Join("\n\n", Enumerable.Repeat(paragraph, 1_000));
        await desk.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["slug"] = "long",
                ["headline"] = "Long",
                ["section"] = "politics",
                ["authors"] = new JsonArray("mara-lindqvist"),
                ["body"] = new JsonObject { ["markdown"] = text },
            }
        );
        await desk.PostAsync("/v1/editorial/articles/long/publish", expected: HttpStatusCode.OK);
    }

    private static async Task<Socket> ConnectAsync(CmsProcess server)
    {
        // A small buffer on this side: what is not read stays with the server.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, Ct);
        return socket;
    }

    private static async Task SendAsync(Socket socket, string text) =>
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), Ct);

    private static async Task<string> LineAsync(Socket socket)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await socket.ReceiveAsync(one, Ct) > 0 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString();
    }
}
