using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Sync;

namespace Cms.IntegrationTests.Images;

/// <summary>Until when a picture may be shown.</summary>
public sealed class UsageTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_leaves_all_that_readers_get_when_its_rights_end_and_comes_back_with_them()
    {
        var (image, other) = (await ImageAsync("quokka"), await ImageAsync("numbat"));
        var id = (string)image["id"]!;
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["heroImage"] = new JsonObject { ["id"] = id },
                ["body"] = new JsonObject
                {
                    ["html"] =
                        $"<p>One.</p><img src=\"/media/{id}/original\" alt=\"\">"
                        + $"<img src=\"/media/{other["id"]}/original\" alt=\"\"><p>Two.</p>"
                        + $"<div><img src=\"/media/{id}/original\" alt=\"\"><p>Three.</p></div>",
                },
            }
        );
        var url = $"/v1/articles/{article["id"]}?body=blocks,html,text";
        var app = new SyncClient(cms.Anonymous, $"/v1/sync?section={section}&body=html");
        await app.CatchUpAsync();
        Assert.True(app.Has(id, "image"));
        var before = await cms.Anonymous.GetJsonAsync(url);
        Assert.Contains(id, before["body"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(id, (string?)before["heroImage"]!["id"]);

        var until = TimeProvider.System.GetUtcNow().AddSeconds(2);
        await cms.ChangeAsync($"images/{id}", new() { ["usageUntil"] = until, ["licence"] = "Agency, 2 s" });
        using (var answer = await cms.Anonymous.GetAsync(url, Ct))
        {
            // Unless this machine is so slow that it is over.
            if (TimeProvider.System.GetUtcNow() < until)
                Assert.True(answer.Headers.CacheControl!.MaxAge <= TimeSpan.FromSeconds(2));
        }
        await Wait.UntilAsync(
            "the picture is gone",
            async () => (await cms.Anonymous.GetJsonAsync(url))["heroImage"] is null
        );
        Assert.True(TimeProvider.System.GetUtcNow() >= until);

        var after = await cms.Anonymous.GetJsonAsync(url);
        var body = after["body"]!.ToJsonString();
        Assert.DoesNotContain(id, body, StringComparison.Ordinal);
        Assert.Contains((string)other["id"]!, body, StringComparison.Ordinal);
        Assert.Contains("Three.", body, StringComparison.Ordinal);
        Assert.Equal((string?)before["updatedAt"], (string?)after["updatedAt"]);
        Assert.Equal(404, (int)(await cms.Anonymous.GetAsync($"/v1/images/{id}", Ct)).StatusCode);
        foreach (var file in (string[])["original", "w16", "w16-webp"])
        {
            using var answer = await cms.Anonymous.GetAsync($"/media/{id}/{file}", Ct);
            Assert.Equal("rights-ended", (string?)(await answer.ReadAsync(HttpStatusCode.Gone))["code"]);
        }
        var changes = await app.CatchUpAsync();
        Assert.Equal(
            "delete expired",
            changes.Where(c => (string?)c["id"] == id).Select(c => $"{c["op"]} {c["reason"]}").Single()
        );
        Assert.False(app.Has(id, "image"));
        Assert.Null(app["article", article["id"]!]["heroImage"]);
        Assert.DoesNotContain(
            id,
            (string?)app["article", article["id"]!]["body"]!["html"],
            StringComparison.Ordinal
        );
        var purged = await cms.ScalarAsync<string[]>(
            """
            select array(select jsonb_array_elements_text(data -> 'cacheTags') from events
            where type = 'content.invalidated' and data -> 'cacheTags' ? @tag order by sequence desc)
            """,
            new { tag = $"image:{id}" }
        );
        Assert.Contains($"article:{article["id"]}", purged!);
        await Wait.UntilAsync("search forgets its words", async () => await FindAsync("quokka") == 0);
        Assert.Equal(1, await FindAsync("numbat"));

        await cms.ChangeAsync($"images/{id}", new() { ["usageUntil"] = null });
        Assert.Equal(id, (string?)(await cms.Anonymous.GetJsonAsync(url))["heroImage"]!["id"]);
        await app.CatchUpAsync();
        Assert.True(app.Has(id, "image"));
        Assert.Equal(id, (string?)app["article", article["id"]!]["heroImage"]!["id"]);
        Assert.Equal(200, (int)(await cms.Anonymous.GetAsync($"/media/{id}/w16", Ct)).StatusCode);
        await Wait.UntilAsync("search finds its words", async () => await FindAsync("quokka") == 1);
    }

    [Fact]
    public async Task Files_are_kept_by_caches_until_the_rights_end()
    {
        var image = await ImageAsync("A field");
        var media = (string)image["url"]!;
        using (var forever = await cms.Anonymous.GetAsync(media, Ct))
            Assert.Equal(TimeSpan.FromDays(365), forever.Headers.CacheControl!.MaxAge);
        var until = TimeProvider.System.GetUtcNow().AddHours(1);
        await cms.ChangeAsync($"images/{image["id"]}", new() { ["usageUntil"] = until });
        using var bounded = await cms.Anonymous.GetAsync(media, Ct);
        Assert.True(bounded.Headers.CacheControl!.MaxAge <= TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, bounded.StatusCode);
    }

    [Fact]
    public async Task After_a_takedown_no_cache_is_given_a_rendition_to_keep()
    {
        var image = await ImageAsync("A field");
        var id = (string)image["id"]!;
        await cms.PublishedAsync(
            new()
            {
                ["section"] = await cms.SectionAsync(),
                ["heroImage"] = new JsonObject { ["id"] = id },
            }
        );
        // The node remembers the image now.
        using (var before = await cms.Anonymous.GetAsync($"/media/{id}/w16-png", Ct))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        using (var before = await cms.Anonymous.GetAsync($"/media/{id}/w16-png", Ct))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await cms.ChangeAsync($"images/{id}", new() { ["usageUntil"] = "2020-01-01T00:00:00Z" });

        using var after = await cms.Anonymous.GetAsync($"/media/{id}/w16-png", Ct);
        Assert.Equal(HttpStatusCode.Gone, after.StatusCode);
    }

    [Fact]
    public async Task A_time_in_the_past_ends_the_rights_at_once_and_an_author_loses_the_picture_too()
    {
        var image = await ImageAsync("A face");
        var id = (string)image["id"]!;
        var (section, author) = (await cms.SectionAsync(), await cms.AuthorAsync());
        await cms.ChangeAsync($"authors/{author}", new() { ["avatar"] = id });
        await cms.PublishedAsync(new() { ["section"] = section, ["authors"] = new JsonArray(author) });
        var (app, all) = (
            new SyncClient(cms.Anonymous, $"/v1/sync?section={section}"),
            new SyncClient(cms.Anonymous, "/v1/sync?types=author,image")
        );
        await app.CatchUpAsync();
        await all.CatchUpAsync();
        Assert.True(app.Has(id, "image"));
        Assert.Equal(
            id,
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/authors/{author}"))["avatar"]!["id"]
        );

        var changed = await cms.ChangeAsync(
            $"images/{id}",
            new() { ["usageUntil"] = "2020-01-01T00:00:00Z" }
        );

        Assert.Equal("2020-01-01T00:00:00Z", (string?)changed["usageUntil"]);
        Assert.Null((await cms.Anonymous.GetJsonAsync($"/v1/authors/{author}"))["avatar"]);
        var told = await app.CatchUpAsync();
        Assert.Contains(told, c => (string?)c["type"] == "author" && c["data"]!["avatar"] is null);
        Assert.False(app.Has(id, "image"));
        await all.CatchUpAsync();
        Assert.False(all.Has(id, "image"));

        await cms.ChangeAsync($"images/{id}", new() { ["usageUntil"] = "2120-01-01T00:00:00Z" });
        Assert.Equal(
            id,
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/authors/{author}"))["avatar"]!["id"]
        );
        await app.CatchUpAsync();
        Assert.True(app.Has(id, "image"));
    }

    [Fact]
    public async Task An_article_is_published_without_a_picture_whose_rights_have_ended()
    {
        var image = await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                fields: [("usageUntil", "2020-01-01T00:00:00Z"), ("licence", "Agency, one year")]
            )
        ).ReadAsync(HttpStatusCode.Created);
        var article = await cms.PublishedAsync(
            new() { ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]! } }
        );
        Assert.Null((await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["heroImage"]);
        // The desk still has it, and may get the rights for longer.
        await cms.ChangeAsync($"images/{image["id"]}", new() { ["usageUntil"] = null });
        Assert.Equal(
            ("Agency, one year", (string?)null),
            (
                (string?)
                    (await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["heroImage"]![
                        "licence"
                    ],
                (string?)(await cms.Editor.GetJsonAsync($"/v1/editorial/images/{image["id"]}"))["usageUntil"]
            )
        );
    }

    [Fact]
    public async Task The_audit_log_says_what_the_clock_did()
    {
        var image = await ImageAsync("A field");
        await cms.ChangeAsync(
            $"images/{image["id"]}",
            new() { ["usageUntil"] = TimeProvider.System.GetUtcNow().AddMilliseconds(500) }
        );
        string? note = null;
        await Wait.UntilAsync(
            "the clock writes it down",
            async () =>
                (
                    note = await cms.ScalarAsync<string>(
                        "select note from audit_log where entity_id = @id and act = 'image.end-usage'",
                        new { id = Guid.Parse((string)image["id"]!) }
                    )
                )
                    is not null
        );
        Assert.StartsWith("usage until 20", note, StringComparison.Ordinal);
    }

    private Task<JsonObject> ImageAsync(string caption) => cms.ImageAsync(caption);

    private async Task<int> FindAsync(string word) =>
        (await cms.Anonymous.GetJsonAsync($"/v1/search?q={word}"))["data"]!.AsArray().Count;
}
