using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>What tags say, their former slugs, and tags that were merged into others.</summary>
public sealed class TagTests(CmsServer cms)
{
    [Fact]
    public async Task A_tag_has_a_page_with_what_it_is_about_and_how_many_articles_carry_it()
    {
        var slug = Names.Unique("person");
        var made = await cms.Editor.PostAsync(
            "/v1/editorial/tags",
            new JsonObject
            {
                ["slug"] = slug,
                ["name"] = $"Ada {slug}",
                ["kind"] = "person",
                ["description"] = "Wrote the first program.",
                ["sameAs"] = new JsonArray("https://wiki.example/ada"),
            }
        );
        // Readers see it once a published article carries it.
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await cms.Anonymous.AskAsync("GET", $"/v1/tags/{slug}")).StatusCode
        );
        await cms.DraftAsync(new JsonObject { ["tags"] = new JsonArray(slug) });
        await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(slug) });
        var tag = await cms.Anonymous.GetJsonAsync($"/v1/tags/{slug}");

        Assert.Equal(
            "{\"id\":\""
                + made["id"]
                + $"\",\"slug\":\"{slug}\",\"name\":\"Ada {slug}\",\"url\":\"/v1/tags/{slug}\","
                + "\"kind\":\"person\",\"description\":\"Wrote the first program.\","
                + "\"sameAs\":[\"https://wiki.example/ada\"],\"articleCount\":1}",
            tag.ToJsonString()
        );
        Assert.Equal(
            tag.ToJsonString(),
            (await cms.Anonymous.GetJsonAsync($"/v1/tags/{tag["id"]}")).ToJsonString()
        );
        await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(slug) });
        Assert.Equal(2, (int)(await cms.Anonymous.GetJsonAsync($"/v1/tags/{slug}"))["articleCount"]!);
    }

    [Theory]
    [InlineData("""{ "kind": "Person" }""", "/kind wrong-form")]
    [InlineData("""{ "sameAs": ["javascript:alert(1)"] }""", "/sameAs/0 wrong-form")]
    [InlineData("""{ "sameAs": [""] }""", "/sameAs/0 empty")]
    public async Task What_a_tag_cannot_say_is_refused_where_it_stands(string patch, string fault)
    {
        var slug = Names.Unique("tag");
        await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = slug });

        var problem = await cms.Editor.ChangeAsync(
            $"/v1/editorial/tags/{slug}",
            JsonNode.Parse(patch)!,
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Contains(fault, problem.Faults());
    }

    [Fact]
    public async Task A_filter_by_a_former_slug_means_the_present_tag()
    {
        var (first, second) = (Names.Unique("first"), Names.Unique("second"));
        var article = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(first) });
        await cms.Editor.ChangeAsync($"/v1/editorial/tags/{first}", new JsonObject { ["slug"] = second });

        foreach (var slug in new[] { first, second, $"{first},{second}" })
        {
            Assert.Equal(
                [(string)article["id"]!],
                (await cms.Anonymous.GetJsonAsync($"/v1/articles?tag={slug}&count=exact")).Ids()
            );
            Assert.Equal(
                [(string)article["id"]!],
                (await cms.Anonymous.GetJsonAsync($"/v1/search?q={article["headline"]}&tag={slug}")).Ids()
            );
        }
        // Writers who remember the old slug get the tag, too.
        var draft = await cms.DraftAsync(new JsonObject { ["tags"] = new JsonArray(first) });
        Assert.Equal(second, (string?)draft["tags"]![0]!["slug"]);
    }

    [Fact]
    public async Task A_former_slug_that_a_new_tag_takes_leads_to_it_once_readers_can_see_it()
    {
        var (old, now) = (Names.Unique("old"), Names.Unique("now"));
        await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(old) });
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/tags/{old}",
            new JsonObject { ["slug"] = now, ["name"] = now }
        );
        var moved = await cms.Anonymous.AskAsync("GET", $"/v1/tags/{old}");
        Assert.Equal($"/v1/tags/{now}", moved.Field("Location"));

        var taker = await cms.Editor.PostAsync(
            "/v1/editorial/tags",
            new JsonObject { ["slug"] = old, ["name"] = old }
        );
        moved = await cms.Anonymous.AskAsync("GET", $"/v1/tags/{old}");
        Assert.Equal($"/v1/tags/{now}", moved.Field("Location"));
        var article = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(old) });

        Assert.Equal(
            (string?)taker["id"],
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/tags/{old}"))["id"]
        );
        Assert.Equal(
            [(string)article["id"]!],
            (await cms.Anonymous.GetJsonAsync($"/v1/articles?tag={old}")).Ids()
        );
    }

    [Fact]
    public async Task A_merged_tags_articles_carry_the_other_tag_and_no_word_of_them_changes()
    {
        var (from, into) = (Names.Unique("from"), Names.Unique("into"));
        var one = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(from, "middle") });
        var both = await cms.PublishedAsync(
            new JsonObject { ["tags"] = new JsonArray(into, "middle", from) }
        );
        var draft = await cms.DraftAsync(new JsonObject { ["tags"] = new JsonArray(from) });
        var before = await cms.Anonymous.GetJsonAsync($"/v1/articles/{one["id"]}");
        var merged = await MergeAsync(from, into);

        Assert.Equal(into, (string?)merged["slug"]);
        var after = await cms.Anonymous.GetJsonAsync($"/v1/articles/{one["id"]}");
        Assert.Equal([into, "middle"], Slugs(after));
        Assert.Equal((string?)before["updatedAt"], (string?)after["updatedAt"]);
        Assert.Equal([into, "middle"], Slugs(await cms.Anonymous.GetJsonAsync($"/v1/articles/{both["id"]}")));
        // The old slug still finds them, in lists, in searches and by itself.
        foreach (var slug in new[] { from, into })
            Assert.Equal(
                new[] { (string)one["id"]!, (string)both["id"]! }.Order(StringComparer.Ordinal),
                (await cms.Anonymous.GetJsonAsync($"/v1/articles?tag={slug}"))
                    .Ids()
                    .Order(StringComparer.Ordinal)
            );
        Assert.Equal(
            [(string)one["id"]!],
            (await cms.Anonymous.GetJsonAsync($"/v1/search?q={one["headline"]}&tag={into}")).Ids()
        );
        Assert.Equal(
            $"/v1/tags/{into}",
            (await cms.Anonymous.AskAsync("GET", $"/v1/tags/{from}")).Field("Location")
        );
        Assert.Equal(2, (int)(await cms.Anonymous.GetJsonAsync($"/v1/tags/{into}"))["articleCount"]!);

        // The desk: drafts, old revisions and writers who use the old name.
        var url = $"/v1/editorial/articles/{draft["id"]}";
        var read = await cms.Editor.GetJsonAsync(url);
        Assert.Equal([into], Slugs(read));
        Assert.Equal((int)draft["revision"]!, (int)read["revision"]!);
        var saved = await cms.Editor.ChangeAsync(url, new JsonObject { ["deck"] = "D" });
        Assert.Equal([into], Slugs(saved));
        Assert.Equal([into], Slugs(await cms.Editor.GetJsonAsync($"{url}/revisions/1")));
        Assert.Equal([into], Slugs(await cms.DraftAsync(new JsonObject { ["tags"] = new JsonArray(from) })));
        // Published again, nothing of it is lost.
        await cms.Editor.ActAsync($"/v1/editorial/articles/{one["id"]}/publish");
        Assert.Equal([into, "middle"], Slugs(await cms.Anonymous.GetJsonAsync($"/v1/articles/{one["id"]}")));
    }

    [Fact]
    public async Task Merges_follow_each_other_and_a_former_slug_leads_to_the_last_tag_in_one_step()
    {
        var (a, b, c) = (Names.Unique("a"), Names.Unique("b"), Names.Unique("c"));
        var article = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(a, b, c) });
        await MergeAsync(a, b);
        await MergeAsync(b, c);

        Assert.Equal([c], Slugs(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}")));
        foreach (var slug in new[] { a, b })
            Assert.Equal(
                $"/v1/tags/{c}",
                (await cms.Anonymous.AskAsync("GET", $"/v1/tags/{slug}")).Field("Location")
            );
    }

    [Fact]
    public async Task Apps_that_sync_drop_the_merged_tag_and_get_its_articles_again()
    {
        var (from, into) = (Names.Unique("from"), Names.Unique("into"));
        var article = await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(from) });
        var section = (string)article["section"]!["slug"]!;
        var tag = (string)(await cms.Editor.GetJsonAsync($"/v1/editorial/tags/{from}"))["id"]!;
        await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = into });
        var page = await cms.Anonymous.GetJsonAsync($"/v1/sync?section={section}&types=tag,article");
        while ((bool)page["hasMore"]!)
            page = await cms.Anonymous.GetJsonAsync($"/v1/sync?cursor={page["cursor"]}");
        await MergeAsync(from, into);
        page = await cms.Anonymous.GetJsonAsync($"/v1/sync?cursor={page["cursor"]}");

        var changes = page["changes"]!
            .AsArray()
            .Select(c => $"{c!["type"]} {c["op"]} {c["data"]?["slug"] ?? c["id"]}");
        Assert.Equal(
            new[] { $"article upsert {article["slug"]}", $"tag delete {tag}", $"tag upsert {into}" },
            changes.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_tag_is_not_merged_into_itself_or_into_nothing_or_from_an_old_revision()
    {
        var (one, two) = (Names.Unique("one"), Names.Unique("two"));
        foreach (var name in new[] { one, two })
            await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = name });

        Assert.Equal(["/into self-reference"], (await RefusedAsync(one, one, "*", 422)).Faults());
        Assert.Equal(["/into unknown-reference"], (await RefusedAsync(one, "nothing", "*", 422)).Faults());
        await RefusedAsync("nothing", two, "*", 404);
        await RefusedAsync(one, two, "\"7\"", 412);
        await RefusedAsync(one, two, null, 428);
        Assert.Equal(one, (string?)(await cms.Editor.GetJsonAsync($"/v1/editorial/tags/{one}"))["slug"]);
    }

    [Fact]
    public async Task Whoever_is_limited_to_sections_merges_no_tags()
    {
        var (one, two) = (Names.Unique("one"), Names.Unique("two"));
        var section = await cms.SectionAsync();
        foreach (var name in new[] { one, two })
            await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = name });
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [section])).Token);

        using var response = await SendAsync(one, two, "*", limited);

        var problem = await response.ReadAsync(HttpStatusCode.Forbidden);
        Assert.Equal("forbidden", (string?)problem["code"]);
        Assert.Equal(one, (string?)(await cms.Editor.GetJsonAsync($"/v1/editorial/tags/{one}"))["slug"]);
    }

    [Fact]
    public async Task Of_two_tags_that_are_merged_into_each_other_at_once_one_stays_with_all_articles()
    {
        for (var round = 0; round < 5; round++)
        {
            var (one, two) = (Names.Unique("one"), Names.Unique("two"));
            var articles = new List<JsonObject>();
            foreach (var tag in new[] { one, two })
                articles.Add(await cms.PublishedAsync(new JsonObject { ["tags"] = new JsonArray(tag) }));

            var answers = await RawRequests.TogetherAsync([
                () => SendAsync(one, two, "*"),
                () => SendAsync(two, one, "*"),
            ]);

            var won = Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
            var stays = (string)(await won.ReadAsync(HttpStatusCode.OK))["slug"]!;
            var lost = answers.Single(a => a != won).StatusCode;
            Assert.True(lost is HttpStatusCode.NotFound or HttpStatusCode.UnprocessableEntity, $"{lost}");
            foreach (var article in articles)
                Assert.Equal(
                    [stays],
                    Slugs(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))
                );
        }
    }

    private async Task<JsonObject> MergeAsync(string from, string into) =>
        await (await SendAsync(from, into, "*")).ReadAsync(HttpStatusCode.OK);

    private async Task<JsonObject> RefusedAsync(string from, string into, string? ifMatch, int status) =>
        await (await SendAsync(from, into, ifMatch)).ReadAsync((HttpStatusCode)status);

    private async Task<HttpResponseMessage> SendAsync(
        string from,
        string into,
        string? ifMatch,
        HttpClient? desk = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/editorial/tags/{from}/merge")
        {
            Content = new StringContent(
                new JsonObject { ["into"] = into }.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await (desk ?? cms.Editor).SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Slugs(JsonObject article) =>
        article["tags"]!.AsArray().Select(t => (string)t!["slug"]!);
}
