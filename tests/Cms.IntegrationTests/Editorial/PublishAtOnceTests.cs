using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary><c>publish=true</c> on a save: it is saved and published, or neither.</summary>
public sealed class PublishAtOnceTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task One_request_opens_and_publishes_an_article()
    {
        var headline = Names.Unique("At once");
        var article = await cms.Editor.PostAsync(
            $"{Articles}?publish=true",
            new JsonObject
            {
                ["headline"] = headline,
                ["section"] = await cms.SectionAsync(),
                ["body"] = new JsonObject { ["markdown"] = "One." },
            }
        );

        Assert.Equal(
            ("published", 1, 1, false),
            (
                (string?)article["status"],
                (int)article["revision"]!,
                (int)article["publishedRevision"]!,
                (bool)article["hasUnpublishedChanges"]!
            )
        );
        var read = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}");
        Assert.Equal(headline, (string?)read["headline"]);
        Assert.Equal((string?)article["publishedAt"], (string?)read["publishedAt"]);
    }

    [Fact]
    public async Task One_request_changes_and_publishes_an_article()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";

        using var response = await cms.Editor.SendPatchAsync(
            $"{url}?publish=true",
            new JsonObject { ["deck"] = "New" },
            "\"1\""
        );

        var changed = await response.ReadAsync(HttpStatusCode.OK);
        Assert.Equal("\"2\"", response.Headers.ETag?.ToString());
        Assert.Equal((2, 2), ((int)changed["revision"]!, (int)changed["publishedRevision"]!));
        Assert.Equal(
            "New",
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["deck"]
        );
    }

    [Fact]
    public async Task A_save_that_cannot_be_published_is_not_saved_and_all_its_faults_are_told_at_once()
    {
        var headline = Names.Unique("Not at once");
        var refused = await cms.Editor.PostAsync(
            $"{Articles}?publish=true",
            new JsonObject { ["headline"] = headline, ["authors"] = new JsonArray("nobody-of-this-name") },
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal(
            ["/authors/0", "/body", "/section"],
            refused["errors"]!.AsArray().Select(e => (string?)e!["pointer"]).Order()
        );
        var saved = await cms.Editor.GetJsonAsync($"{Articles}?q={Uri.EscapeDataString(headline)}");
        Assert.Empty(saved["data"]!.AsArray());

        var draft = await cms.DraftAsync();
        using var response = await cms.Editor.SendPatchAsync(
            $"{Articles}/{draft["id"]}?publish=true",
            new JsonObject { ["section"] = null, ["deck"] = "Lost" },
            "\"1\""
        );
        var problem = await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
        var fault = Assert.Single(problem["errors"]!.AsArray());
        Assert.Equal(
            ("/section", "required-to-publish"),
            ((string?)fault!["pointer"], (string?)fault["code"])
        );
        Assert.Equal(1, (int)(await cms.Editor.GetJsonAsync($"{Articles}/{draft["id"]}"))["revision"]!);
    }

    [Fact]
    public async Task Who_may_not_publish_may_save_but_not_publish_at_once()
    {
        var body = new JsonObject
        {
            ["headline"] = Names.Unique("Mine"),
            ["section"] = await cms.SectionAsync(),
            ["body"] = new JsonObject { ["markdown"] = "One." },
        };
        var problem = await cms.Contributor.PostAsync(
            $"{Articles}?publish=true",
            body.DeepClone(),
            HttpStatusCode.Forbidden
        );
        Assert.Contains("editor or admin", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains("contributor", (string?)problem["detail"], StringComparison.Ordinal);

        var draft = await cms.Contributor.PostAsync(Articles, body);
        using var response = await cms.Contributor.SendPatchAsync(
            $"{Articles}/{draft["id"]}?publish=true",
            new JsonObject { ["deck"] = "New" },
            "\"1\""
        );
        await response.ReadAsync(HttpStatusCode.Forbidden);
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{draft["slug"]}", HttpStatusCode.NotFound);
    }
}
