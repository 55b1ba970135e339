using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Sections, authors, tags and images, as readers get them.</summary>
public sealed class TermsTests(CmsServer cms)
{
    [Fact]
    public async Task A_section_has_every_member_of_the_contract()
    {
        var parent = await cms.SectionAsync();
        var slug = await cms.SectionAsync(parent);

        var section = await cms.Anonymous.GetJsonAsync($"/v1/sections/{slug}");
        var top = await cms.Anonymous.GetJsonAsync($"/v1/sections/{parent}");

        Assert.Equal("description id name parent position slug url", Members(section));
        Assert.Equal("id name slug url", Members(section["parent"]!));
        Assert.Equal(parent, (string?)section["parent"]!["slug"]);
        Assert.True(top.ContainsKey("parent") && top["parent"] is null);
        Assert.True(top.ContainsKey("description") && top["description"] is null);
        Assert.Equal(
            section.ToJsonString(),
            (await cms.Anonymous.GetJsonAsync($"/v1/sections/{section["id"]}")).ToJsonString()
        );
        Assert.Equal($"/v1/sections/{slug}", (string?)section["url"]);
    }

    [Fact]
    public async Task An_author_has_every_member_of_the_contract_and_no_address()
    {
        var slug = Names.Unique("author");
        var image = await UploadAsync(("alt", "A face"));
        var created = await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject
            {
                ["slug"] = slug,
                ["name"] = "Ada Obi",
                ["email"] = "ada@desk.example",
                ["social"] = new JsonObject { ["mastodon"] = "@ada@example.social" },
                ["avatar"] = image,
            }
        );
        Assert.Equal("ada@desk.example", (string?)created["email"]);

        var response = await cms.Anonymous.AskAsync("GET", $"/v1/authors/{slug}");
        var author = await response.ReadAsync(HttpStatusCode.OK);

        Assert.Equal("avatar bio id jobTitle name slug social url", Members(author));
        Assert.Equal(
            "alt caption credit crops dominantColor focalPoint height id placeholder sources thumbHash url width",
            Members(author["avatar"]!)
        );
        Assert.Equal("A face", (string?)author["avatar"]!["alt"]);
        Assert.True(author.ContainsKey("bio") && author["bio"] is null);
        Assert.Equal("@ada@example.social", (string?)author["social"]!["mastodon"]);
        Assert.DoesNotContain("desk.example", author.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(
            author.ToJsonString(),
            (await cms.Reader.GetJsonAsync($"/v1/authors/{author["id"]}")).ToJsonString()
        );
        // The picture is published by being theirs.
        await cms.Anonymous.GetJsonAsync($"/v1/images/{image}");
    }

    [Theory]
    [InlineData("sections")]
    [InlineData("authors")]
    [InlineData("images")]
    public async Task What_is_not_there_is_not_found(string kind)
    {
        foreach (
            var name in kind == "images"
                ? new[] { "00000000-0000-7000-8000-000000000000" }
                : ["00000000-0000-7000-8000-000000000000", "nothing-here", "UPPER", "%FF"]
        )
            await (await cms.Anonymous.AskAsync("GET", $"/v1/{kind}/{name}")).ProblemAsync(
                HttpStatusCode.NotFound,
                "not-found"
            );
    }

    [Theory]
    [InlineData("/v1/images/not-an-id")]
    [InlineData("/media/not-an-id/original")]
    [InlineData("/v1/images/00000000-0000-7000-8000-000000000000?fields=fileName")]
    [InlineData("/v1/sections/a?fields=revision")]
    [InlineData("/v1/authors/a?fields=email")]
    [InlineData("/v1/authors/a?email=1")]
    public async Task What_cannot_be_asked_is_refused(string url) =>
        await (await cms.Anonymous.AskAsync("GET", url)).ProblemAsync(
            HttpStatusCode.BadRequest,
            "invalid-parameter"
        );

