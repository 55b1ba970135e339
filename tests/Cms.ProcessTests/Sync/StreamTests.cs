using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests.Sync;

/// <summary>Many streams: what they cost others, and how many there may be.</summary>
public sealed class StreamTests(Newsrooms newsrooms)
{
    private static readonly string[] Types = ["article", "section", "author", "image", "tag"];
    private static readonly string[] Forms = ["blocks", "html", "markdown", "text", "none"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_read_once_for_streams_of_many_scopes_and_long_polls()
    {
        await using var server = await ServeAsync();
        using var reader = server.Client();
        using var desk = server.Admin();
        await server.RemembersAsync();
        var end = (string)(await LastPageAsync(reader, "types=article&body=none"))["cursor"]!;
        var streams = new List<StreamReader>();
        foreach (var form in Forms)
            for (var mask = 0; mask < 16; mask++)
            {
                var types = string.Join(',', Types.Where((_, i) => i == 0 || (mask & (1 << (i - 1))) != 0));
                streams.Add(await ListenAsync(reader, $"types={types}&body={form}"));
            }
        var polls = Enumerable
            .Range(0, 20)
            .Select(_ => reader.GetJsonAsync($"/v1/sync?cursor={end}&wait=60"))
            .ToList();
        await Wait.UntilAsync("all of them", async () => await MetricAsync(reader, "cms_feed_open") >= 100);
        var before = await ReadsAsync(reader);

        var article = await PublishAsync(desk, "Once");

        foreach (var stream in streams)
            Assert.Equal(article, await NextAsync(stream));
        foreach (var poll in polls)
            Assert.Equal(article, (string)(await poll)["changes"]![0]!["id"]!);
        var reads = await ReadsAsync(reader) - before;
        // The look at what was published, and a second one where the first came between two steps of the work.
        Assert.InRange(reads, 1, 5);
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task Readers_are_served_while_all_places_for_the_feed_are_taken()
    {
        await using var server = await ServeAsync(
            ("Cms__ConcurrentReads", "1"),
            ("Cms__ConcurrentSyncs", "1"),
            ("Cms__MaxWaiting", "1"),
            ("Cms__LongestWait", "600"),
            ("Cms__CacheMegabytes", "0")
        );
        using var reader = server.Client();
        using var desk = server.Admin();
        await reader.GetJsonAsync("/v1/tags");

        List<Task<HttpResponseMessage>> syncs;
        await using (await LockAsync(server, "section_changes"))
        {
            syncs =
            [
                .. Enumerable
                    .Range(1, 5)
                    .Select(n => reader.GetAsync($"/v1/sync?section=politics&types=article&limit={n}", Ct)),
            ];
            // One is at it, one waits; the others are told.
            await Wait.UntilAsync("the refusals", () => syncs.Count(s => s.IsCompleted) == 3);
            for (var limit = 1; limit <= 5; limit++)
                await reader.GetJsonAsync($"/v1/tags?limit={limit}");
        }
        foreach (var sync in await Task.WhenAll(syncs))
            Assert.True(
                sync.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable,
                $"{sync.StatusCode}"
            );
    }

    [Fact]
    public async Task News_comes_while_somebody_catches_up_with_older_changes()
    {
        await using var server = await ServeAsync();
        using var reader = server.Client();
        using var desk = server.Admin();
        await server.RemembersAsync();
        var end = (string)(await LastPageAsync(reader, "types=tag&body=none"))["cursor"]!;
        (await ListenAsync(reader, "types=section")).Dispose();
        await Wait.UntilAsync("nobody", async () => await MetricAsync(reader, "cms_feed_scopes") == 0);
        // Nobody follows it: memory has its number, and not its contents.
        var tag = (string)(await reader.GetJsonAsync("/v1/tags?limit=1"))["data"]![0]!["slug"]!;
        await desk.PatchAsync($"/v1/editorial/tags/{tag}", new JsonObject { ["name"] = "Another name" }, 1);

        await using var holder = await Sql.OpenAsync(Sql.Of(server));
        await ExecuteAsync(
            holder,
            """
            create or replace view published_tags as
                select id, slug, name, sort_name, name_words, coalesce(name_text, search_text(name)) as name_text,
                    kind, description, same_as
                from tags t
                where exists (select from published_article_tags u where u.tag_id = t.id)
                  and pg_advisory_xact_lock_shared(4711) is not null;
            select pg_advisory_lock(4711)
            """
        );
        var behind = reader.GetAsync($"/v1/sync?cursor={end}", Ct);
        await Wait.UntilAsync(
            "the one who catches up",
            async () =>
                await Sql.ScalarAsync<long>(
                    Sql.Of(server),
                    "select count(*) from pg_locks where locktype = 'advisory' and objid = 4711 and not granted"
                ) == 1
        );
        using var stream = await ListenAsync(reader, "types=section");

        var section = await desk.PatchAsync(
            "/v1/editorial/sections/politics",
            new JsonObject { ["name"] = "Politics today" },
            1
        );

        Assert.Equal((string)section["id"]!, await NextAsync(stream));
        Assert.False(behind.IsCompleted);
        await ExecuteAsync(holder, "select pg_advisory_unlock(4711)");
        var page = await (await behind).ReadAsync(HttpStatusCode.OK);
        Assert.Contains(page["changes"]!.AsArray(), c => (string?)c!["data"]?["name"] == "Another name");
    }

    [Fact]
    public async Task Apps_that_sync_are_served_while_all_places_for_readers_are_taken()
    {
        await using var server = await ServeAsync(
            ("Cms__ConcurrentReads", "1"),
            ("Cms__MaxWaiting", "1"),
            ("Cms__LongestWait", "600")
        );
        using var reader = server.Client();
        Task<HttpResponseMessage> stuck;
        await using (await LockAsync(server, "published_article_tags"))
        {
            stuck = reader.GetAsync("/v1/tags?limit=77", Ct);
            await Wait.UntilAsync(
                "the reader's statement",
                async () =>
                    await Sql.ScalarAsync<long>(
                        Sql.Of(server),
                        "select count(*) from pg_locks where not granted and relation = "
                            + "'published_article_tags'::regclass"
                    ) >= 1
            );
            for (var limit = 1; limit <= 3; limit++)
            {
                var page = await reader.GetJsonAsync($"/v1/sync?types=section&limit={limit}");
                Assert.Equal(limit, page["changes"]!.AsArray().Count);
                using var stream = await ListenAsync(reader, $"cursor={page["cursor"]}");
                Assert.NotEmpty(await NextAsync(stream));
            }
            Assert.False(stuck.IsCompleted);
        }
        Assert.Equal(HttpStatusCode.OK, (await stuck).StatusCode);
    }

    [Fact]
    public async Task Streams_that_all_come_back_at_once_are_all_served()
    {
        await using var server = await ServeAsync(
            ("Cms__ConcurrentSyncs", "1"),
            ("Cms__MaxWaiting", "1"),
            ("Cms__LongestWait", "600")
        );
        using var reader = server.Client();
        await server.RemembersAsync();
        (await ListenAsync(reader, "section=politics")).Dispose();
        var before = await ReadsAsync(reader);

        var streams = await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(n => ListenAsync(reader, $"section=politics,power&body={Forms[n % Forms.Length]}"))
        );

        // Of 200 that would each read, some would be refused. The feed itself may be read on meanwhile.
        Assert.InRange(await ReadsAsync(reader), before, before + 5);
        foreach (var stream in streams)
            stream.Dispose();
    }

    [Fact]
    public async Task An_address_has_as_many_open_as_is_set_and_another_one_when_one_ends()
    {
        await using var server = await ServeAsync(("Cms__MaxStreamsPerAddress", "3"));
        using var reader = server.Client();
        await server.RemembersAsync();
        var cursor = (string)(await LastPageAsync(reader, "types=section&body=none"))["cursor"]!;
        var first = await ListenAsync(reader, "types=section");
        using var second = await ListenAsync(reader, "types=section");
        var poll = reader.GetAsync($"/v1/sync?cursor={cursor}&wait=60", Ct);
        await Wait.UntilAsync("three", async () => await MetricAsync(reader, "cms_feed_open") == 3);

        foreach (var address in (string[])["/v1/events", "/v1/sync", "/v1/sync?types=tag&limit=1"])
        {
            using var refused = await reader.GetAsync(address, Ct);
            var problem = await refused.ReadAsync(HttpStatusCode.TooManyRequests);
            Assert.Equal("too-many-streams", (string)problem["code"]!);
            Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        }
        // All else is as ever.
        await reader.GetJsonAsync("/v1/articles");

        first.Dispose();
        await Wait.UntilAsync("two", async () => await MetricAsync(reader, "cms_feed_open") == 2);
        using var third = await ListenAsync(reader, "types=section");
        Assert.False(poll.IsCompleted);
    }

    [Fact]
    public async Task So_many_different_scopes_are_followed_and_any_number_of_the_same()
    {
        await using var server = await ServeAsync(("Cms__MaxStreamScopes", "2"));
        using var reader = server.Client();
        await server.RemembersAsync();
        var cursor = (string)(await LastPageAsync(reader, "types=author&body=none"))["cursor"]!;
        using var one = await ListenAsync(reader, "types=section");
        using var same = await ListenAsync(reader, "types=section");
        var two = await ListenAsync(reader, "types=section&body=html");

        foreach (var address in (string[])["/v1/events?types=tag", $"/v1/sync?cursor={cursor}&wait=9"])
        {
            using var refused = await reader.GetAsync(address, Ct);
            var problem = await refused.ReadAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal("overloaded", (string)problem["code"]!);
            Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        }
        // Who does not wait follows nothing.
        await reader.GetJsonAsync($"/v1/sync?cursor={cursor}");
        using var third = await ListenAsync(reader, "types=section");

        two.Dispose();
        await Wait.UntilAsync("one left", async () => await MetricAsync(reader, "cms_feed_scopes") == 1);
        using var tags = await ListenAsync(reader, "types=tag");
    }

    [Fact]
    public async Task A_node_has_as_many_open_as_is_set()
    {
        await using var server = await ServeAsync(("Cms__MaxStreams", "1"));
        using var reader = server.Client();
        await server.RemembersAsync();
        using var one = await ListenAsync(reader, "types=section");

        using var refused = await reader.GetAsync("/v1/events", Ct);

        var problem = await refused.ReadAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("overloaded", (string)problem["code"]!);
        await reader.GetJsonAsync("/v1/articles");
    }

    private async Task<CmsProcess> ServeAsync(params (string Name, string Value)[] settings) =>
        await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal)
        );

    private static async Task<StreamReader> ListenAsync(HttpClient reader, string query)
    {
        var stream = new StreamReader(await reader.GetStreamAsync($"/v1/events?{query}", Ct), Encoding.UTF8);
        while (await LineAsync(stream) != ": listening") { }
        return stream;
    }

    /// <summary>The id of the article or section that comes next.</summary>
    private static async Task<string> NextAsync(StreamReader stream)
    {
        while (true)
            if (
                await LineAsync(stream) is ['d', 'a', 't', 'a', ':', ' ', .. var data]
                && JsonNode.Parse(data)! is var change
                && (string)change["type"]! is "article" or "section"
            )
                return (string)change["id"]!;
    }

    private static async Task<string> LineAsync(StreamReader stream) =>
        await stream.ReadLineAsync(Ct).AsTask().WaitAsync(Wait.Deadline, Ct)
        ?? throw new EndOfStreamException("The stream has ended.");

    private static async Task<JsonObject> LastPageAsync(HttpClient reader, string query)
    {
        var page = await reader.GetJsonAsync($"/v1/sync?{query}&limit=1000");
        while ((bool)page["hasMore"]!)
            page = await reader.GetJsonAsync($"/v1/sync?cursor={page["cursor"]}&limit=1000");
        return page;
    }

    private static async Task<string> PublishAsync(HttpClient desk, string headline)
    {
        var article = await desk.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["headline"] = headline,
                ["section"] = "politics",
                ["authors"] = new JsonArray("mara-lindqvist"),
                ["body"] = new JsonObject { ["markdown"] = "Once." },
            }
        );
        await desk.PostAsync($"/v1/editorial/articles/{article["id"]}/publish", expected: HttpStatusCode.OK);
        return (string)article["id"]!;
    }

    /// <summary>Reads of the database by delivery.</summary>
    private static Task<double> ReadsAsync(HttpClient reader) =>
        MetricAsync(reader, "cms_delivery_reads_total");

    private static async Task<double> MetricAsync(HttpClient reader, string name) =>
        (await reader.GetStringAsync("/metrics", Ct))
            .Split('\n')
            .Where(l => l.StartsWith(name, StringComparison.Ordinal))
            .Sum(l => double.Parse(l.Split(' ')[1], CultureInfo.InvariantCulture));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<IAsyncDisposable> LockAsync(CmsProcess server, string table)
    {
        var holder = await Sql.OpenAsync(Sql.Of(server));
        await using var hold = new NpgsqlCommand(
            $"begin; lock table {table} in access exclusive mode",
            holder
        );
        await hold.ExecuteNonQueryAsync(Ct);
        return holder;
    }
}
