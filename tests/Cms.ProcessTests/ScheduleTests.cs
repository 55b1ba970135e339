using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The clock on several nodes, and where nodes die.</summary>
public sealed class ScheduleTests(Newsrooms newsrooms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_article_appears_once_and_not_before_its_time_though_a_node_is_killed_at_that_time()
    {
        var count = Depth.IsWhole ? 200 : 40;
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        var settings = Newsrooms.Using(database);
        (await CmsProcess.RunAsync(["seed"], settings)).Done();
        await using var one = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        await using var two = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var desk = two.Client(postgres.Token);
        for (var n = 0; n < count; n++)
            await ScheduleAsync(desk, $"Planned {n}");

        await SetDueAsync(database, "2 seconds");
        await Wait.UntilAsync("the time", () => IsDueAsync(database));
        one.Signal(Signals.Kill);
        await Wait.UntilAsync(
            "all of them",
            () => Sql.ScalarAsync<bool>(database, "select not exists (select from article_schedules)")
        );

        const string mine = "from published_articles p where p.headline like 'Planned %'";
        const string them = $"entity_id in (select p.id {mine})";
        const string rows = "select count(*)::int from";
        Assert.Equal(count, await Sql.ScalarAsync<int>(database, $"select count(*)::int {mine}"));
        // In one transaction: readers saw none of them, and then all.
        Assert.Equal(
            1,
            await Sql.ScalarAsync<int>(database, $"select count(distinct p.xmin::text)::int {mine}")
        );
        foreach (
            var once in new[]
            {
                $"{rows} events where type = 'article.published' and {them}",
                $"{rows} audit_log where act = 'article.publish' and {them}",
                $"{rows} changes join due_once d on changed_at >= d.at where {them}",
            }
        )
            Assert.Equal(count, await Sql.ScalarAsync<int>(database, once));
        TestContext.Current.TestOutputHelper?.WriteLine(
            await Sql.ScalarAsync<string>(
                database,
                $"select (max(changed_at) - max(d.at))::text from changes, due_once d where {them}"
            )
        );
    }

    [Fact]
    public async Task A_release_and_articles_of_its_second_go_live_once_and_whole_though_a_node_is_killed_then()
    {
        var (count, size) = Depth.IsWhole ? (200, 50) : (20, 12);
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        var settings = Newsrooms.Using(database);
        (await CmsProcess.RunAsync(["seed"], settings)).Done();
        await using var one = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        await using var two = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var desk = two.Client(postgres.Token);
        for (var n = 0; n < count; n++)
            await ScheduleAsync(desk, $"Planned {n}");
        var release = await ReleaseAsync(desk, size);

        await SetDueAsync(database, "2 seconds");
        await Sql.ExecuteAsync(
            database,
            "update releases set due_at = d.at, try_at = d.at from due_once d where try_at is not null"
        );
        await Wait.UntilAsync("the time", () => IsDueAsync(database));
        one.Signal(Signals.Kill);
        await Wait.UntilAsync(
            "all of them",
            () =>
                Sql.ScalarAsync<bool>(
                    database,
                    """
                    select not exists (select from article_schedules)
                        and not exists (select from releases where try_at is not null)
                    """
                )
        );

        const string released = "p.headline like 'Released %'";
        const string rows = "select count(*)::int from";
        // Readers saw nothing of the release, and then all of it.
        Assert.Equal(
            1,
            await Sql.ScalarAsync<int>(
                database,
                $"select count(distinct p.xmin::text)::int from published_articles p where {released}"
            )
        );
        foreach (var (which, expected) in new[] { (released, size), ("p.headline like 'Planned %'", count) })
        {
            var them = $"entity_id in (select p.id from published_articles p where {which})";
            foreach (
                var once in new[]
                {
                    $"{rows} events where type = 'article.published' and {them}",
                    $"{rows} audit_log where act = 'article.publish' and {them}",
                    $"{rows} changes join due_once d on changed_at >= d.at where {them}",
                }
            )
                Assert.Equal(expected, await Sql.ScalarAsync<int>(database, once));
        }
        Assert.Equal(
            1,
            await Sql.ScalarAsync<int>(
                database,
                $"{rows} audit_log where act = 'release.publish' and entity_id = '{release}'"
            )
        );
    }

    [Fact]
    public async Task What_is_due_while_no_server_runs_appears_when_one_runs_again_and_is_marked()
    {
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        var settings = Newsrooms.Using(database);
        (await CmsProcess.RunAsync(["seed"], settings)).Done();
        string id;
        await using (var server = await CmsProcess.ServeAsync(newsrooms.NewData(), settings))
        {
            using var desk = server.Client(postgres.Token);
            id = await ScheduleAsync(desk, "Late");
            await server.KillAsync();
        }
        await SetDueAsync(database, "-2 seconds");

        await using var again = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var editor = again.Client(postgres.Token);
        var article = new JsonObject();
        await Wait.UntilAsync(
            "its publication",
            async () =>
            {
                article = await editor.GetJsonAsync($"{Articles}/{id}");
                return (string?)article["status"] == "published";
            }
        );
        Assert.Equal("publish", (string?)article["late"]!["act"]);
        Assert.Contains(
            "late by",
            await Sql.ScalarAsync<string>(
                database,
                $"select note from audit_log where act = 'article.publish' and entity_id = '{id}'"
            ),
            StringComparison.Ordinal
        );
    }

    private static string Later => $"{DateTimeOffset.UtcNow.AddDays(2):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private static JsonObject Article(string headline) =>
        new()
        {
            ["headline"] = headline,
            ["section"] = "politics",
            ["body"] = new JsonObject { ["markdown"] = "One.\n\nTwo." },
        };

    private static async Task<string> ScheduleAsync(HttpClient desk, string headline)
    {
        using var created = await desk.PostAsJsonAsync(Articles, Article(headline), Ct);
        var article = await created.ReadAsync(System.Net.HttpStatusCode.Created);
        using var scheduled = await desk.PostAsJsonAsync(
            $"{Articles}/{article["id"]}/publish",
            new JsonObject { ["at"] = Later },
            Ct
        );
        return (string)(await scheduled.ReadAsync(System.Net.HttpStatusCode.OK))["id"]!;
    }

    /// <summary>A release with a time; returns its id.</summary>
    private static async Task<string> ReleaseAsync(HttpClient desk, int size)
    {
        using var made = await desk.PostAsJsonAsync(
            "/v1/editorial/batch",
            new JsonObject
            {
                ["acts"] = new JsonArray([
                    .. Enumerable
                        .Range(0, size)
                        .Select(n => new JsonObject
                        {
                            ["act"] = "create",
                            ["article"] = Article($"Released {n}"),
                        }),
                ]),
            },
            Ct
        );
        var articles = (await made.ReadAsync(System.Net.HttpStatusCode.OK))["results"]!.AsArray();
        using var created = await desk.PostAsJsonAsync(
            "/v1/editorial/releases",
            new JsonObject
            {
                ["name"] = "All at once",
                ["at"] = Later,
                ["items"] = new JsonArray([
                    .. articles.Select(a => new JsonObject
                    {
                        ["article"] = (string)a!["article"]!["id"]!,
                        ["act"] = "publish",
                    }),
                ]),
            },
            Ct
        );
        return (string)(await created.ReadAsync(System.Net.HttpStatusCode.Created))["id"]!;
    }

    /// <summary>All of them at one moment, in so long.</summary>
    private static Task SetDueAsync(string database, string wait) =>
        Sql.ExecuteAsync(
            database,
            $"""
            create table due_once as select now() + interval '{wait}' as at;
            update article_schedules set due_at = (select at from due_once), try_at = (select at from due_once)
            """
        );

    private static Task<bool> IsDueAsync(string database) =>
        Sql.ScalarAsync<bool>(database, "select clock_timestamp() >= at from due_once");
}
