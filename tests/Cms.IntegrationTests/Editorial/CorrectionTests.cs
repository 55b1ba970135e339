using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Corrections: one act, and readers see that line and nothing else.</summary>
public sealed class CorrectionTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task A_correction_is_live_at_once_and_moves_the_update()
    {
        var article = await cms.PublishedAsync();
        var before = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");

        var corrected = await CorrectAsync(article, "It was 2019.");

        var after = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal("It was 2019.", (string?)Assert.Single(after["corrections"]!.AsArray())!["text"]);
        Assert.True((DateTimeOffset)after["updatedAt"]! > (DateTimeOffset)before["updatedAt"]!);
        Assert.Equal((string?)before["publishedAt"], (string?)after["publishedAt"]);
        Assert.Equal(
            (2, 2, false),
            (
                (int)corrected["revision"]!,
                (int)corrected["publishedRevision"]!,
                (bool)corrected["hasUnpublishedChanges"]!
            )
        );
    }

    [Fact]
    public async Task Changes_that_wait_go_on_waiting_and_have_the_correction_too()
    {
        var article = await cms.PublishedAsync(new JsonObject { ["deck"] = "Live" });
        var url = $"{Articles}/{article["id"]}";
        var patch = new JsonObject
        {
            ["deck"] = "To come",
            ["slug"] = Names.Unique("another-slug"),
            ["section"] = await cms.SectionAsync(),
        };
        await (await cms.Editor.SendPatchAsync(url, patch, "\"1\"")).ReadAsync(HttpStatusCode.OK);

        var corrected = await CorrectAsync(article, "It was 2019.");

        var live = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal(
            ("Live", (string?)article["slug"], (string?)article["section"]!["slug"]),
            ((string?)live["deck"], (string?)live["slug"], (string?)live["section"]!["slug"])
        );
        Assert.Single(live["corrections"]!.AsArray());
        Assert.Equal(
            ("To come", (string?)patch["slug"], true),
            (
                (string?)corrected["deck"],
                (string?)corrected["slug"],
                (bool)corrected["hasUnpublishedChanges"]!
            )
        );
        Assert.Single(corrected["corrections"]!.AsArray());
        await cms.Editor.PostAsync($"{url}/publish", expected: HttpStatusCode.OK);
        live = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal("To come", (string?)live["deck"]);
        Assert.Single(live["corrections"]!.AsArray());
    }

    [Fact]
    public async Task What_is_scheduled_has_the_correction_too()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["kicker"] = "To come" });
        var tomorrow = new JsonObject { ["at"] = DateTimeOffset.UtcNow.AddDays(1) };
        await cms.Editor.PostAsync($"{url}/publish", tomorrow, HttpStatusCode.OK);

        var corrected = await CorrectAsync(article, "It was 2019.");

        Assert.Equal((int?)corrected["revision"], (int?)corrected["scheduledRevision"]);
        Assert.False((bool)corrected["hasUnscheduledChanges"]!);
    }

    [Fact]
    public async Task What_would_take_it_away_again_is_named_instead()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        await PatchAsync("Scheduled", "\"1\"");
        var at = DateTimeOffset.UtcNow.AddDays(1).ToString("O");
        await cms.Editor.PostAsync($"{url}/publish", new JsonObject { ["at"] = at }, HttpStatusCode.OK);
        await PatchAsync("Later", "\"2\"");

        var problem = await cms.Editor.PostAsync(
            $"{url}/corrections",
            new JsonObject { ["text"] = "It was 2019." },
            HttpStatusCode.Conflict
        );

        Assert.Contains("Revision 2 is scheduled", (string?)problem["detail"], StringComparison.Ordinal);
        await cms.Editor.PostAsync($"{url}/publish", new JsonObject { ["at"] = at }, HttpStatusCode.OK);
        await CorrectAsync(article, "It was 2019.");

        async Task PatchAsync(string deck, string ifMatch) =>
            await (
                await cms.Editor.SendPatchAsync(url, new JsonObject { ["deck"] = deck }, ifMatch)
            ).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_newest_correction_is_last()
    {
        var article = await cms.PublishedAsync();
        await CorrectAsync(article, "First.");
        await CorrectAsync(article, "Second.");

        var live = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");

        Assert.Equal(["First.", "Second."], live["corrections"]!.AsArray().Select(c => (string?)c!["text"]));
    }

    [Fact]
    public async Task An_article_has_at_most_a_hundred_corrections_of_what_is_live_and_of_what_waits()
    {
        var full = await cms.PublishedAsync(new JsonObject { ["corrections"] = Corrections(100) });
        var waiting = await cms.PublishedAsync(new JsonObject { ["corrections"] = Corrections(99) });
        await cms.Editor.ChangeAsync(
            $"{Articles}/{waiting["id"]}",
            new JsonObject { ["corrections"] = Corrections(100) }
        );
        foreach (var (article, live) in new[] { (full, 100), (waiting, 99) })
        {
            var refused = await cms.Editor.PostAsync(
                $"{Articles}/{article["id"]}/corrections",
                new JsonObject { ["text"] = "It was 2019." },
                HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal([" too-many"], refused.Faults());
            var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
            Assert.Equal(live, seen["corrections"]!.AsArray().Count);
        }
        await cms.Editor.ChangeAsync(
            $"{Articles}/{waiting["id"]}",
            new JsonObject { ["corrections"] = Corrections(99) }
        );
        await CorrectAsync(waiting, "It was 2019.");

        static JsonArray Corrections(int count) =>
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(n => new JsonObject { ["at"] = "2026-01-01T00:00:00Z", ["text"] = $"No. {n}" }),
            ];
    }

    [Fact]
    public async Task What_readers_do_not_see_is_not_corrected()
    {
        var draft = await cms.DraftAsync();

        var problem = await cms.Editor.PostAsync(
            $"{Articles}/{draft["id"]}/corrections",
            new JsonObject { ["text"] = "It was 2019." },
            HttpStatusCode.Conflict
        );

        Assert.Equal("wrong-status", (string?)problem["code"]);
    }

    [Fact]
    public async Task A_correction_says_something()
    {
        var article = await cms.PublishedAsync();

        var problem = await cms.Editor.PostAsync(
            $"{Articles}/{article["id"]}/corrections",
            new JsonObject { ["text"] = " " },
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal("/text", (string?)problem["errors"]![0]!["pointer"]);
        Assert.Equal(1, (int)(await cms.Editor.GetJsonAsync($"{Articles}/{article["id"]}"))["revision"]!);
    }

    private Task<JsonObject> CorrectAsync(JsonObject article, string text) =>
        cms.Editor.PostAsync(
            $"{Articles}/{article["id"]}/corrections",
            new JsonObject { ["text"] = text },
            HttpStatusCode.OK
        );
}
