using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>
/// Answers from memory, on two nodes that both write, while what they show changes all the time: nothing on the writing
/// node is older than what was acknowledged before the question, nothing on the other goes back, and it follows. With
/// everything in order, and with what could make a node keep an old answer: an ear that is cut off, a database that
/// restarts, queries that take longer than the writes.
/// </summary>
public sealed class CoherenceTests(Newsrooms newsrooms)
{
    private const int Stories = 4;

    // Longer than a run needs to find each planted fault several times.
    private static readonly int Versions = Depth.IsLong ? 600 : 10;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public Task No_answer_is_older_than_what_was_acknowledged_and_the_other_node_follows() =>
        HammerAsync((_, _) => Task.CompletedTask);

    [Fact]
    public async Task Nor_is_it_while_the_listeners_are_cut_off()
    {
        Depth.IsDeep();
        var cuts = 0L;
        await HammerAsync(
            async (postgres, done) =>
            {
                while (!done.IsCancellationRequested)
                {
                    cuts += await Sql.ScalarAsync<long>(
                        postgres.Database("postgres"),
                        """
                        select count(pg_terminate_backend(pid)) from pg_stat_activity
                        where query like '%is_present%' and pid <> pg_backend_pid()
                        """
                    );
                    await Wait.UntilAsync(
                        "another listener",
                        async () =>
                            done.IsCancellationRequested
                            || await Sql.ScalarAsync<long>(
                                postgres.Database("postgres"),
                                "select count(*) from pg_stat_activity where query like '%is_present%' "
                                    + "and pid <> pg_backend_pid()"
                            ) == 2
                    );
                }
            }
        );
        Assert.True(cuts >= 2, $"{cuts} cuts");
    }

    [Fact]
    public Task Nor_is_it_while_the_database_restarts()
    {
        Depth.IsDeep();
        return HammerAsync(
            async (postgres, done) =>
            {
                for (var i = 0; i < Math.Max(2, Versions / 50); i++)
                {
                    await postgres.StopAsync();
                    await postgres.StartAsync();
                    // Something must be written and kept in between.
                    var before = await FeedAsync(postgres);
                    await Wait.UntilAsync(
                        "writes",
                        async () => done.IsCancellationRequested || await FeedAsync(postgres) > before + 20
                    );
                }
            }
        );
    }

    private static Task<long> FeedAsync(OwnPostgres postgres) =>
        Sql.ScalarAsync<long>(postgres.Newsroom, "select head from change_feed");

    [Fact]
    public Task Nor_is_it_though_queries_take_longer_than_writes() =>
        HammerAsync(
            async (postgres, _) =>
                // The statement sees what there was when it began; by its end that is old.
                await Sql.ExecuteAsync(
                    postgres.Newsroom,
                    """
                    create or replace view published_authors as
                        select id, slug, name, job_title, bio, social, avatar_image_id, sort_name, name_words
                        from authors where pg_sleep(0.03) is not null
                    """
                )
        );

