using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The first start, the next one, and the end.</summary>
public sealed class ServeTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void The_first_start_says_where_everything_is_and_nothing_else()
    {
        Assert.Empty(newsrooms.FirstErrors);
        Assert.Collection(
            newsrooms.FirstOutput,
            line => Assert.Equal("Cms is serving.", line),
            line => Assert.Matches("^  API        http://127.0.0.1:[0-9]+/v1/articles$", line),
            line => Assert.Matches("^  Docs       http://127.0.0.1:[0-9]+/docs$", line),
            line => Assert.Matches("^  Data       /.+$", line),
            line => Assert.Matches("^  Admin key  /.+/admin.key$", line),
            line =>
                Assert.Matches(
                    "^  Limits     [0-9]+ connections, [0-9]+ of one address; [0-9]+ open files$",
                    line
                ),
            line => Assert.Equal("Press Ctrl-C to stop.", line)
        );
        // Such as a ring of keys that protect nothing.
        Assert.DoesNotContain(
            Directory.EnumerateFiles(newsrooms.Home, "*", SearchOption.AllDirectories),
            f => !f.Contains("/.dotnet/", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_first_start_leaves_the_whole_demo_and_a_key_for_its_owner_alone()
    {
        var data = await newsrooms.SeededAsync();
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(Path.Combine(data, "admin.key"))
        );

        await using var server = await CmsProcess.ServeAsync(data);
        await DemoChecks.IsWholeAsync(server);
    }

    [Fact]
    public async Task There_are_as_many_IO_threads_as_processors_unless_another_number_is_set()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there threads have names to be counted by.");
        var data = await newsrooms.SeededAsync();
        await using (var server = await CmsProcess.ServeAsync(data))
            Assert.Equal(Environment.ProcessorCount, server.IoThreads);

        var more = Environment.ProcessorCount + 3;
        var settings = new Dictionary<string, string>
        {
            ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = $"{more}",
        };
        await using var other = await CmsProcess.ServeAsync(data, settings);
        Assert.Equal(more, other.IoThreads);
    }

    [Fact]
    public async Task No_demo_leaves_the_newsroom_empty_also_later()
    {
        var data = newsrooms.NewData();
        await using (var server = await CmsProcess.ServeAsync(data, null, "--no-demo"))
        {
            using var anonymous = server.Client();
            Assert.Equal(0, await anonymous.PublishedAsync());
            using var admin = server.Admin();
            Assert.Empty((await admin.GetJsonAsync("/v1/editorial/articles"))["data"]!.AsArray());

            // … until it is asked for, also while the server runs.
            var seeded = (await CmsProcess.RunAsync(["seed"], data: data)).Done();
            Assert.Equal("Loaded the demo newsroom: 41 articles.", Assert.Single(seeded.Output));
            await DemoChecks.IsWholeAsync(server);
            // The running server learns the words of what was loaded, some time later.
            await Wait.UntilAsync(
                "the words are learnt",
                () =>
                    Sql.ScalarAsync<bool>(
                        Sql.Of(server),
                        """
                        select language = indexed and learnt_through >=
                            (select max(sequence) from changes where entity_type = 'article' and op = 'upsert')
                        from search_state
                        """
                    )
            );
            var before = await Sql.DumpAsync(Sql.Of(server));
            var again = (await CmsProcess.RunAsync(["seed"], data: data)).Done();
            Assert.Equal(
                "The demo newsroom was loaded before; nothing was changed.",
                Assert.Single(again.Output)
            );
            Assert.Equal(before, await Sql.DumpAsync(Sql.Of(server)));
        }
    }

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public async Task A_signal_lets_requests_finish_and_stops_everything(int signal)
    {
        var data = await newsrooms.SeededAsync();
        await using var server = await CmsProcess.ServeAsync(data);
        var postgres = server.PostgresId;

        // A request that is half sent when the signal comes.
        var body = new JsonObject
        {
            ["headline"] = "Sent while the server was stopping",
            // Slower than 240 bytes a second it would be cut off: nearly all of a long one is sent at once.
            ["body"] = new JsonObject { ["markdown"] = new string('x', 20_000) },
        }.ToJsonString();
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, Ct);
        var stream = client.GetStream();
        var head =
            "POST /v1/editorial/articles HTTP/1.1\r\nHost: cms\r\n"
            + $"Authorization: Bearer {File.ReadAllText(Path.Combine(data, "admin.key")).Trim()}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Ct);
        // The server asks for the body: from now on the request is under way.
        using var reader = new StreamReader(stream, Encoding.ASCII);
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(Ct));
        Assert.Equal("", await reader.ReadLineAsync(Ct));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body[..^5]), Ct);
        server.Signal(signal);
        await Wait.UntilAsync("the door closed", () => RefusesAsync(server.Address));
        Assert.True(Signals.IsAlive(postgres));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body[^5..]), Ct);
        Assert.Equal("HTTP/1.1 201 Created", await reader.ReadLineAsync(Ct));

        Assert.Equal(0, await server.ExitAsync());
        Assert.False(Signals.IsAlive(postgres));
        Assert.False(CmsProcess.HasPostgres(data));
        Assert.False(File.Exists(Path.Combine(data, "database")));
        Assert.Empty(server.Errors);

        // It was no lie.
        await using var next = await CmsProcess.ServeAsync(data);
        using var admin = next.Admin();
        Assert.NotNull(await admin.GetJsonAsync("/v1/editorial/articles/sent-while-the-server-was-stopping"));
    }

    [Fact]
    public async Task A_second_start_does_not_bring_back_what_was_deleted()
    {
        var data = await newsrooms.SeededAsync();
        var key = File.ReadAllText(Path.Combine(data, "admin.key"));
        string slug;
        int before;
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            using var admin = server.Admin();
            before = await admin.PublishedAsync();
            var article = (await admin.GetJsonAsync("/v1/articles?limit=1"))["data"]![0]!;
            slug = article["slug"]!.GetValue<string>();
            foreach (var permanently in (string[])["", "?permanently=true"])
            {
                var url = $"/v1/editorial/articles/{article["id"]}";
                using var now = await admin.GetAsync(url, Ct);
                using var delete = new HttpRequestMessage(HttpMethod.Delete, url + permanently);
                delete.Headers.IfMatch.Add(now.Headers.ETag!);
                using var answer = await admin.SendAsync(delete, Ct);
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
            }
            Assert.Equal(0, await server.StopAsync());
        }

        await using var next = await CmsProcess.ServeAsync(data);
        using var reader = next.Client();
        Assert.Equal(before - 1, await reader.PublishedAsync());
        using var gone = await reader.GetAsync($"/v1/articles/{slug}", Ct);
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
        Assert.Equal(key, File.ReadAllText(Path.Combine(data, "admin.key")));
        Assert.Equal(
            1,
            await Sql.ScalarAsync<long>(
                Sql.Of(next),
                "select count(*) from api_keys where revoked_at is null"
            )
        );
    }

    [Fact]
    public async Task A_taken_port_is_said_in_a_sentence_and_stops_everything()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var data = await newsrooms.SeededAsync();

        var result = await CmsProcess.RunAsync(
            ["serve", "--urls", $"http://{taken.LocalEndpoint}"],
            data: data
        );

        var said = result.Refusal();
        Assert.Contains(taken.LocalEndpoint.ToString()!, said, StringComparison.Ordinal);
        Assert.Contains("--urls", said, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.False(CmsProcess.HasPostgres(data));
    }

    [Theory]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://192.0.2.1:8080")]
    public async Task Addresses_that_cannot_be_served_are_said_in_a_sentence(string url)
    {
        var database = await newsrooms.NewDatabaseAsync();

        var result = await CmsProcess.RunAsync(
            ["serve", "--urls", url],
            Newsrooms.Using(database),
            newsrooms.NewData()
        );

        result.Refusal();
    }

    [Fact]
    public async Task A_second_server_is_refused_and_a_private_PostgreSQL_that_dies_ends_the_first()
    {
        var data = await newsrooms.SeededAsync();
        await using var server = await CmsProcess.ServeAsync(data);

        var second = await CmsProcess.RunAsync(["serve", "--urls", "http://127.0.0.1:0"], data: data);

        Assert.Contains("Another program is already running", second.Refusal(), StringComparison.Ordinal);
        using var client = server.Client();
        Assert.True(await client.PublishedAsync() > 0);
        Assert.True(File.Exists(Path.Combine(data, "database")));

        Signals.Send(server.PostgresId, Signals.Kill);

        Assert.Equal(1, await server.ExitAsync());
        Assert.StartsWith("cms: The private PostgreSQL stopped", server.Errors[0], StringComparison.Ordinal);
        await using var next = await CmsProcess.ServeAsync(data);
        await DemoChecks.IsWholeAsync(next);
    }

    private static async Task<bool> RefusesAsync(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port, Ct);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
