using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Answers from memory, on two nodes, while what they show changes all the time.</summary>
public sealed class CoherenceTests(Newsrooms newsrooms)
{
    private const int Writers = 3;
    private const int Versions = 40;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_answer_is_older_than_what_was_acknowledged_and_the_other_node_follows()
    {
        var database = await newsrooms.NewDatabaseAsync();
        var settings = Newsrooms.Using(database);
        var token = await KeyAsync(settings);
        await using var here = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        await using var there = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var desk = here.Client(token);
        await PostAsync(desk, "sections", new JsonObject { ["slug"] = "desk", ["name"] = "Desk" });

        var stories = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => StoryAsync(desk, i)));
        var done = new CancellationTokenSource();
        var readers = stories
            .SelectMany(s =>
                new[] { ReadAsync(here, s, strict: true, done), ReadAsync(there, s, strict: false, done) }
            )
            .ToList();
        await Task.WhenAll(stories.Select(s => WriteAsync(desk, s)));
        await done.CancelAsync();
        var reads = await Task.WhenAll(readers);

        Assert.All(reads, n => Assert.True(n > Versions, $"{n} reads"));
        using var other = there.Client();
        foreach (var story in stories)
            await Wait.UntilAsync(
                "the last version on the other node",
                async () => await SeenAsync(other, story) == (Versions, Versions)
            );
    }

    /// <summary>An article whose headline and author both say the number of their version.</summary>
    private sealed class Story
    {
        public required string Slug { get; init; }
        public required string Author { get; init; }
        public int ArticleDone;
        public int AuthorDone;
    }

    private static async Task<Story> StoryAsync(HttpClient desk, int number)
    {
        var story = new Story
        {
            Slug = string.Create(CultureInfo.InvariantCulture, $"story-{number}"),
            Author = string.Create(CultureInfo.InvariantCulture, $"author-{number}"),
        };
        await PostAsync(desk, "authors", new JsonObject { ["slug"] = story.Author, ["name"] = "0" });
        await PostAsync(
            desk,
            "articles",
            new JsonObject
            {
                ["slug"] = story.Slug,
                ["headline"] = "0",
                ["section"] = "desk",
                ["authors"] = new JsonArray(story.Author),
                ["body"] = new JsonObject { ["markdown"] = "Words." },
            }
        );
        await PostAsync(desk, $"articles/{story.Slug}/publish", null);
        return story;
    }

    private static async Task WriteAsync(HttpClient desk, Story story)
    {
        for (var version = 1; version <= Versions; version++)
        {
            var text = version.ToString(CultureInfo.InvariantCulture);
            await PatchAsync(desk, $"articles/{story.Slug}", new JsonObject { ["headline"] = text });
            await PostAsync(desk, $"articles/{story.Slug}/publish", null);
            Volatile.Write(ref story.ArticleDone, version);
            await PatchAsync(desk, $"authors/{story.Author}", new JsonObject { ["name"] = text });
            Volatile.Write(ref story.AuthorDone, version);
        }
    }

    /// <summary>Reads until all is written; on the writing node nothing may be older than what was acknowledged before the request.</summary>
    private static async Task<int> ReadAsync(
        CmsProcess node,
        Story story,
        bool strict,
        CancellationTokenSource done
    )
    {
        using var http = node.Client();
        var (reads, before) = (0, (Article: 0, Author: 0));
        while (!done.IsCancellationRequested)
        {
            var least = strict
                ? (Article: Volatile.Read(ref story.ArticleDone), Author: Volatile.Read(ref story.AuthorDone))
                : before;
            var seen = await SeenAsync(http, story);
            Assert.True(
                seen.Article >= least.Article && seen.Author >= least.Author,
                $"saw {seen} after {least}"
            );
            before = seen;
            reads++;
        }
        return reads;
    }

    /// <summary>What the article and a list say; the older of the two counts.</summary>
    private static async Task<(int Article, int Author)> SeenAsync(HttpClient http, Story story)
    {
        var one = JsonNode.Parse(await http.GetStringAsync($"/v1/articles/{story.Slug}", Ct))!;
        var list = JsonNode.Parse(await http.GetStringAsync($"/v1/articles?author={story.Author}", Ct))!;
        var both = new[] { one, list["data"]![0]! };
        return (both.Min(a => Number(a["headline"]!)), both.Min(a => Number(a["authors"]![0]!["name"]!)));
    }

    private static int Number(JsonNode text) => int.Parse((string)text!, CultureInfo.InvariantCulture);

    private static async Task<string> KeyAsync(IReadOnlyDictionary<string, string> settings)
    {
        Assert.Equal(0, (await CmsProcess.RunAsync(["migrate"], settings)).ExitCode);
        var made = await CmsProcess.RunAsync(["keys", "create", "Desk", "--role", "admin"], settings);
        return made.Output.Select(l => l.Trim()).First(l => l.StartsWith("cms_", StringComparison.Ordinal));
    }

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
