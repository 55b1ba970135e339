using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Sync;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Changes that are no news: readers get them, and see no new date.</summary>
public sealed class MinorTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_minor_change_reaches_readers_apps_and_caches_and_moves_no_date()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var newer = await cms.PublishedAsync(new() { ["section"] = section });
        var (tag, before) = await ReadAsync(article);
        var copy = new SyncClient(cms.Anonymous, $"/v1/sync?types=article&section={section}");
        await copy.CatchUpAsync();

        await ChangeAsync(article, "Spelt right");
        await PublishAsync(article, new() { ["minor"] = true });

        var (newTag, after) = await ReadAsync(article);
        Assert.Equal("Spelt right", (string?)after["deck"]);
        Assert.Equal((string?)before["updatedAt"], (string?)after["updatedAt"]);
        Assert.NotEqual(tag, newTag);
        var change = Assert.Single(await copy.CatchUpAsync());
        Assert.Equal((string?)article["id"], (string?)change["id"]);
        Assert.Equal((string?)before["updatedAt"], (string?)change["data"]!["updatedAt"]);
        Assert.Equal(
            1,
            await cms.ScalarAsync<int>(
                "select count(*)::int from events where entity_id = @id::uuid and type = 'article.updated'",
                new { id = (string)article["id"]! }
            )
        );
        var list = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}&sort=-updatedAt");
        Assert.Equal(
            [(string)newer["id"]!, (string)article["id"]!],
            list["data"]!.AsArray().Select(a => (string?)a!["id"])
        );
        var record = (
            await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={article["id"]}&act=article.publish")
        )["data"]![0]!;
        Assert.Equal("minor", (string?)record["note"]);

        // The next one is news.
        await ChangeAsync(article, "Told anew");
        await PublishAsync(article, []);
        var (_, last) = await ReadAsync(article);
        Assert.True((DateTimeOffset)last["updatedAt"]! > (DateTimeOffset)after["updatedAt"]!);
    }

    [Fact]
    public async Task A_minor_change_that_is_scheduled_stays_minor()
    {
        var article = await cms.PublishedAsync();
        var (_, before) = await ReadAsync(article);
        await ChangeAsync(article, "Spelt right");
        var scheduled = await PublishAsync(
            article,
            new()
            {
                ["at"] = $"{DateTimeOffset.UtcNow.AddDays(1):yyyy-MM-dd'T'HH:mm:ss'Z'}",
                ["minor"] = true,
            }
        );
        Assert.True((bool)scheduled["scheduledAsMinor"]!);
        await cms.ExecuteAsync(
            "update article_schedules set due_at = now(), try_at = now() where article_id = @id::uuid",
            new { id = (string)article["id"]! }
        );
        await Wait.UntilAsync(
            "its publication",
            async () => (string?)(await ReadAsync(article)).Article["deck"] == "Spelt right"
        );
        Assert.Equal((string?)before["updatedAt"], (string?)(await ReadAsync(article)).Article["updatedAt"]);
        Assert.False(
            (bool)(await cms.Editor.GetJsonAsync($"{Articles}/{article["id"]}"))["scheduledAsMinor"]!
        );
    }

    [Fact]
    public async Task What_readers_do_not_see_gets_its_date_all_the_same()
    {
        var draft = await cms.DraftAsync();
        await PublishAsync(draft, new() { ["minor"] = true });
        var (_, article) = await ReadAsync(draft);
        Assert.Equal((string?)article["publishedAt"], (string?)article["updatedAt"]);
    }

    private Task<JsonObject> PublishAsync(JsonObject article, JsonObject body) =>
        cms.Editor.PostAsync($"{Articles}/{article["id"]}/publish", body, HttpStatusCode.OK);

    private Task ChangeAsync(JsonObject article, string deck) =>
        cms.Editor.ChangeAsync($"{Articles}/{article["id"]}", new JsonObject { ["deck"] = deck });

    private async Task<(string? Tag, JsonObject Article)> ReadAsync(JsonObject article)
    {
        using var response = await cms.Anonymous.GetAsync($"/v1/articles/{article["id"]}", Ct);
        return (response.Headers.ETag?.Tag, await response.ReadAsync(HttpStatusCode.OK));
    }
}
