using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Delivery reads a streaming replica, and never an older state for it.</summary>
public sealed class ReplicaTests(Newsrooms newsrooms)
{
    private const int Versions = 30;

    private int _reads;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replica_is_read_while_it_has_everything_and_passed_over_while_it_lags_or_is_gone()
    {
        await using var primary = await newsrooms.OwnAsync(loopback: true);
        await using var standby = await Standby.OfAsync(primary, newsrooms.NewData());
        await using var server = await ServeAsync(primary, standby);
        using var reader = server.Client();
        using var desk = server.Client(primary.Token);
        var story = await PublishAsync(desk);
        await ReadsReplicaAsync(reader, standby);

        await Sql.ExecuteAsync(standby.Server, "select pg_wal_replay_pause()");
        await Wait.UntilAsync(
            "the pause",
            async () =>
                await Sql.ScalarAsync<string>(standby.Server, "select pg_get_wal_replay_pause_state()")
                == "paused"
        );
        EntityTagHeaderValue? tag = null;
        for (var version = 1; version <= 5; version++)
        {
            await story.ChangeAsync(version);
            tag = await SeesAsync(reader, story, version, tag);
            Assert.True(await HeadAsync(standby) < await HeadAsync(primary));
        }

        var before = await LastReadAsync(standby);
        await Sql.ExecuteAsync(standby.Server, "select pg_wal_replay_resume()");
        await Wait.UntilAsync(
            "reads of the replica, again",
            async () =>
            {
                await ReadAsync(reader);
                return await LastReadAsync(standby) > before;
            }
        );
        // What was remembered meanwhile still holds, and what is read there is the same.
        using (var same = new HttpRequestMessage(HttpMethod.Get, $"/v1/articles/{story.Slug}"))
        {
            same.Headers.IfNoneMatch.Add(tag!);
            using var unchanged = await reader.SendAsync(same, Ct);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }
        Assert.Equal(5, await story.SeenAsync(reader, $"?fields=headline,tags,slug"));

        // Its connections break, and are made again.
        await Sql.ExecuteAsync(
            standby.Server,
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cms replica'"
        );
        await ReadsReplicaAsync(reader, standby);

        await standby.KillAsync();
        for (var time = 0; time < 20; time++)
            await ReadAsync(reader);
        await story.ChangeAsync(6);
        await SeesAsync(reader, story, 6, tag);
        Assert.Equal(0, await server.StopAsync());
    }

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_followed_by_an_older_answer_while_all_is_read_of_a_replica()
    {
        Depth.IsDeep();
        await using var primary = await newsrooms.OwnAsync(loopback: true);
        await using var standby = await Standby.OfAsync(primary, newsrooms.NewData());
        await using var server = await ServeAsync(primary, standby);
        using var reader = server.Client();
        using var desk = server.Client(primary.Token);
        var story = await PublishAsync(desk);
        await ReadsReplicaAsync(reader, standby);

        using var done = new CancellationTokenSource();
        var acknowledged = 0;
        var readers = Enumerable
            .Range(0, 3)
            .Select(async _ =>
            {
                var reads = 0;
                while (!done.IsCancellationRequested)
                {
                    var least = Volatile.Read(ref acknowledged);
                    var seen = await story.SeenAsync(reader);
                    Assert.True(seen >= least, $"saw {seen} after {least}");
                    reads++;
                }
                return reads;
            })
            .ToList();
        for (var version = 1; version <= Versions; version++)
        {
            await story.ChangeAsync(version);
            Volatile.Write(ref acknowledged, version);
        }
        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), n => Assert.NotEqual(0, n));
        Assert.Equal(Versions, await story.SeenAsync(reader));
    }

    [Fact]
    public async Task A_replica_that_never_answers_is_nobodys_business()
    {
        await using var primary = await newsrooms.OwnAsync(loopback: true);
        var settings = new Dictionary<string, string>(Newsrooms.Using(primary.Newsroom))
        {
            ["ConnectionStrings__CmsReplica"] =
                "Host=127.0.0.1:1,127.0.0.1:2;Username=none;Database=none;Load Balance "
                + "Hosts=true;Target Session Attributes=prefer-standby",
        };
        await using var server = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var reader = server.Client();
        using var desk = server.Client(primary.Token);
        var story = await PublishAsync(desk);
        await story.ChangeAsync(1);
        Assert.Equal(1, await story.SeenAsync(reader));
    }

    private async Task<CmsProcess> ServeAsync(OwnPostgres primary, OwnPostgres standby) =>
        await CmsProcess.ServeAsync(
            newsrooms.NewData(),
            new Dictionary<string, string>(Newsrooms.Using(primary.Newsroom))
            {
                ["ConnectionStrings__CmsReplica"] = standby.Newsroom,
            }
        );

    private static async Task<Story> PublishAsync(HttpClient desk)
    {
        await desk.PostAsync(
            "/v1/editorial/sections",
            new JsonObject { ["slug"] = "desk", ["name"] = "Desk" }
        );
        await desk.PostAsync("/v1/editorial/tags", new JsonObject { ["slug"] = "tag", ["name"] = "0" });
        await desk.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["slug"] = "story",
                ["headline"] = "0",
                ["section"] = "desk",
                ["tags"] = new JsonArray("tag"),
                ["body"] = new JsonObject { ["markdown"] = "Words." },
            }
        );
        await desk.PostAsync("/v1/editorial/articles/story/publish", expected: HttpStatusCode.OK);
        return new(desk, "story");
    }

    /// <summary>An address that nobody has asked for: it is read in a database.</summary>
    private Task<JsonObject> ReadAsync(HttpClient reader) =>
        reader.GetJsonAsync(
            $"/v1/articles?publishedAfter={new DateTime(2001, 1, 1).AddMinutes(_reads++):yyyy-MM-ddTHH:mm:ss}Z"
        );

    private async Task ReadsReplicaAsync(HttpClient reader, OwnPostgres standby) =>
        await Wait.UntilAsync(
            "reads of the replica",
            async () =>
            {
                await ReadAsync(reader);
                return await LastReadAsync(standby) > DateTime.MinValue;
            }
        );

    /// <summary>When the server last read an article in a database, as that says itself.</summary>
    private static Task<DateTime> LastReadAsync(OwnPostgres postgres) =>
        Sql.ScalarAsync<DateTime>(
            postgres.Server,
            """
            select coalesce(max(query_start), '-infinity') from pg_stat_activity
            where application_name = 'cms replica' and query like '%published_articles%'
            """
        );

    private static Task<long> HeadAsync(OwnPostgres postgres) =>
        Sql.ScalarAsync<long>(postgres.Newsroom, "select head from change_feed");

    private static async Task<EntityTagHeaderValue> SeesAsync(
        HttpClient reader,
        Story story,
        int version,
        EntityTagHeaderValue? old
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/articles/{story.Slug}");
        if (old is not null)
            request.Headers.IfNoneMatch.Add(old);
        using var response = await reader.SendAsync(request, Ct);
        var article = await response.ReadAsync(HttpStatusCode.OK);
        Assert.Equal($"{version}", (string?)article["headline"]);
        Assert.Equal(version, await story.SeenAsync(reader));
        return response.Headers.ETag!;
    }

    private sealed record Story(HttpClient Desk, string Slug)
    {
        public async Task ChangeAsync(int version)
        {
            var address = $"/v1/editorial/articles/{Slug}";
            var revision = (int)(await Desk.GetJsonAsync(address))["revision"]!;
            await Desk.PatchAsync(address, new JsonObject { ["headline"] = $"{version}" }, revision);
            await Desk.PostAsync($"{address}/publish", expected: HttpStatusCode.OK);
            const string tag = "/v1/editorial/tags/tag";
            var named = (int)(await Desk.GetJsonAsync(tag))["revision"]!;
            await Desk.PatchAsync(tag, new JsonObject { ["name"] = $"{version}" }, named);
        }

        /// <summary>
        /// The version that the article and a list show, and that their tag is named by; the oldest counts.
        /// </summary>
        public async Task<int> SeenAsync(HttpClient reader, string query = "")
        {
            var one = await reader.GetJsonAsync($"/v1/articles/{Slug}{query}");
            var list = await reader.GetJsonAsync("/v1/articles?section=desk");
            return new[] { one, list["data"]![0]! }
                .SelectMany(a => new[] { a["headline"], a["tags"]![0]!["name"] })
                .Min(text => int.Parse((string)text!, CultureInfo.InvariantCulture));
        }
    }
}
