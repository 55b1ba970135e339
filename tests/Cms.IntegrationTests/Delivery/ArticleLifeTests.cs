using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>One article: its forms, its fields, and its address from first publication to the end.</summary>
public sealed class ArticleLifeTests(CmsServer cms)
{
    [Fact]
    public async Task An_article_has_every_member_of_the_contract_and_null_where_there_is_nothing()
    {
        var article = await cms.PublishedAsync();

        var bySlug = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}");
        var byId = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");

        Assert.Equal(bySlug.ToJsonString(), byId.ToJsonString());
        Assert.Equal(
            "access alertHeadline authors body bodyTruncated corrections deck dir disclosure excerpt headline "
                + "heroImage id kicker kind lang newsletterHeadline publishedAt readingMinutes related section "
                + "seo slug tags updatedAt url wordCount",
            Members(bySlug)
        );
        foreach (var member in new[] { "kicker", "deck", "heroImage", "disclosure", "seo" })
            Assert.True(bySlug.ContainsKey(member) && bySlug[member] is null, member);
        foreach (var member in new[] { "authors", "tags", "corrections", "related" })
            Assert.Empty(bySlug[member]!.AsArray());
        Assert.Equal("id name slug url", Members(bySlug["section"]!));
        Assert.Equal($"/v1/articles/{article["slug"]}", (string?)bySlug["url"]);
        Assert.EndsWith("Z", (string?)bySlug["publishedAt"], StringComparison.Ordinal);
        Assert.EndsWith("Z", (string?)bySlug["updatedAt"], StringComparison.Ordinal);
        Assert.Equal("public", (string?)bySlug["access"]);
        Assert.False((bool?)bySlug["bodyTruncated"]);
    }

    [Fact]
    public async Task An_article_that_takes_a_thousand_pictures_with_it_is_gone_from_memory_too()
    {
        // More than an event names one by one. The pictures come as a restore brings them: uploading them all would
        // take a while.
        var image = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var alt = Names.Unique("picture");
        await cms.ExecuteAsync(
            """
            insert into images (id, sha256, alt, created_at, updated_at)
            select gen_random_uuid(), sha256, @alt, created_at, updated_at from images, generate_series(1, 1000)
            where id = @id
            """,
            new { alt, id = Guid.Parse((string)image["id"]!) }
        );
        var pictures = await cms.ScalarAsync<string[]>(
            "select array_agg(id::text) from images where alt = @alt",
            new { alt }
        );
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["body"] = new JsonObject
                {
                    ["markdown"] = string.Join("\n\n", pictures!.Select(id => $"![](/media/{id}/original)")),
                },
            }
        );
        var (url, picture) = ($"/v1/articles/{article["id"]}", $"/v1/images/{pictures![0]}");
        for (var time = 0; time < 2; time++)
        {
            await cms.Anonymous.GetJsonAsync(url);
            await cms.Anonymous.GetJsonAsync(picture);
        }

        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/unpublish",
            expected: HttpStatusCode.OK
        );

        await cms.Anonymous.GetJsonAsync(url, HttpStatusCode.Gone);
        await cms.Anonymous.GetJsonAsync(picture, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_summary_has_every_member_of_the_contract_and_no_body_unless_asked()
    {
        var author = await cms.AuthorAsync();
        var article = await cms.PublishedAsync(new JsonObject { ["authors"] = new JsonArray(author) });

        var page = await cms.Anonymous.GetJsonAsync($"/v1/articles?author={author}");
        var summary = page["data"]!.AsArray().Single()!.AsObject();
        var whole = await cms.Anonymous.GetJsonAsync($"/v1/articles?author={author}&body=text,markdown");

        Assert.Equal("data page", Members(page));
        Assert.Equal("limit next previous", Members(page["page"]!));
        Assert.Equal(
            "access authors body bodyTruncated deck dir excerpt headline heroImage id kicker kind lang publishedAt "
                + "readingMinutes section slug tags updatedAt url wordCount",
            Members(summary)
        );
        Assert.Null(summary["body"]);
        Assert.Equal("id name slug url", Members(summary["authors"]![0]!));
        Assert.Equal("markdown text", Members(whole["data"]![0]!["body"]!));
        var single = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal("avatar bio id jobTitle name slug social url", Members(single["authors"]![0]!));
    }

    [Theory]
    [InlineData("", "blocks")]
    [InlineData("?body=blocks", "blocks")]
    [InlineData("?body=html", "html")]
    [InlineData("?body=markdown", "markdown")]
    [InlineData("?body=text", "text")]
    [InlineData("?body=text,html", "html text")]
    [InlineData("?body=blocks,html,markdown,text", "blocks html markdown text")]
    [InlineData("?body=html,html", "html")]
    [InlineData("?body=none", null)]
    public async Task The_body_comes_in_the_forms_that_were_asked_for(string query, string? forms)
    {
        var article = await cms.PublishedAsync();

        var delivered = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}{query}");

        Assert.Equal(forms, delivered["body"] is { } body ? Members(body) : null);
        if (delivered["body"]?["html"] is { } html)
            Assert.Equal("<p>One.</p><p>Two.</p><p>Three.</p>", ((string)html!).ReplaceLineEndings(""));
        if (delivered["body"]?["text"] is { } text)
            Assert.Equal("One.\n\nTwo.\n\nThree.", ((string)text!).Trim());
        if (delivered["body"]?["markdown"] is { } markdown)
            Assert.Equal("One.\n\nTwo.\n\nThree.", ((string)markdown!).Trim());
    }

    [Fact]
    public async Task Fields_cut_the_answer_through_objects_and_arrays()
    {
        var author = await cms.AuthorAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(Names.Unique("tag")),
            }
        );
        var url = $"/v1/articles/{article["id"]}";

        Assert.Equal(
            $"{{\"headline\":\"{article["headline"]}\",\"section\":{{\"name\":\"{article["section"]!["name"]}\"}}}}",
            (await cms.Anonymous.GetJsonAsync($"{url}?fields=headline,section.name")).ToJsonString()
        );
        Assert.Equal(
            $$"""{"authors":[{"slug":"{{author}}","name":"{{author}}"}],"heroImage":null}""",
            (
                await cms.Anonymous.GetJsonAsync($"{url}?fields=authors.name,heroImage.url,authors.slug")
            ).ToJsonString()
        );
        // The whole wins over its part, whichever comes first.
        foreach (var fields in new[] { "section,section.name", "section.name,section" })
            Assert.Equal(
                "id name slug url",
                Members((await cms.Anonymous.GetJsonAsync($"{url}?fields={fields}"))["section"]!)
            );
        Assert.Equal(
            """{"body":{"text":"One.\n\nTwo.\n\nThree."}}""",
            (await cms.Anonymous.GetJsonAsync($"{url}?body=text,html&fields=body.text")).ToJsonString()
        );
    }

    [Theory]
    [InlineData("fields=nothing")]
    [InlineData("fields=section.nothing")]
    [InlineData("fields=authors.email")]
    [InlineData("fields=status")]
    [InlineData("fields=revision")]
    [InlineData("fields=headline,")]
    [InlineData("fields=.")]
    [InlineData("fields=section.")]
    [InlineData("fields=related.body.blocks.type")]
    [InlineData("body=html,none")]
    [InlineData("body=")]
    [InlineData("preview=1")]
    public async Task What_an_article_does_not_have_is_refused(string query)
    {
        var article = await cms.PublishedAsync();

        await (await cms.Anonymous.AskAsync("GET", $"/v1/articles/{article["id"]}?{query}")).ProblemAsync(
            HttpStatusCode.BadRequest,
            "invalid-parameter"
        );
    }

    [Fact]
    public async Task Related_articles_come_in_order_and_only_while_they_are_published()
    {
        var first = await cms.PublishedAsync();
        var draft = await cms.DraftAsync();
        var second = await cms.PublishedAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["related"] = new JsonArray(
                    (string)second["id"]!,
                    (string)draft["id"]!,
                    (string)first["slug"]!
                ),
            }
        );
        var url = $"/v1/articles/{article["slug"]}";

        Assert.Equal(Ids(second, first), await RelatedAsync());
        await PostAsync(draft, "publish");
        Assert.Equal(Ids(second, draft, first), await RelatedAsync());
        await PostAsync(second, "unpublish");
        Assert.Equal(Ids(draft, first), await RelatedAsync());
        var related = (await cms.Anonymous.GetJsonAsync(url))["related"]![0]!;
        Assert.Null(related["body"]);
        Assert.Equal((string?)draft["headline"], (string?)related["headline"]);

        async Task<string[]> RelatedAsync() =>
            [.. (await cms.Anonymous.GetJsonAsync(url))["related"]!.AsArray().Select(r => (string)r!["id"]!)];
    }

    [Fact]
    public async Task A_former_slug_leads_to_the_present_one_in_one_step_and_keeps_the_query()
    {
        var article = await cms.PublishedAsync();
        var first = (string)article["slug"]!;
        var second = Names.Unique("second");
        var never = Names.Unique("never");
        var third = Names.Unique("third");
        await RenameAsync(article, second);
        await PostAsync(article, "publish");
        // A name that readers never saw redirects nobody.
        await RenameAsync(article, never);
        await RenameAsync(article, third);
        Assert.Equal(second, (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{second}"))["slug"]);
        await PostAsync(article, "publish");

        foreach (var former in new[] { first, second })
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var moved = await cms.Anonymous.AskAsync(
                method,
                $"/v1/articles/{former}?body=text&fields=body%2Cslug"
            );
            Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
            Assert.Equal($"/v1/articles/{third}?body=text&fields=body%2Cslug", moved.Field("Location"));
            Assert.Empty(await moved.BytesAsync());
            Assert.Null(moved.Field("ETag"));
        }
        await NotThereAsync(never, HttpStatusCode.NotFound, "not-found");

        // And back to a name that it had before.
        await RenameAsync(article, first);
        await PostAsync(article, "publish");
        Assert.Equal(first, (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{first}"))["slug"]);
        Assert.Equal(
            $"/v1/articles/{first}",
            (await cms.Anonymous.AskAsync("GET", $"/v1/articles/{third}")).Field("Location")
        );
    }

    [Theory]
    [InlineData("unpublish")]
    [InlineData("trash")]
    [InlineData("erase")]
    public async Task What_was_withdrawn_is_gone_by_every_name_it_ever_had(string act)
    {
        var article = await cms.PublishedAsync();
        var former = (string)article["slug"]!;
        var present = Names.Unique("present");
        var unseen = Names.Unique("unseen");
        await RenameAsync(article, present);
        await PostAsync(article, "publish");
        await RenameAsync(article, unseen);

        var current = await cms.Editor.GetJsonAsync($"/v1/editorial/articles/{article["id"]}");
        if (act == "unpublish")
            await PostAsync(article, "unpublish");
        else
            Assert.Equal(
                HttpStatusCode.NoContent,
                (
                    await cms.Admin.SendDeleteAsync(
                        $"/v1/editorial/articles/{article["id"]}{(act == "erase" ? "?permanently=true" : "")}",
                        $"\"{current["revision"]}\""
                    )
                ).StatusCode
            );

        foreach (var name in new[] { former, present, (string)article["id"]! })
            await NotThereAsync(name, HttpStatusCode.Gone, "withdrawn");
        await NotThereAsync(unseen, HttpStatusCode.NotFound, "not-found");
        var list = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={article["section"]!["slug"]}");
        Assert.Empty(list["data"]!.AsArray());

        // Nobody else gets a link that the world has; a name that it never saw is free.
        foreach (var name in new[] { former, present })
        {
            var taken = await cms.Editor.PostAsync(
                "/v1/editorial/articles",
                new JsonObject { ["headline"] = "x", ["slug"] = name },
                HttpStatusCode.Conflict
            );
            Assert.Equal("slug-taken", (string?)taken["code"]);
        }
        if (act == "erase")
            await cms.DraftAsync(new JsonObject { ["slug"] = unseen });
    }

    [Fact]
    public async Task A_name_that_was_never_published_is_free_again()
    {
        var draft = await cms.DraftAsync();
        var slug = (string)draft["slug"]!;
        await RenameAsync(draft, Names.Unique("other"));

        var next = await cms.PublishedAsync(new JsonObject { ["slug"] = slug });

        Assert.Equal(
            (string?)next["id"],
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}"))["id"]
        );
    }

    [Theory]
    [InlineData("nothing-is-here", HttpStatusCode.NotFound, "not-found")]
    [InlineData("00000000-0000-7000-8000-000000000000", HttpStatusCode.NotFound, "not-found")]
    [InlineData("UPPER", HttpStatusCode.NotFound, "not-found")]
    [InlineData("%C3%A9%FF", HttpStatusCode.NotFound, "not-found")]
    [InlineData("a%2Fb", HttpStatusCode.NotFound, "not-found")]
    [InlineData("%27%20or%20true--", HttpStatusCode.NotFound, "not-found")]
    [InlineData("a%01b", HttpStatusCode.BadRequest, "invalid-parameter")]
    public async Task An_address_that_never_was_is_not_found(
        string name,
        HttpStatusCode status,
        string code
    ) => await NotThereAsync(name, status, code);

    [Fact]
    public async Task An_address_that_is_too_long_is_refused() =>
        await NotThereAsync(new string('x', 121), HttpStatusCode.BadRequest, "invalid-parameter");

    [Fact]
    public async Task UpdatedAt_moves_when_what_readers_see_does_and_only_then()
    {
        var article = await cms.PublishedAsync();
        var first = await TimesAsync(article);

        // Publishing the same again is no news; saving is none either.
        await PostAsync(article, "publish");
        Assert.Equal(first, await TimesAsync(article));
        await PatchAsync(article, new JsonObject { ["deck"] = "Not yet" });
        Assert.Equal(first, await TimesAsync(article));
        // Nor is a change that was taken back before it was published.
        await PatchAsync(article, new JsonObject { ["deck"] = null });
        await PostAsync(article, "publish");
        Assert.Equal(first, await TimesAsync(article));

        await PatchAsync(article, new JsonObject { ["deck"] = "Now" });
        await PostAsync(article, "publish");
        var second = await TimesAsync(article);
        Assert.Equal(first.PublishedAt, second.PublishedAt);
        Assert.True(string.CompareOrdinal(second.UpdatedAt, first.UpdatedAt) > 0);

        // Away and back: the date that readers know stays.
        await PostAsync(article, "unpublish");
        await PostAsync(article, "publish");
        Assert.Equal(first.PublishedAt, (await TimesAsync(article)).PublishedAt);
    }

    [Theory]
    [InlineData("""{ "kicker": "k" }""")]
    [InlineData("""{ "headline": "another" }""")]
    [InlineData("""{ "excerpt": "e" }""")]
    [InlineData("""{ "body": { "markdown": "Other." } }""")]
    [InlineData("""{ "access": "subscriber" }""")]
    [InlineData("""{ "disclosure": "d" }""")]
    [InlineData("""{ "kind": "opinion" }""")]
    [InlineData("""{ "lang": "ar" }""")]
    [InlineData("""{ "dir": "rtl" }""")]
    [InlineData("""{ "alertHeadline": "a" }""")]
    [InlineData("""{ "newsletterHeadline": "n" }""")]
    [InlineData("""{ "corrections": [{ "at": "2026-01-01T00:00:00Z", "text": "c" }] }""")]
    [InlineData("""{ "seo": { "title": "t" } }""")]
    [InlineData("""{ "publishedAt": "2020-01-01T00:00:00Z" }""")]
    [InlineData("""{ "slug": "{unique}" }""")]
    [InlineData("""{ "tags": ["{unique}"] }""")]
    public async Task UpdatedAt_moves_with_every_member_that_readers_see(string patch)
    {
        var article = await cms.PublishedAsync();
        var before = await TimesAsync(article);

        await PatchAsync(
            article,
            JsonNode.Parse(patch.Replace("{unique}", Names.Unique("u"), StringComparison.Ordinal))!
        );
        await PostAsync(article, "publish");

        Assert.True(string.CompareOrdinal((await TimesAsync(article)).UpdatedAt, before.UpdatedAt) > 0);
    }

    private async Task<(string PublishedAt, string UpdatedAt)> TimesAsync(JsonObject article)
    {
        var delivered = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        return (Padded((string)delivered["publishedAt"]!), Padded((string)delivered["updatedAt"]!));

        // Trailing zeros are left out of fractions; with them the order of the texts is that of the times.
        static string Padded(string time) => time.TrimEnd('Z').PadRight(26, '0');
    }

    private async Task NotThereAsync(string name, HttpStatusCode status, string code) =>
        await (await cms.Anonymous.AskAsync("GET", $"/v1/articles/{name}")).ProblemAsync(status, code);

    private Task RenameAsync(JsonObject article, string slug) =>
        PatchAsync(article, new JsonObject { ["slug"] = slug });

    private async Task PatchAsync(JsonObject article, JsonNode patch)
    {
        var url = $"/v1/editorial/articles/{article["id"]}";
        var current = await cms.Editor.GetJsonAsync(url);
        await (await cms.Editor.SendPatchAsync(url, patch, $"\"{current["revision"]}\"")).ReadAsync(
            HttpStatusCode.OK
        );
    }

    private async Task PostAsync(JsonObject article, string act) =>
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/{act}",
            expected: HttpStatusCode.OK
        );

    private static string[] Ids(params JsonObject[] articles) => [.. articles.Select(a => (string)a["id"]!)];

    private static string Members(JsonNode node) =>
        string.Join(' ', node.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
}
