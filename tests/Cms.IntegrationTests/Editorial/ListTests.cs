using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

public sealed class ListTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task Articles_are_filtered_sorted_and_searched()
    {
        var top = await cms.SectionAsync();
        var below = await cms.SectionAsync(top);
        var author = await cms.AuthorAsync();
        var draft = await cms.DraftAsync(
            new JsonObject { ["section"] = top, ["headline"] = "Zeta 3.5% growth at example.com" }
        );
        var published = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = below,
                ["authors"] = new JsonArray(author),
                ["headline"] = "Data-centre boom",
                ["kicker"] = "हिन्दी समाचार",
            }
        );
        var trashed = await cms.DraftAsync(new JsonObject { ["section"] = top });
        await cms.Editor.SendDeleteAsync($"{Articles}/{trashed["id"]}", "*");
        await cms.Editor.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["deck"] = "ÄRGER um Öl" }
        );
        async Task<string> FindAsync(string query) =>
            string.Join(
                ' ',
                (await cms.Viewer.GetJsonAsync($"{Articles}?section={top}&{query}"))["data"]!
                    .AsArray()
                    .Select(a =>
                        (string?)a!["id"] == (string?)draft["id"] ? "draft"
                        : (string?)a["id"] == (string?)published["id"] ? "published"
                        : "trashed"
                    )
            );

        Assert.Equal("draft published", await FindAsync("limit=100"));
        Assert.Equal("draft published", await FindAsync("sort=-updatedAt"));
        Assert.Equal("published draft", await FindAsync("sort=updatedAt"));
        Assert.Equal("published draft", await FindAsync("sort=-createdAt"));
        Assert.Equal("draft published", await FindAsync("sort=createdAt"));
        Assert.Equal("trashed", await FindAsync("status=trashed"));
        Assert.Equal("published", await FindAsync("status=published,unpublished"));
        Assert.Equal("draft trashed", await FindAsync("status=draft,trashed&sort=createdAt"));
        Assert.Equal("published", await FindAsync($"author={author}"));
        Assert.Equal("", await FindAsync($"author={author}&status=draft"));
        Assert.Equal("draft", await FindAsync($"updatedAfter={published["updatedAt"]}"));
        foreach (
            var (words, found) in new[]
            {
                ("zeta", "draft"),
                ("ZET", "draft"),
                ("zeta%20grow", "draft"),
                ("3.5", "draft"),
                ("example.com", "draft"),
                ("%C3%A4rger", "draft"),
                ("data-centre", "published"),
                ("centre%20data", "published"),
                ("हिन्दी", "published"),
                ("zeta%20boom", ""),
                ("%27%20%7C%20a%3A*%20%26%20!b", ""),
                ("zeta%5C", "draft"),
            }
        )
            Assert.Equal((words, found), (words, await FindAsync($"q={words}")));
        await cms.Viewer.GetJsonAsync($"{Articles}?q=%F0%9F%A6%8A", HttpStatusCode.BadRequest);
        foreach (
            var wrong in new[]
            {
                "status=gone",
                "status=Draft",
                "sort=headline",
                "updatedAfter=yesterday",
                "limit=0",
                "limit=101",
                "page=2",
                "limit=1&limit=1",
                "cursor=made-up",
                "q=%00",
                "fields=secret",
                "body=pdf",
            }
        )
            await cms.Viewer.GetJsonAsync($"{Articles}?{wrong}", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Articles_page_both_ways()
    {
        var section = await cms.SectionAsync();
        var ids = new List<string>();
        for (var n = 0; n < 7; n++)
            ids.Add((string)(await cms.DraftAsync(new JsonObject { ["section"] = section }))["id"]!);
        foreach (var sort in new[] { "createdAt", "-createdAt", "updatedAt", "-updatedAt" })
            await PageAsync(
                $"{Articles}?section={section}&sort={sort}&fields=id&",
                sort[0] == '-' ? Enumerable.Reverse(ids) : ids
            );
    }

    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    [InlineData("tags")]
    public async Task Things_are_made_read_found_changed_and_deleted(string collection)
    {
        var url = $"/v1/editorial/{collection}";
        var mark = Names.Unique("mark");
        var made = new List<JsonObject>();
        foreach (var letter in "abcde")
            made.Add(await cms.Editor.PostAsync(url, new JsonObject { ["name"] = $"100%_{letter} {mark}" }));
        await PageAsync($"{url}?q={mark}%20100%25_&fields=id&", made.Select(m => (string)m["id"]!));
        Assert.Empty((await cms.Viewer.GetJsonAsync($"{url}?q={mark}%20100__"))["data"]!.AsArray());

        var thing = made[0];
        Assert.True(JsonNode.DeepEquals(thing, await cms.Viewer.GetJsonAsync($"{url}/{thing["slug"]}")));
        Assert.True(JsonNode.DeepEquals(thing, await cms.Viewer.GetJsonAsync($"{url}/{thing["id"]}")));
        // The same name again is the same slug with a number; a slug that is asked for is not changed.
        var name = (string)made[1]["name"]!;
        if (collection == "tags")
        {
            var taken = await cms.Editor.PostAsync(
                url,
                new JsonObject { ["name"] = name.ToUpperInvariant() },
                HttpStatusCode.Conflict
            );
            Assert.Equal(
                ("name-taken", "/name name-taken"),
                ((string)taken["code"]!, taken.Faults().Single())
            );
            var renamed = await cms.Editor.ChangeAsync(
                $"{url}/{thing["id"]}",
                new JsonObject { ["name"] = name.ToUpperInvariant() },
                HttpStatusCode.Conflict
            );
            Assert.Equal("name-taken", (string?)renamed["code"]);
            await cms.Editor.ChangeAsync(
                $"{url}/{made[1]["id"]}",
                new JsonObject { ["name"] = name.ToUpperInvariant() }
            );
        }
        else
            Assert.Equal(
                $"{made[1]["slug"]}-2",
                (string?)(await cms.Editor.PostAsync(url, new JsonObject { ["name"] = name }))["slug"]
            );
        var conflict = await cms.Editor.PostAsync(
            url,
            new JsonObject { ["name"] = Names.Unique("x"), ["slug"] = (string)thing["slug"]! },
            HttpStatusCode.Conflict
        );
        Assert.Equal("slug-taken", (string?)conflict["code"]);
        await cms.Editor.ChangeAsync(
            $"{url}/{thing["id"]}",
            new JsonObject { ["slug"] = (string)made[1]["slug"]! },
            HttpStatusCode.Conflict
        );

        foreach (
            var (ifMatch, status) in new[]
            {
                (null, 428),
                ("\"2\"", 412),
                ("W/\"1\"", 412),
                ("x", 400),
                ("\"1\"", 200),
            }
        )
        {
            using var response = await cms.Editor.SendPatchAsync(
                $"{url}/{thing["slug"]}",
                new JsonObject { ["name"] = Names.Unique("new") },
                ifMatch
            );
            Assert.Equal((ifMatch, status), (ifMatch, (int)response.StatusCode));
            Assert.Equal(
                status is 412 ? "\"1\""
                    : status is 200 ? "\"2\""
                    : null,
                response.Headers.ETag?.ToString()
            );
        }
        Assert.Equal(428, await cms.Editor.SendDeleteAsync($"{url}/{thing["id"]}", null).StatusAsync());
        Assert.Equal(412, await cms.Editor.SendDeleteAsync($"{url}/{thing["id"]}", "\"1\"").StatusAsync());
        Assert.Equal(204, await cms.Editor.SendDeleteAsync($"{url}/{thing["id"]}", "\"2\"").StatusAsync());
        await cms.Viewer.GetJsonAsync($"{url}/{thing["id"]}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Of_a_hundred_changes_of_one_author_from_one_revision_one_wins()
    {
        var url = $"/v1/editorial/authors/{await cms.AuthorAsync()}";
        var answers = await RawRequests.TogetherAsync(
            Enumerable
                .Range(0, 100)
                .Select(n =>
                    (Func<Task<HttpResponseMessage>>)(
                        () => cms.Editor.SendPatchAsync(url, new JsonObject { ["bio"] = $"{n}" }, "\"1\"")
                    )
                )
        );
        Assert.Equal(
            [1, 99],
            answers.GroupBy(a => (int)a.StatusCode).OrderBy(g => g.Key).Select(g => g.Count())
        );
        Assert.Equal(2, (int?)(await cms.Editor.GetJsonAsync(url))["revision"]);
    }

    [Fact]
    public async Task Handles_of_an_author_are_merged_and_a_picture_in_use_is_kept()
    {
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var author = await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject
            {
                ["name"] = Names.Unique("Ada"),
                ["social"] = new JsonObject { ["mastodon"] = "@ada", ["x"] = "@ada" },
                ["avatar"] = (string)image["id"]!,
                ["email"] = "ada@example.org",
            }
        );
        var changed = await cms.Editor.ChangeAsync(
            $"/v1/editorial/authors/{author["id"]}",
            JsonNode.Parse("{\"social\":{\"x\":null,\"bluesky\":\"@ada.b\"}}")!
        );
        Assert.Equal("@ada", (string?)changed["social"]!["mastodon"]);
        Assert.Equal(
            ["bluesky", "mastodon"],
            changed["social"]!.AsObject().Select(s => s.Key).Order(StringComparer.Ordinal)
        );
        Assert.Equal((string?)image["id"], (string?)changed["avatar"]!["id"]);

        using var refused = await cms.Editor.SendDeleteAsync($"/v1/editorial/images/{image["id"]}", "*");
        var users = (await refused.ReadAsync(HttpStatusCode.Conflict))["usedBy"]!.AsArray();
        Assert.Equal(
            ((string?)author["id"], "author"),
            ((string?)users.Single()!["id"], (string?)users.Single()!["type"])
        );
        Assert.DoesNotContain(
            "ada@example.org",
            await cms.Anonymous.GetStringAsync(
                $"/v1/authors/{author["slug"]}",
                TestContext.Current.CancellationToken
            ),
            StringComparison.Ordinal
        );
    }

    /// <summary>Reads the list forth and back in twos, by its cursors.</summary>
    private async Task PageAsync(string url, IEnumerable<string> expected)
    {
        var (forth, back) = (new List<string>(), new List<string>());
        var page = await cms.Viewer.GetJsonAsync($"{url}limit=2&count=exact");
        Assert.Null(page["page"]!["previous"]);
        Assert.Equal(expected.Count(), (int?)page["page"]!["total"]);
        while (true)
        {
            forth.AddRange(page["data"]!.AsArray().Select(a => (string)a!["id"]!));
            if ((string?)page["page"]!["next"] is not { } next)
                break;
            page = await cms.Viewer.GetJsonAsync($"{url}limit=2&count=exact&cursor={next}");
        }
        while (true)
        {
            back.InsertRange(0, page["data"]!.AsArray().Select(a => (string)a!["id"]!));
            if ((string?)page["page"]!["previous"] is not { } previous)
                break;
            page = await cms.Viewer.GetJsonAsync($"{url}limit=2&cursor={previous}");
        }
        Assert.Equal(expected, forth);
        Assert.Equal(expected, back);
    }
}