    [Fact]
    public async Task A_new_name_of_a_section_author_or_tag_is_in_its_articles_at_once()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var tag = Names.Unique("tag");
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
            }
        );
        var url = $"/v1/articles/{article["id"]}";
        var before = await cms.Anonymous.AskAsync("GET", url);
        var updatedAt = (string?)(await before.ReadAsync(HttpStatusCode.OK))["updatedAt"];
        var newTag = Names.Unique("New tag");
        await PatchAsync($"/v1/editorial/sections/{section}", new JsonObject { ["name"] = "New section" });
        await PatchAsync($"/v1/editorial/authors/{author}", new JsonObject { ["name"] = "New author" });
        await PatchAsync($"/v1/editorial/tags/{tag}", new JsonObject { ["name"] = newTag });

        var after = await cms.Anonymous.AskAsync("GET", url, ("If-None-Match", before.Field("ETag")!));
        var delivered = await after.ReadAsync(HttpStatusCode.OK);
        Assert.Equal("New section", (string?)delivered["section"]!["name"]);
        Assert.Equal("New author", (string?)delivered["authors"]![0]!["name"]);
        Assert.Equal(newTag, (string?)delivered["tags"]![0]!["name"]);
        Assert.Equal(updatedAt, (string?)delivered["updatedAt"]);
        var listed = (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}"))["data"]![0]!;
        Assert.Equal("New section", (string?)listed["section"]!["name"]);
        Assert.Equal("New author", (string?)listed["authors"]![0]!["name"]);
    }

    [Fact]
    public async Task A_section_moved_elsewhere_takes_its_articles_along()
    {
        var from = await cms.SectionAsync();
        var to = await cms.SectionAsync();
        var middle = await cms.SectionAsync(from);
        var section = await cms.SectionAsync(middle);
        var article = await cms.PublishedAsync(new JsonObject { ["section"] = section });

        await PatchAsync($"/v1/editorial/sections/{middle}", new JsonObject { ["parent"] = to });

        foreach (var (slug, there) in new[] { (from, false), (to, true), (middle, true), (section, true) })
        foreach (var more in new[] { "", "&access=public", "&count=exact" })
            Assert.Equal(
                there ? [(string)article["id"]!] : [],
                (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={slug}{more}")).Ids()
            );
    }

    [Fact]
    public async Task A_tag_and_an_image_are_there_while_something_published_uses_them()
    {
        var tag = Names.Unique("tag");
        var hero = await UploadAsync();
        var inline = await UploadAsync();
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["tags"] = new JsonArray(tag),
                ["heroImage"] = new JsonObject { ["id"] = hero },
                ["body"] = new JsonObject { ["markdown"] = $"One.\n\n![x](/media/{inline}/original)" },
            }
        );

        await SeenAsync(false);
        await ActAsync("publish");
        await SeenAsync(true);
        await ActAsync("unpublish");
        await SeenAsync(false);
        await ActAsync("publish");
        // Taking them out at the desk is not yet taking them out.
        await PatchAsync(
            $"/v1/editorial/articles/{draft["id"]}",
            JsonNode.Parse("""{ "tags": [], "heroImage": null, "body": { "markdown": "One." } }""")!
        );
        await SeenAsync(true);
        await ActAsync("publish");
        await SeenAsync(false);

        async Task SeenAsync(bool seen)
        {
            foreach (var image in new[] { hero, inline })
            {
                var response = await cms.Anonymous.AskAsync("GET", $"/v1/images/{image}");
                Assert.Equal(seen ? HttpStatusCode.OK : HttpStatusCode.NotFound, response.StatusCode);
            }
            var tags = new List<string>();
            foreach (var page in await cms.Anonymous.PagesAsync("/v1/tags?limit=100&fields=name"))
                tags.AddRange(page["data"]!.AsArray().Select(t => (string)t!["name"]!));
            Assert.Equal(seen, tags.Contains(tag));
        }

        Task<JsonObject> ActAsync(string act) =>
            cms.Editor.PostAsync($"/v1/editorial/articles/{draft["id"]}/{act}", expected: HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_image_says_in_every_place_what_was_said_there_or_what_it_says_itself()
    {
        var image = await UploadAsync(
            ("alt", "Own alt"),
            ("caption", "Own caption"),
            ("credit", "Own credit")
        );
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["heroImage"] = new JsonObject { ["id"] = image, ["caption"] = "Said here" },
            }
        );

        var own = await cms.Anonymous.GetJsonAsync($"/v1/images/{image}");
        var hero = (await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["heroImage"]!;

        Assert.Equal(
            "alt caption credit crops dominantColor focalPoint height id placeholder sources thumbHash url width",
            Members(own)
        );
        Assert.Equal(
            "alt caption credit crops dominantColor focalPoint height id placeholder sources thumbHash url width",
            Members(hero)
        );
        Assert.Equal("Own caption", (string?)own["caption"]);
        Assert.Equal("Said here", (string?)hero["caption"]);
        Assert.Equal("Own alt", (string?)hero["alt"]);
        await PatchAsync($"/v1/editorial/images/{image}", new JsonObject { ["alt"] = "New alt" });
        Assert.Equal(
            "New alt",
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["heroImage"]!["alt"]
        );
    }

    [Fact]
    public async Task Sections_come_in_the_order_of_their_positions_and_authors_by_name()
    {
        using var reader = cms.Anonymous;
        var positions = new List<int>();
        foreach (var page in await reader.PagesAsync("/v1/sections?limit=100"))
            positions.AddRange(page["data"]!.AsArray().Select(s => (int)s!["position"]!));
        Assert.Equal(positions.Order(), positions);

        var stem = Names.Unique("order");
        foreach (var name in new[] { "Zoe", "émile", "Eve", "Emil", "adam" })
            await cms.Editor.PostAsync(
                "/v1/editorial/authors",
                new JsonObject { ["slug"] = Names.Unique(stem), ["name"] = $"{stem} {name}" }
            );
        var names = new List<string>();
        foreach (var page in await reader.PagesAsync("/v1/authors?limit=100&fields=name"))
            names.AddRange(page["data"]!.AsArray().Select(a => (string)a!["name"]!));
        Assert.Equal(
            ["adam", "Emil", "émile", "Eve", "Zoe"],
            names.Where(n => n.StartsWith(stem, StringComparison.Ordinal)).Select(n => n[(stem.Length + 1)..])
        );
    }

    private async Task<string> UploadAsync(params (string, string)[] fields) =>
        (string)
            (
                await (await cms.Editor.UploadAsync(Pictures.Png(), "x.png", fields)).ReadAsync(
                    HttpStatusCode.Created
                )
            )["id"]!;

    private async Task PatchAsync(string url, JsonNode patch)
    {
        var current = await cms.Editor.GetJsonAsync(url);
        await (await cms.Editor.SendPatchAsync(url, patch, $"\"{current["revision"]}\"")).ReadAsync(
            HttpStatusCode.OK
        );
    }

    private static string Members(JsonNode node) =>
        string.Join(' ', node.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
}
