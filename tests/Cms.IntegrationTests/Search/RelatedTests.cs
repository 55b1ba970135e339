using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Search;

/// <summary>Articles like another.</summary>
public sealed class RelatedTests(CmsServer cms)
{
    [Fact]
    public async Task What_shares_more_and_rarer_things_comes_first_and_the_article_itself_never()
    {
        var (rare, other) = (Names.Unique("tag"), Names.Unique("tag"));
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var article = await ArticleAsync(section, [rare, other], author);
        var twice = await ArticleAsync(await cms.SectionAsync(), [rare, other], null);
        var once = await ArticleAsync(await cms.SectionAsync(), [other], null);
        var sameAuthor = await ArticleAsync(await cms.SectionAsync(), [], author);
        var sameSection = await ArticleAsync(section, [], null);
        await ArticleAsync(await cms.SectionAsync(), [], null);

        var related = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}/related");

        Assert.Equal(
            [
                (string)twice["id"]!,
                (string)once["id"]!,
                (string)sameAuthor["id"]!,
                (string)sameSection["id"]!,
            ],
            related["data"]!.AsArray().Select(a => (string)a!["id"]!)
        );
        var byId = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles/{article["id"]}/related?limit=1&fields=slug"
        );
        Assert.Equal((string?)twice["slug"], (string?)Assert.Single(byId["data"]!.AsArray())!["slug"]);
        Assert.Single(byId["data"]![0]!.AsObject());
    }

    [Fact]
    public async Task Rare_words_of_the_headline_relate_what_shares_nothing_else()
    {
        var word = Names.Word();
        var article = await cms.PublishedAsync(new JsonObject { ["headline"] = $"The {word} lands" });
        var other = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Word(),
                ["body"] = new JsonObject { ["markdown"] = $"Seen: a {word} at noon." },
            }
        );

        await Wait.UntilAsync(
            "the rare word in the vocabulary",
            async () =>
                (await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}/related"))["data"]!
                    .AsArray()
                    .Any(a => (string?)a!["id"] == (string?)other["id"])
        );
    }

    [Fact]
    public async Task Drafts_and_what_was_withdrawn_are_related_to_nothing()
    {
        var tag = Names.Unique("tag");
        var article = await ArticleAsync(await cms.SectionAsync(), [tag], null);
        await cms.DraftAsync(new JsonObject { ["headline"] = Names.Word(), ["tags"] = new JsonArray(tag) });
        var withdrawn = await ArticleAsync(await cms.SectionAsync(), [tag], null);
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{withdrawn["id"]}/unpublish",
            expected: HttpStatusCode.OK
        );

        Assert.Empty(
            (await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}/related"))["data"]!.AsArray()
        );
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{withdrawn["slug"]}/related", HttpStatusCode.Gone);
        await cms.Anonymous.GetJsonAsync("/v1/articles/never-was/related", HttpStatusCode.NotFound);
        await cms.Anonymous.GetJsonAsync(
            $"/v1/articles/{article["slug"]}/related?limit=21",
            HttpStatusCode.BadRequest
        );
    }

    [Fact]
    public async Task A_former_slug_leads_on()
    {
        var article = await ArticleAsync(await cms.SectionAsync(), [], null);
        var slug = Names.Unique("renamed");
        await (
            await cms.Editor.SendPatchAsync(
                $"/v1/editorial/articles/{article["id"]}",
                new JsonObject { ["slug"] = slug },
                $"\"{article["revision"]}\""
            )
        ).ReadAsync(HttpStatusCode.OK);
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/publish",
            expected: HttpStatusCode.OK
        );

        var answer = await cms.Anonymous.AskAsync("GET", $"/v1/articles/{article["slug"]}/related?limit=3");

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        // A shared cache keeps it, and must let it go with everything.
        Assert.Contains("all", answer.Headers.GetValues("Cache-Tag").Single().Split(','));
        Assert.Equal($"/v1/articles/{slug}/related?limit=3", answer.Field("Location"));
    }

    private Task<JsonObject> ArticleAsync(string section, string[] tags, string? author) =>
        cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = Names.Word(),
                ["section"] = section,
                ["tags"] = new JsonArray([.. tags.Select(t => (JsonNode)t)]),
                ["authors"] = author is null ? new JsonArray() : new JsonArray(author),
            }
        );
}