    private async Task HammerAsync(Func<OwnPostgres, CancellationTokenSource, Task> disturb)
    {
        await using var postgres = await newsrooms.OwnAsync();
        var settings = Newsrooms.Using(postgres.Newsroom);
        await using var one = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        await using var two = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var desk = one.Client(postgres.Token);
        using var other = two.Client(postgres.Token);
        var stories = new List<Story>();
        for (var i = 0; i < Stories; i++)
            stories.Add(await StoryAsync(desk, i));
        using var done = new CancellationTokenSource();
        var readers = stories
            .SelectMany(s =>
                new[]
                {
                    ReadAsync(one, s, s.Number % 2 == 0, done),
                    ReadAsync(two, s, s.Number % 2 == 1, done),
                }
            )
            .ToList();
        var disturbing = disturb(postgres, done);
        await Task.WhenAll(stories.Select(s => WriteAsync(s.Number % 2 == 0 ? desk : other, s)));
        var end = Stopwatch.GetTimestamp();
        await done.CancelAsync();
        var reads = await Task.WhenAll(readers);
        await disturbing;

        Assert.All(reads, n => Assert.True(n > 0, "nothing was read"));
        foreach (var node in new[] { one, two })
        {
            using var reader = node.Client();
            foreach (var story in stories)
                await Wait.UntilAsync(
                    "the last version on both nodes",
                    async () => await SeenAsync(reader, story) == (Versions, Versions)
                );
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{reads.Sum()} reads of {Stories * Versions * (1 + Named.Length)} versions; the last "
                    + $"was everywhere after {Stopwatch.GetElapsedTime(end).TotalMilliseconds:0} ms"
            )
        );
    }

    /// <summary>
    /// An article whose headline says the number of its version, and whose section, author and tag have theirs for
    /// names.
    /// </summary>
    private sealed class Story
    {
        public required int Number { get; init; }
        public required string Slug { get; init; }
        public int ArticleDone;
        public int NamesDone;
    }

    private static readonly string[] Named = ["sections", "authors", "tags"];

    private static async Task<Story> StoryAsync(HttpClient desk, int number)
    {
        var story = new Story
        {
            Number = number,
            Slug = string.Create(CultureInfo.InvariantCulture, $"story-{number}"),
        };
        foreach (var kind in Named)
            await PostAsync(
                desk,
                kind,
                new JsonObject { ["slug"] = story.Slug, ["name"] = $"{story.Slug} 0" }
            );
        await PostAsync(
            desk,
            "articles",
            new JsonObject
            {
                ["slug"] = story.Slug,
                ["headline"] = "0",
                ["section"] = story.Slug,
                ["authors"] = new JsonArray(story.Slug),
                ["tags"] = new JsonArray(story.Slug),
                ["body"] = new JsonObject { ["markdown"] = "Words." },
            }
        );
        await PostAsync(desk, $"articles/{story.Slug}/publish", null);
        return story;
    }

    /// <summary>A write whose outcome is unknown is done again: it says the same.</summary>
    private static async Task WriteAsync(HttpClient desk, Story story)
    {
        for (var version = 1; version <= Versions; version++)
        {
            var text = version.ToString(CultureInfo.InvariantCulture);
            await UntilDoneAsync(() =>
                PatchAsync(desk, $"articles/{story.Slug}", new JsonObject { ["headline"] = text })
            );
            await UntilDoneAsync(() => PostAsync(desk, $"articles/{story.Slug}/publish", null));
            Volatile.Write(ref story.ArticleDone, version);
            foreach (var kind in Named)
                await UntilDoneAsync(() =>
                    PatchAsync(
                        desk,
                        $"{kind}/{story.Slug}",
                        new JsonObject { ["name"] = $"{story.Slug} {text}" }
                    )
                );
            Volatile.Write(ref story.NamesDone, version);
        }
    }

    private static async Task UntilDoneAsync(Func<Task> write) =>
        await Wait.UntilAsync(
            "the write",
            async () =>
            {
                try
                {
                    await write();
                    return true;
                }
                catch (HttpRequestException e)
                    when (e.StatusCode is null or >= HttpStatusCode.InternalServerError)
                {
                    return false;
                }
            }
        );

    /// <summary>
    /// Reads until all is written. Where the database is away there is no answer, and nothing to be wrong about.
    /// </summary>
    private static async Task<int> ReadAsync(
        CmsProcess node,
        Story story,
        bool isWriting,
        CancellationTokenSource done
    )
    {
        using var http = node.Client();
        var (reads, before) = (0, (Article: 0, Names: 0));
        while (!done.IsCancellationRequested)
        {
            var least = isWriting
                ? (Article: Volatile.Read(ref story.ArticleDone), Names: Volatile.Read(ref story.NamesDone))
                : before;
            try
            {
                var seen = await SeenAsync(http, story);
                Assert.True(
                    seen.Article >= least.Article && seen.Names >= least.Names,
                    $"saw {seen} after {least}"
                );
                before = seen;
                reads++;
            }
            catch (HttpRequestException e)
                when (e.StatusCode is null or >= HttpStatusCode.InternalServerError)
            {
                await Task.Yield();
            }
        }
        return reads;
    }

    /// <summary>What the article and a list say; the oldest counts.</summary>
    private static async Task<(int Article, int Names)> SeenAsync(HttpClient http, Story story)
    {
        var one = JsonNode.Parse(await http.GetStringAsync($"/v1/articles/{story.Slug}", Ct))!;
        var list = JsonNode.Parse(await http.GetStringAsync($"/v1/articles?author={story.Slug}", Ct))!;
        var both = new[] { one, list["data"]![0]! };
        return (
            both.Min(a => Number(a["headline"]!)),
            both.SelectMany(a => new[] { a["section"]!, a["authors"]![0]!, a["tags"]![0]! })
                .Min(named => Number(named["name"]!))
        );
    }

    private static int Number(JsonNode text) =>
        int.Parse(((string)text!).Split(' ')[^1], CultureInfo.InvariantCulture);

    private static async Task PostAsync(HttpClient desk, string address, JsonNode? body)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        (await desk.PostAsync($"/v1/editorial/{address}", content, Ct)).EnsureSuccessStatusCode();
    }

    private static async Task PatchAsync(HttpClient desk, string address, JsonNode patch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/v1/editorial/{address}")
        {
            Content = JsonContent.Create(patch),
        };
        request.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
        (await desk.SendAsync(request, Ct)).EnsureSuccessStatusCode();
    }
}
