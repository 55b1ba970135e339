using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Delivery;

public sealed class GetArticleTests(CmsServer cms)
{
    [Fact]
    public async Task A_draft_is_seen_by_nobody_until_it_is_published()
    {
        var draft = await cms.DraftAsync();
        var url = $"/v1/articles/{draft["slug"]}";
        await cms.Anonymous.GetJsonAsync(url, HttpStatusCode.NotFound);

        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{draft["id"]}/publish",
            expected: HttpStatusCode.OK
        );

        var article = await cms.Anonymous.GetJsonAsync(url);
        Assert.Equal((string?)draft["headline"], (string?)article["headline"]);
        Assert.Equal("<p>One.</p>", "<p>" + (string?)article["body"]!["blocks"]![0]!["html"] + "</p>");
    }

    [Fact]
    public async Task An_image_in_an_article_comes_with_its_words()
    {
        var image = await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                "x.png",
                ("alt", "A grey field"),
                ("credit", "Photo: A. B.")
            )
        ).ReadAsync(HttpStatusCode.Created);
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]!, ["caption"] = "Here only" },
                ["body"] = new JsonObject
                {
                    ["html"] = $"<p>x</p><img src=\"/media/{image["id"]}/original\">",
                },
            }
        );

        var delivered = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles/{article["id"]}?body=blocks,html,markdown,text"
        );

        Assert.Equal("Here only", (string?)delivered["heroImage"]!["caption"]);
        Assert.Equal("Photo: A. B.", (string?)delivered["heroImage"]!["credit"]);
        Assert.Equal(40, (int?)delivered["heroImage"]!["width"]);
        Assert.Equal(40, (int?)delivered["body"]!["blocks"]![1]!["image"]!["width"]);
    }
}
