using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

/// <summary>The ids of blocks, as the desk and readers see them.</summary>
public sealed class BlockIdTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task Blocks_keep_their_ids_when_they_are_written_back_and_when_the_body_comes_as_text()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        var ids = IdsOf(draft);
        var blocks = draft["body"]!["blocks"]!.AsArray().Select(b => b!.DeepClone().AsObject()).ToArray();
        blocks[1]["html"] = "Something else.";

        var written = await PatchAsync(url, new() { ["blocks"] = new JsonArray(blocks[2], blocks[1]) });
        Assert.Equal([ids[2], ids[1]], IdsOf(written));
        var text = await PatchAsync(url, new() { ["markdown"] = "Three.\n\nNew.\n\nSomething else." });
        Assert.Equal((ids[2], ids[1]), (IdsOf(text)[0], IdsOf(text)[2]));
        var html = await PatchAsync(url, new() { ["html"] = "<p>Something else.</p><p>Three.</p>" });
        Assert.Equal([ids[1], ids[2]], IdsOf(html));
        await cms.Editor.ActAsync($"{url}/publish");
        Assert.Equal(IdsOf(html), IdsOf(await cms.Reader.GetJsonAsync($"/v1/articles/{draft["slug"]}")));
        var faulty = await cms.Editor.ChangeAsync(
            url,
            new JsonObject
            {
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject { ["type"] = "divider", ["id"] = "a" },
                        new JsonObject { ["type"] = "divider", ["id"] = "a" },
                        new JsonObject { ["type"] = "divider", ["id"] = "a b" }
                    ),
                },
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/body/blocks/1/id repeated", "/body/blocks/2/id invalid"], faulty.Faults());
    }

    [Fact]
    public async Task Other_ids_alone_are_no_change_for_anybody()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        var before = await cms.Reader.GetAsync(
            $"/v1/articles/{article["slug"]}",
            TestContext.Current.CancellationToken
        );
        var blocks = article["body"]!["blocks"]!.AsArray().Select(b => b!.DeepClone().AsObject()).ToArray();
        foreach (var (block, i) in blocks.Select((b, i) => (b, i)))
            block["id"] = $"mine-{i}";

        var saved = await PatchAsync(url, new() { ["blocks"] = new JsonArray([.. blocks]) });

        Assert.Equal(["mine-0", "mine-1", "mine-2"], IdsOf(saved));
        Assert.False((bool)saved["hasUnpublishedChanges"]!);
        var list = await cms.Editor.GetJsonAsync($"{url}/revisions?limit=1");
        Assert.Empty(list["data"]![0]!["changed"]!.AsArray());
        await cms.Editor.ActAsync($"{url}/publish");
        var after = await cms.Reader.GetAsync(
            $"/v1/articles/{article["slug"]}",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(before.Headers.ETag, after.Headers.ETag);
    }

    [Fact]
    public async Task Bodies_from_before_there_were_ids_have_them_the_same_for_the_desk_and_for_readers()
    {
        var article = await cms.PublishedAsync(new() { ["access"] = "subscriber" });
        var url = $"{Articles}/{article["id"]}";

        Assert.DoesNotContain(
            "\"id\"",
            await cms.ScalarAsync<string>(
                "select body::text from published_articles where id = @id::uuid",
                new { id = (string)article["id"]! }
            )
        );
        var desk = IdsOf(await cms.Editor.GetJsonAsync(url));
        Assert.Equal(desk, IdsOf(await cms.Reader.GetJsonAsync($"/v1/articles/{article["slug"]}")));
        var teaser = IdsOf(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}"));
        Assert.Equal(desk[..teaser.Length], teaser);
        var patched = await cms.Editor.ChangeAsync(url, new JsonObject { ["deck"] = "D" });
        Assert.Equal(desk, IdsOf(patched));
    }

    private Task<JsonObject> PatchAsync(string url, JsonObject body) =>
        cms.Editor.ChangeAsync(url, new JsonObject { ["body"] = body });

    private static string[] IdsOf(JsonObject article) =>
        [.. article["body"]!["blocks"]!.AsArray().Select(b => (string)b!["id"]!)];
}
