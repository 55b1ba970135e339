using System.Net;
using System.Text.Json.Nodes;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

public sealed class ArticleTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_headline_is_enough_to_open_an_article()
    {
        var headline = Names.Unique("A headline");
        using var response = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            Articles,
            new JsonObject { ["headline"] = headline }.ToJsonString()
        );

        var article = await response.ReadAsync(HttpStatusCode.Created);
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        Assert.Equal($"{Articles}/{article["id"]}", response.Headers.Location?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(headline.ToLowerInvariant().Replace(' ', '-'), (string?)article["slug"]);
        Assert.Equal(
            ("draft", 1, false),
            ((string)article["status"]!, (int)article["revision"]!, (bool)article["hasUnpublishedChanges"]!)
        );
        foreach (
            var name in new[]
            {
                "kicker",
                "deck",
                "section",
                "heroImage",
                "disclosure",
                "seo",
                "publishedRevision",
                "publishedAt",
                "scheduledFor",
                "embargoedUntil",
            }
        )
            Assert.True(article.ContainsKey(name) && article[name] is null, name);
        foreach (var name in new[] { "authors", "tags", "corrections", "related" })
            Assert.Empty(article[name]!.AsArray());
        Assert.Equal(7, Guid.Parse((string)article["id"]!).Version);
        Assert.EndsWith("Z", (string)article["createdAt"]!, StringComparison.Ordinal);
        Assert.Equal((string?)article["createdBy"]!["id"], (string?)article["updatedBy"]!["id"]);
    }

    [Fact]
    public async Task Everything_that_is_written_is_read_again_by_slug_and_by_id()
    {
        var image = await (
            await cms.Editor.UploadAsync(Pictures.Png(), fields: ("alt", "Own alt"))
        ).ReadAsync(HttpStatusCode.Created);
        var (section, one, two) = (
            await cms.SectionAsync(),
            await cms.AuthorAsync(),
            await cms.AuthorAsync()
        );
        var related = await cms.DraftAsync();
        var tag = Names.Unique("Grid & power");
        var slug = Names.Unique("full");
        var written = new JsonObject
        {
            ["slug"] = slug,
            ["kicker"] = "Energy",
            ["headline"] = "Grid operators & the boom",
            ["deck"] = "A deck.",
            ["excerpt"] = "An excerpt.",
            ["body"] = new JsonObject { ["html"] = "<p>One <em>two</em>.</p>" },
            ["section"] = section,
            ["authors"] = new JsonArray(two, one),
            ["heroImage"] = new JsonObject { ["id"] = (string)image["id"]!, ["caption"] = "Here" },
            ["tags"] = new JsonArray(tag),
            ["access"] = "subscriber",
            ["disclosure"] = "We own shares.",
            ["corrections"] = new JsonArray(
                new JsonObject { ["at"] = "2026-01-02T03:04:05+01:00", ["text"] = "Was wrong." }
            ),
            ["seo"] = new JsonObject
            {
                ["title"] = "T",
                ["description"] = "D",
                ["canonicalUrl"] = "https://example.org/a?b=c&d",
            },
            ["related"] = new JsonArray((string)related["slug"]!),
            ["publishedAt"] = "2001-02-03T04:05:06.123456Z",
        };
        var made = await cms.Editor.PostAsync(Articles, written);

        foreach (var reference in new[] { slug, (string)made["id"]! })
        {
            using var response = await cms.Viewer.GetAsync(
                $"{Articles}/{reference}?body=blocks,html,markdown,text",
                Ct
            );
            var read = await response.ReadAsync(HttpStatusCode.OK);
            Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
            foreach (
                var name in new[]
                {
                    "slug",
                    "kicker",
                    "headline",
                    "deck",
                    "excerpt",
                    "access",
                    "disclosure",
                    "publishedAt",
                }
            )
                Assert.Equal((string?)written[name], (string?)read[name]);
            Assert.True(JsonNode.DeepEquals(written["seo"], read["seo"]), read["seo"]!.ToJsonString());
            Assert.Equal(section, (string?)read["section"]!["slug"]);
            Assert.Equal([two, one], read["authors"]!.AsArray().Select(a => (string?)a!["slug"]));
            Assert.Equal(tag, (string?)read["tags"]![0]!["name"]);
            Assert.Equal("2026-01-02T02:04:05Z", (string?)read["corrections"]![0]!["at"]);
            Assert.Equal(
                ("Own alt", "Here"),
                ((string)read["heroImage"]!["alt"]!, (string)read["heroImage"]!["caption"]!)
            );
            Assert.Equal((string?)related["headline"], (string?)read["related"]![0]!["headline"]);
            Assert.Equal("<p>One <em>two</em>.</p>", ((string)read["body"]!["html"]!).Trim());
            Assert.Equal("One _two_.", ((string)read["body"]!["markdown"]!).Trim());
            Assert.Equal("One two.", ((string)read["body"]!["text"]!).Trim());
            Assert.Equal(2, (int?)read["wordCount"]);
        }
        Assert.Equal(
            HttpStatusCode.OK,
            (
                await cms.Viewer.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{Articles}/{slug}"), Ct)
            ).StatusCode
        );
    }

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        var made = await cms.DraftAsync(
            new JsonObject
            {
                ["kicker"] = "K",
                ["deck"] = "D",
                ["tags"] = new JsonArray("a-one", "a-two"),
                ["seo"] = new JsonObject { ["title"] = "T", ["description"] = "S" },
                ["access"] = "registered",
            }
        );
        var url = $"{Articles}/{made["id"]}";

        var changed = await cms.Editor.ChangeAsync(
            url,
            new JsonObject
            {
                ["kicker"] = null,
                ["tags"] = new JsonArray("a-two", "a-three"),
                ["seo"] = new JsonObject
                {
                    ["description"] = null,
                    ["canonicalUrl"] = "https://example.org/x",
                },
            }
        );

        Assert.Null(changed["kicker"]);
        Assert.Equal(["a-two", "a-three"], changed["tags"]!.AsArray().Select(t => (string?)t!["slug"]));
        Assert.Equal(
            """{"title":"T","description":null,"canonicalUrl":"https://example.org/x"}""",
            changed["seo"]!.ToJsonString()
        );
        foreach (var (name, value) in made)
            if (name is not ("kicker" or "tags" or "seo" or "revision" or "updatedAt"))
                Assert.True(
                    JsonNode.DeepEquals(value, changed[name]),
                    $"{name}: {value} became {changed[name]}"
                );

        var cleared = await cms.Editor.ChangeAsync(
            url,
            JsonNode.Parse(
                """{"seo":null,"tags":null,"section":null,"authors":[],"access":null,"body":null,"deck":null}"""
            )!
        );
        Assert.Null(cleared["seo"]);
        Assert.Null(cleared["section"]);
        Assert.Empty(cleared["tags"]!.AsArray());
        Assert.Equal("public", (string?)cleared["access"]);
        Assert.Empty(cleared["body"]!["blocks"]!.AsArray());
        Assert.Equal(0, (int?)cleared["wordCount"]);

        var problem = await cms.Editor.ChangeAsync(
            url,
            new JsonObject { ["headline"] = null },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/headline missing"], problem.Faults());
    }

    [Fact]
    public async Task A_body_is_replaced_whole_in_each_of_its_forms()
    {
        var url = $"{Articles}/{(await cms.DraftAsync())["id"]}";
        foreach (
            var body in new[]
            {
                """{"markdown":"## Then\n\nText."}""",
                """{"html":"<h2>Then</h2><p>Text.</p>"}""",
                """{"blocks":[{"type":"heading","level":2,"html":"Then"},{"type":"paragraph","html":"Text."}]}""",
                """{"blocks":null,"html":null,"markdown":"## Then\n\nText."}""",
            }
        )
        {
            var changed = await cms.Editor.ChangeAsync(
                url,
                new JsonObject { ["body"] = JsonNode.Parse(body) }
            );
            Assert.Equal(
                """[{"type":"heading","level":2,"html":"Then"},{"type":"paragraph","html":"Text."}]""",
                WithoutIds(changed["body"]!["blocks"]!).ToJsonString()
            );
            await cms.Editor.ChangeAsync(
                url,
                new JsonObject { ["body"] = new JsonObject { ["markdown"] = "Another." } }
            );
        }
        foreach (var body in new[] { "{}", """{"markdown":"a","html":"b"}""", """{"markdown":null}""" })
        {
            var problem = await cms.Editor.ChangeAsync(
                url,
                new JsonObject { ["body"] = JsonNode.Parse(body) },
                HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal(["/body contradiction"], problem.Faults());
        }
    }

    [Fact]
    public async Task Another_picture_does_not_inherit_the_words_of_the_one_before()
    {
        async Task<string> UploadAsync(string alt) =>
            (string)
                (
                    await (await cms.Editor.UploadAsync(Pictures.Png(), fields: ("alt", alt))).ReadAsync(
                        HttpStatusCode.Created
                    )
                )["id"]!;
        var (one, two) = (await UploadAsync("First"), await UploadAsync("Second"));
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["heroImage"] = new JsonObject
                {
                    ["id"] = one,
                    ["alt"] = "Mine",
                    ["credit"] = "Me",
                },
            }
        );
        var url = $"{Articles}/{draft["id"]}";
        JsonObject Hero(string json) => new() { ["heroImage"] = JsonNode.Parse(json) };

        var words = (await cms.Editor.ChangeAsync(url, Hero("""{"credit":"You"}""")))["heroImage"]!;
        Assert.Equal(("Mine", "You"), ((string)words["alt"]!, (string)words["credit"]!));

        var other = (await cms.Editor.ChangeAsync(url, Hero($$"""{"id":"{{two}}","caption":"New"}""")))[
            "heroImage"
        ]!;
        Assert.Equal(("Second", "New"), ((string)other["alt"]!, (string)other["caption"]!));
        Assert.Null(other["credit"]);

        var gone = await cms.Editor.ChangeAsync(url, JsonNode.Parse("""{"heroImage":null}""")!);
        Assert.Null(gone["heroImage"]);
        var problem = await cms.Editor.ChangeAsync(
            url,
            Hero("""{"alt":"x"}"""),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/heroImage/id missing"], problem.Faults());
    }

    [Fact]
    public async Task Every_save_is_a_new_revision_and_no_revision_ever_changes()
    {
        var draft = await cms.DraftAsync(new JsonObject { ["headline"] = "First" });
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["headline"] = "Second" });
        await cms.Editor.ChangeAsync(url, new JsonObject { ["headline"] = "Third" });

        var id = (string)draft["id"]!;
        Assert.Equal(
            "1 First, 2 Second, 3 Third",
            await cms.ScalarAsync<string>(
                """
                select string_agg(number || ' ' || headline, ', ' order by number) from article_revisions
                where article_id = @id::uuid
                """,
                new { id }
            )
        );
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            cms.ExecuteAsync(
                "update article_revisions set headline = 'Forged' where article_id = @id::uuid",
                new { id }
            )
        );
        Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
    }

    [Fact]
    public async Task Saving_shows_readers_nothing()
    {
        var article = await cms.PublishedAsync(new JsonObject { ["headline"] = "As published" });
        var url = $"{Articles}/{article["id"]}";
        var before = await cms.Anonymous.GetStringAsync($"/v1/articles/{article["id"]}", Ct);

        var saved = await cms.Editor.ChangeAsync(
            url,
            JsonNode.Parse(
                """{"headline":"Not yet","body":{"markdown":"Not yet."},"slug":null,"tags":["not yet"]}"""
            )!
        );

        Assert.True((bool?)saved["hasUnpublishedChanges"]);
        Assert.Equal((2, 1), ((int)saved["revision"]!, (int)saved["publishedRevision"]!));
        Assert.Equal(before, await cms.Anonymous.GetStringAsync($"/v1/articles/{article["id"]}", Ct));
    }

    [Theory]
    [InlineData(null, 428, "revision-required")]
    [InlineData("\"1\"", 412, "revision-changed")]
    [InlineData("\"3\"", 412, "revision-changed")]
    [InlineData("\"02\"", 412, "revision-changed")]
    [InlineData("2", 400, "invalid-parameter")]
    [InlineData("W/\"2\"", 412, "revision-changed")]
    [InlineData("", 412, "revision-changed")]
    [InlineData("garbage", 400, "invalid-parameter")]
    [InlineData("\"1\", \"3\"", 412, "revision-changed")]
    [InlineData("\"*\"", 412, "revision-changed")]
    [InlineData("\"2\"", 200, null)]
    [InlineData("*", 200, null)]
    [InlineData("\"1\", \"2\"", 200, null)]
    public async Task A_change_says_which_revision_it_starts_from(string? ifMatch, int status, string? code)
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["kicker"] = "Second" });

        using var patched = await cms.Editor.SendPatchAsync(
            url,
            new JsonObject { ["kicker"] = "Third" },
            ifMatch
        );
        var answer = await patched.ReadAsync((HttpStatusCode)status);
        Assert.Equal(code, (string?)answer["code"]);
        if (status == 412)
        {
            Assert.Equal(2, (int?)answer["currentRevision"]);
            Assert.Equal("\"2\"", patched.Headers.ETag?.ToString());
        }
        if (status != 200)
        {
            Assert.Equal("Second", (string?)(await cms.Editor.GetJsonAsync(url))["kicker"]);
            Assert.Equal(status, await cms.Editor.SendDeleteAsync(url, ifMatch).StatusAsync());
        }
    }

    [Fact]
    public async Task What_an_article_refers_to_must_be_there()
    {
        var nothing = Guid.CreateVersion7();
        var problem = await cms.Editor.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = "x",
                ["section"] = "no-such-section",
                ["authors"] = new JsonArray(await cms.AuthorAsync(), "nobody-at-all", nothing.ToString()),
                ["related"] = new JsonArray(nothing.ToString()),
                ["heroImage"] = new JsonObject { ["id"] = nothing.ToString() },
                ["body"] = new JsonObject { ["markdown"] = $"![x](/media/{Guid.CreateVersion7()}/original)" },
                ["publishedAt"] = "2999-01-01T00:00:00Z",
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(
            [
                "/authors/1 unknown-reference",
                "/authors/2 unknown-reference",
                "/body unknown-reference",
                "/heroImage/id unknown-reference",
                "/publishedAt in-the-future",
                "/related/0 unknown-reference",
                "/section unknown-reference",
            ],
            problem.Faults()
        );
        var author = await cms.AuthorAsync();
        var twice = await cms.Editor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = "x", ["authors"] = new JsonArray(author, author) },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/authors repeated"], twice.Faults());
        var unknownTag = await cms.Editor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = "x", ["tags"] = new JsonArray("fine", nothing.ToString()) },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/tags/1 unknown-reference"], unknownTag.Faults());
    }

    [Fact]
    public async Task Ids_are_taken_in_either_case()
    {
        var section = await cms.Editor.GetJsonAsync($"/v1/editorial/sections/{await cms.SectionAsync()}");
        var draft = await cms.DraftAsync(
            new JsonObject { ["section"] = ((string)section["id"]!).ToUpperInvariant() }
        );
        Assert.Equal((string?)section["slug"], (string?)draft["section"]!["slug"]);
    }

    [Fact]
    public async Task An_article_stays_saveable_when_a_related_one_is_gone()
    {
        var related = await cms.DraftAsync();
        var draft = await cms.DraftAsync(
            new JsonObject { ["related"] = new JsonArray((string)related["id"]!) }
        );
        await cms.Admin.SendDeleteAsync($"{Articles}/{related["id"]}?permanently=true", "*");

        var changed = await cms.Editor.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["kicker"] = "Still" }
        );

        Assert.Empty(changed["related"]!.AsArray());
    }

    [Fact]
    public async Task Tags_are_found_by_name_in_any_case_by_slug_and_by_id()
    {
        var name = Names.Unique("Ökologie");
        var tag = await cms.Editor.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = name });

        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["tags"] = new JsonArray(
                    name.ToUpperInvariant(),
                    name.ToLowerInvariant(),
                    $"  {name} ",
                    (string)tag["slug"]!,
                    (string)tag["id"]!
                ),
            }
        );

        Assert.Equal(name, (string?)Assert.Single(draft["tags"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task More_tags_than_a_hundred_may_come_out_as_one_slug()
    {
        // A tag's slug is made from its name, and names in signs leave nothing to make one of.
        var names = Enumerable
            .Range(128, 130)
            .Select(n => string.Concat(Convert.ToString(n, 2).Select(bit => bit == '1' ? "🦊" : "🌿")))
            .ToArray();
        foreach (var chunk in names.Chunk(45))
            Assert.Equal(
                chunk.Length,
                (
                    await cms.DraftAsync(
                        new JsonObject
                        {
                            ["tags"] = new JsonArray([.. chunk.Select(n => JsonValue.Create(n))]),
                        }
                    )
                )["tags"]!
                    .AsArray()
                    .Count
            );
    }

    private static JsonNode WithoutIds(JsonNode blocks)
    {
        foreach (var block in blocks.AsArray())
            block!.AsObject().Remove("id");
        return blocks;
    }
}
