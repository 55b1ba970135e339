using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>
/// What changes nothing is told to nobody: no change in the feed, no event for webhooks, no new revision, and answers
/// stay in memory.
/// </summary>
public sealed class UnchangedTests(CmsServer cms)
{
    [Fact]
    public async Task To_publish_what_is_live_tells_nobody()
    {
        var tag = Names.Unique("tag");
        var article = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(tag) });
        var url = $"/v1/articles/{article["id"]}";
        var before = await cms.Anonymous.GetJsonAsync(url);
        var told = await ToldAsync(article);

        var again = await PublishAsync(article);
        Assert.Equal("published", (string?)again["status"]);
        Assert.Equal(told, await ToldAsync(article));

        // Saved again, and back: another revision that says the same.
        foreach (var kicker in new[] { "For a moment", null })
        {
            using var saved = await cms.Editor.SendPatchAsync(
                $"/v1/editorial/articles/{article["id"]}",
                new JsonObject { ["kicker"] = kicker },
                "*"
            );
            await saved.ReadAsync(HttpStatusCode.OK);
        }
        again = await PublishAsync(article);
        Assert.Equal((3, 3), ((int?)again["revision"], (int?)again["publishedRevision"]));
        Assert.False((bool?)again["hasUnpublishedChanges"]);
        Assert.Equal(told, await ToldAsync(article));
        Assert.True(JsonNode.DeepEquals(before, await cms.Anonymous.GetJsonAsync(url)));

        // What does change is told.
        using var changed = await cms.Editor.SendPatchAsync(
            $"/v1/editorial/articles/{article["id"]}",
            new JsonObject { ["kicker"] = "New" },
            "*"
        );
        await changed.ReadAsync(HttpStatusCode.OK);
        await PublishAsync(article);
        Assert.NotEqual(told, await ToldAsync(article));
    }

    [Fact]
    public async Task A_second_publication_leaves_what_stays_the_same_where_it_stands()
    {
        using var upload = await cms.Editor.UploadAsync(Pictures.Png(), "a.png", ("alt", "A bridge"));
        var image = await upload.ReadAsync(HttpStatusCode.Created);
        // Its words are not to be indexed in between, which writes their row.
        await using var held = await cms.HoldWordsAsync();
        var article = await cms.PublishedAsync(
            new JsonObject { ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]! } }
        );
        var written = await WrittenAsync();

        using var changed = await cms.Editor.SendPatchAsync(
            $"/v1/editorial/articles/{article["id"]}?publish=true",
            new JsonObject { ["seo"] = new JsonObject { ["title"] = "Other" } },
            "*"
        );
        await changed.ReadAsync(HttpStatusCode.OK);

        Assert.Equal(written, await WrittenAsync());

        // The transactions that wrote its picture and its words.
        Task<string?> WrittenAsync() =>
            cms.ScalarAsync<string>(
                """
                select (select xmin::text from published_article_images where article_id = @id) || ' ' ||
                       (select xmin::text from published_article_words where article_id = @id)
                """,
                new { id = Guid.Parse((string)article["id"]!) }
            );
    }

    [Fact]
    public async Task To_publish_again_what_was_withdrawn_tells_everybody()
    {
        var article = await cms.PublishedAsync();
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/unpublish",
            expected: HttpStatusCode.OK
        );
        var told = await ToldAsync(article);
        // Once more is refused, and told to nobody.
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/unpublish",
            expected: HttpStatusCode.Conflict
        );
        Assert.Equal(told, await ToldAsync(article));
        await PublishAsync(article);
        Assert.NotEqual(told, await ToldAsync(article));
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}");
    }

    [Theory]
    [InlineData(
        "sections",
        """{"name":"NAME","description":"What it is about","position":3,"parent":"PARENT"}"""
    )]
    [InlineData("authors", """{"name":"NAME","bio":"Ada writes.","social":{"site":"https://a.example"}}""")]
    [InlineData("tags", """{"name":"NAME"}""")]
    public async Task A_patch_that_changes_nothing_tells_nobody(string collection, string json)
    {
        var body = JsonNode
            .Parse(
                json.Replace("NAME", Names.Unique("Name"), StringComparison.Ordinal)
                    .Replace("PARENT", await cms.SectionAsync(), StringComparison.Ordinal)
            )!
            .AsObject();
        var thing = await cms.Editor.PostAsync($"/v1/editorial/{collection}", body.DeepClone());
        if (collection == "tags")
            await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray((string)thing["slug"]!) });
        await NothingAsync($"/v1/editorial/{collection}/{thing["id"]}", thing, new JsonObject());
        await NothingAsync($"/v1/editorial/{collection}/{thing["id"]}", thing, body);
    }

    [Fact]
    public async Task Nor_does_one_of_an_image_or_a_webhook()
    {
        using var upload = await cms.Editor.UploadAsync(Pictures.Png(), "a.png", ("alt", "A bridge"));
        var image = await upload.ReadAsync(HttpStatusCode.Created);
        await cms.PublishedAsync(
            new JsonObject { ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]! } }
        );
        image = await cms.Editor.GetJsonAsync($"/v1/editorial/images/{image["id"]}");
        await NothingAsync(
            $"/v1/editorial/images/{image["id"]}",
            image,
            new JsonObject { ["alt"] = " A bridge\u200B", ["caption"] = "" }
        );
        var hook = await cms.Admin.PostAsync(
            "/v1/editorial/webhooks",
            new JsonObject
            {
                ["url"] = "http://127.0.0.1:9999/hook",
                ["events"] = new JsonArray("tag.deleted"),
                ["paused"] = true,
            }
        );
        hook.Remove("secret");
        await NothingAsync(
            $"/v1/editorial/webhooks/{hook["id"]}",
            hook,
            new JsonObject { ["paused"] = true, ["events"] = new JsonArray("tag.deleted") }
        );
    }

    private async Task NothingAsync(string url, JsonObject thing, JsonObject patch)
    {
        var told = await ToldAsync(thing);
        using var response = await cms.Admin.SendPatchAsync(url, patch, "*");
        var after = await response.ReadAsync(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(thing, after), $"{thing.ToJsonString()}\n{after.ToJsonString()}");
        Assert.Equal(told, await ToldAsync(thing));
    }

    private Task<JsonObject> PublishAsync(JsonObject article) =>
        cms.Editor.PostAsync($"/v1/editorial/articles/{article["id"]}/publish", expected: HttpStatusCode.OK);

    /// <summary>
    /// What was told of a thing: its place in the feed and its sections', and its events, purges included. (Other tests
    /// tell of theirs.)
    /// </summary>
    private Task<string?> ToldAsync(JsonObject thing) =>
        cms.ScalarAsync<string>(
            """
            select concat_ws(' ',
                (select max(sequence) from changes where entity_id = @id),
                (select max(sequence) from section_changes where entity_id = @id),
                (select count(*) from events where entity_id = @id),
                (select count(*) from events where data::text like '%' || @id || '%'))
            """,
            new { id = Guid.Parse((string)thing["id"]!) }
        );
}
