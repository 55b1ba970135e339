using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Sync;

namespace Cms.IntegrationTests.Images;

/// <summary>The desk's list of images, and who uses each of them.</summary>
public sealed class LibraryTests(CmsServer cms)
{
    private const string Images = "/v1/editorial/images";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_come_first_and_other_orders_can_be_had()
    {
        var word = Names.Unique("album");
        var ids = new List<string>();
        for (var n = 0; n < 5; n++)
            ids.Add((string)(await cms.ImageAsync($"{word} {n}"))["id"]!);
        Assert.Equal(Enumerable.Reverse(ids), await WalkAsync($"q={word}"));
        Assert.Equal(ids, await WalkAsync($"q={word}&sort=createdAt"));
        await cms.ChangeAsync($"images/{ids[1]}", new() { ["alt"] = "Changed" });
        Assert.Equal(ids[1], (await WalkAsync($"q={word}&sort=-updatedAt"))[0]);
        Assert.Equal(ids[1], (await WalkAsync($"q={word}&sort=updatedAt"))[^1]);
    }

    [Fact]
    public async Task Images_are_found_by_any_of_their_texts()
    {
        var texts = (string[])["caption", "credit", "alt", "title"];
        foreach (var text in texts)
        {
            var word = Names.Unique(text);
            var image = await (
                await cms.Editor.UploadAsync(Pictures.Png(), fields: (text, $"Some 100% {word}, and more"))
            ).ReadAsync(HttpStatusCode.Created);
            foreach (var q in (string[])[word, word.ToUpperInvariant(), $"{word} 100%", word[1..^1]])
                Assert.Equal([(string)image["id"]!], await WalkAsync($"q={Uri.EscapeDataString(q)}"));
            Assert.Empty(await WalkAsync($"q={word}+absent"));
        }
        var name = Names.Unique("file");
        var named = await (await cms.Editor.UploadAsync(Pictures.Png(), $"{name}.png")).ReadAsync(
            HttpStatusCode.Created
        );
        Assert.Equal([(string)named["id"]!], await WalkAsync($"q={name}.png"));
    }

    [Fact]
    public async Task What_nothing_uses_can_be_listed_and_an_image_names_its_articles()
    {
        var word = Names.Unique("usage");
        var (hero, drafted, avatar, unused) = (
            await IdAsync(word),
            await IdAsync(word),
            await IdAsync(word),
            await IdAsync(word)
        );
        var published = await cms.PublishedAsync(new() { ["heroImage"] = new JsonObject { ["id"] = hero } });
        var draft = await cms.DraftAsync(
            new()
            {
                ["body"] = new JsonObject
                {
                    ["html"] =
                        $"<p>One.</p><img src=\"/media/{drafted}/original\"><img src=\"/media/{hero}/original\">",
                },
            }
        );
        await cms.ChangeAsync($"authors/{await cms.AuthorAsync()}", new() { ["avatar"] = avatar });

        Assert.Equal([unused], await WalkAsync($"q={word}&unused=true"));
        Assert.Equal([avatar, drafted, hero], await WalkAsync($"q={word}&unused=false"));

        var users = await cms.Viewer.GetJsonAsync($"{Images}/{hero}/articles");
        Assert.Equal(
            [
                ((string)draft["id"]!, "draft", false, false),
                ((string)published["id"]!, "published", true, true),
            ],
            users["data"]!
                .AsArray()
                .Select(a =>
                    (
                        (string)a!["id"]!,
                        (string)a["status"]!,
                        (bool)a["isPublishedWithIt"]!,
                        (bool)a["isHero"]!
                    )
                )
        );
        Assert.Equal((string?)draft["headline"], (string?)users["data"]![0]!["headline"]);
        Assert.Empty((await cms.Viewer.GetJsonAsync($"{Images}/{unused}/articles"))["data"]!.AsArray());
        var first = await cms.Viewer.GetJsonAsync($"{Images}/{hero}/articles?limit=1");
        var second = await cms.Viewer.GetJsonAsync(
            $"{Images}/{hero}/articles?limit=1&cursor={first["page"]!["next"]}"
        );
        Assert.Equal((string?)published["id"], (string?)second["data"]!.AsArray().Single()!["id"]);
        await cms.Viewer.GetJsonAsync($"{Images}/{Guid.CreateVersion7()}/articles", HttpStatusCode.NotFound);

        // The published revision keeps what the working copy has no longer.
        await cms.ChangeAsync($"articles/{published["id"]}", new() { ["heroImage"] = null });
        Assert.Contains(hero, await WalkAsync($"q={word}&unused=false"));
        Assert.Equal(
            2,
            (await cms.Viewer.GetJsonAsync($"{Images}/{hero}/articles"))["data"]!.AsArray().Count
        );
    }

    [Fact]
    public async Task The_desk_sees_whose_rights_end_before_and_after_the_day()
    {
        var word = Names.Unique("rights");
        var ids = new List<string>();
        foreach (var until in (string?[])[null, "2020-05-01T00:00:00Z", "2120-05-01T00:00:00Z"])
        {
            ids.Add(await IdAsync(word));
            await cms.ChangeAsync($"images/{ids[^1]}", new() { ["usageUntil"] = until });
        }
        Assert.Equal([ids[1], ids[2]], await WalkAsync($"q={word}&sort=usageUntil"));
        Assert.Equal([ids[2], ids[1]], await WalkAsync($"q={word}&sort=-usageUntil"));
        Assert.Equal([ids[1]], await WalkAsync($"q={word}&usageUntilBefore=2120-05-01T00:00:00Z"));
        Assert.Equal([ids[2]], await WalkAsync($"q={word}&usageUntilAfter=2120-05-01T00:00:00Z"));
    }

    private async Task<string> IdAsync(string caption) => (string)(await cms.ImageAsync(caption))["id"]!;

    /// <summary>All ids, by pages of two.</summary>
    private async Task<List<string>> WalkAsync(string query)
    {
        var (ids, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = await cms.Viewer.GetJsonAsync(
                $"{Images}?{query}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}"
            );
            ids.AddRange(page["data"]!.AsArray().Select(i => (string)i!["id"]!));
            cursor = (string?)page["page"]!["next"];
        } while (cursor is not null);
        return ids;
    }
}
