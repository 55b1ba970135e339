using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What is looked at before an article is published.</summary>
public sealed class ChecksTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task The_checks_tell_what_blocks_and_what_would_be_better()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var there = await cms.PublishedAsync();
        var draft = await cms.Editor.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = new string('x', 91),
                ["body"] = new JsonObject
                {
                    ["markdown"] =
                        $"[here](/v1/articles/{there["slug"]}) and "
                        + $"[there](/articles/{Names.Unique("nowhere")})\n\n"
                        + $"![](/media/{image["id"]}/original)\n\n"
                        + "`<a href=\"/v1/articles/code\">`",
                },
            }
        );
        var url = $"{Articles}/{draft["id"]}";

        var checks = await cms.Viewer.GetJsonAsync($"{url}/checks");

        Assert.False((bool)checks["canBePublished"]!);
        Assert.Equal(1, (int)checks["checkedRevision"]!);
        Assert.Equal(["/section required-to-publish"], Found(checks, "blockers"));
        Assert.Equal(
            [
                "/authors no-author",
                "/body/blocks/0 broken-link",
                "/body/blocks/1/image/alt no-alt-text",
                "/deck no-deck",
                "/headline long-headline",
                "/heroImage no-hero-image",
            ],
            Found(checks, "advice")
        );
    }

    [Fact]
    public async Task Nothing_is_found_in_an_article_that_has_everything()
    {
        var image = await (
            await cms.Editor.UploadAsync(Pictures.Png(), fields: ("alt", "A bridge"))
        ).ReadAsync(HttpStatusCode.Created);
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["deck"] = "A deck",
                ["section"] = section,
                ["authors"] = new JsonArray(await cms.AuthorAsync()),
                ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]! },
                ["body"] = new JsonObject
                {
                    ["markdown"] =
                        $"[Section](/v1/sections/{section})\n\n![](/media/{image["id"]}/original)\n\n"
                        + "[Out](https://example.org/articles/x)",
                },
            }
        );
        var checks = await cms.Viewer.GetJsonAsync($"{Articles}/{draft["slug"]}/checks");
        Assert.True((bool)checks["canBePublished"]!);
        Assert.Empty(Found(checks, "blockers"));
        Assert.Empty(Found(checks, "advice"));
    }

    [Fact]
    public async Task The_checks_of_what_is_out_of_reach_are_not_there()
    {
        var draft = await cms.DraftAsync();
        var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [await cms.SectionAsync()])).Token);
        await limited.GetJsonAsync($"{Articles}/{draft["id"]}/checks", HttpStatusCode.NotFound);
        await cms.Viewer.GetJsonAsync($"{Articles}/{Guid.NewGuid()}/checks", HttpStatusCode.NotFound);
    }

    private static string[] Found(JsonObject checks, string what) =>
        [
            .. checks[what]!
                .AsArray()
                .Select(f => $"{f!["pointer"]} {f["code"]}")
                .Order(StringComparer.Ordinal),
        ];
}
