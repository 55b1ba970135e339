using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Http;

/// <summary>What a refusal tells: all that is wrong, at once, within bounds, and what would be right.</summary>
public sealed class FaultTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Types_rules_and_references_are_told_in_one_answer_for_a_new_article()
    {
        var problem = await PostAsync(
            "articles",
            """
            {"headlin":"x","headline":5,"kicker":"a\nb","section":"no-such-section","authors":["no-such-author",7],
            "access":"Public",
             "seo":{"canonicalUrl":"javascript:x"},"related":["no-such-article"],
             "heroImage":{"id":"01890a5d-ac96-774b-bcce-b302099a8057"},
             "publishedAt":"2999-01-01T00:00:00Z","tags":["01890a5d-ac96-774b-bcce-b302099a8057"],
             "body":{"blocks":[{"type":"heading","level":9,"html":"x"}]}}
            """
        );
        Assert.Equal(
            [
                "/access wrong-type",
                "/authors/0 unknown-reference",
                "/authors/1 wrong-type",
                "/body/blocks/0/level out-of-range",
                "/headlin unknown-member",
                "/headline wrong-type",
                "/heroImage/id unknown-reference",
                "/kicker line-break",
                "/publishedAt in-the-future",
                "/related/0 unknown-reference",
                "/section unknown-reference",
                "/seo/canonicalUrl wrong-form",
                "/tags/0 unknown-reference",
            ],
            problem.Faults()
        );
    }

    [Fact]
    public async Task Types_rules_and_references_are_told_in_one_answer_for_a_change()
    {
        var draft = await cms.DraftAsync();
        using var response = await cms.Editor.SendTextAsync(
            HttpMethod.Patch,
            $"{Articles}/{draft["id"]}",
            """{"headline":" ","deck":5,"section":"no-such-section","authors":"""
                + """[1,"no-such-author"],"related":["no-such-article"],"body":{"blocks":"""
                + """[{"type":"heading","level":9,"html":"x"}]}}""",
            ifMatch: "*"
        );
        Assert.Equal(
            [
                "/authors/0 wrong-type",
                "/authors/1 unknown-reference",
                "/body/blocks/0/level out-of-range",
                "/deck wrong-type",
                "/headline empty",
                "/related/0 unknown-reference",
                "/section unknown-reference",
            ],
            (await response.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
        );
        Assert.Equal(
            (int?)draft["revision"],
            (int?)(await cms.Editor.GetJsonAsync($"{Articles}/{draft["id"]}"))["revision"]
        );
    }

    [Theory]
    [InlineData(
        "sections",
        """{"name":" ","position":"1","parent":"no-such-section"}""",
        "/name empty, /parent unknown-reference, /position wrong-type"
    )]
    [InlineData(
        "authors",
        """{"name":5,"email":"x","avatar":"01890a5d-ac96-774b-bcce-b302099a8057"}""",
        "/avatar unknown-reference, /email wrong-form, /name wrong-type"
    )]
    [InlineData(
        "tags",
        """{"name":" ","slug":"A B","x":1}""",
        "/name empty, /slug wrong-form, /x unknown-member"
    )]
    [InlineData(
        "keys",
        """{"name":" ","role":"Editor","sections":["no-such-section"],"expiresAt":"2020-01-01T00:00:00Z"}""",
        "/expiresAt in-the-past, /name empty, /role wrong-type, /sections/0 unknown-reference"
    )]
    [InlineData(
        "webhooks",
        """{"events":["article.pubished",4],"description":"a\nb"}""",
        "/description line-break, /events/0 unknown-event, /events/1 wrong-type, /url missing"
    )]
    public async Task So_they_are_for_everything_else(string collection, string body, string faults) =>
        Assert.Equal(faults, string.Join(", ", (await PostAsync(collection, body)).Faults()));

    [Fact]
    public async Task An_unknown_parameter_and_a_wrong_body_are_told_together()
    {
        using var response = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            $"{Articles}?dryrun=true",
            """{"headline":5}"""
        );
        var errors = (await response.ReadAsync(HttpStatusCode.BadRequest))["errors"]!.AsArray();
        Assert.Equal(["dryrun", null], errors.Select(e => (string?)e!["parameter"]));
        Assert.Equal([null, "/headline"], errors.Select(e => (string?)e!["pointer"]));
    }

    [Theory]
    [InlineData("""{"headline":"x","tags":[ITEMS]}""", "1", 400_000)]
    [InlineData("""{"headline":"x","authors":[ITEMS]}""", "null", 200_000)]
    [InlineData("""{"headline":"x","body":{"blocks":[ITEMS]}}""", "{}", 300_000)]
    [InlineData("""{"headline":"x","corrections":[ITEMS]}""", """{"a":1}""", 50_000)]
    [InlineData("""{"headline":"x",MEMBERS}""", "", 60_000)]
    public async Task A_body_of_nothing_but_faults_gets_a_short_answer(string body, string item, int count)
    {
        var items = new StringBuilder();
        for (var i = 0; i < count; i++)
            items.Append(i == 0 ? "" : ",").Append(item.Length > 0 ? item : $"\"m{i}\":1");
        var json = body.Replace(
            item.Length > 0 ? "ITEMS" : "MEMBERS",
            items.ToString(),
            StringComparison.Ordinal
        );
        using var response = await cms.Editor.SendTextAsync(HttpMethod.Post, Articles, json);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.InRange(text.Length, 1, 100_000);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal(422, (int)response.StatusCode);
        Assert.Equal(100, problem["errors"]!.AsArray().Count);
        Assert.InRange((int)problem["moreErrors"]!, count - 100, 3 * count);
        Assert.Contains("first 100", (string)problem["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_without_end_whose_items_are_wrong_by_a_rule_gets_a_short_answer()
    {
        var items = string.Join(',', Enumerable.Repeat("\"\"", 500_000));
        var problem = await PostAsync("articles", $$"""{"headline":"x","tags":[{{items}}]}""");
        Assert.Equal(["/tags too-many"], problem.Faults());
        var names = string.Join('&', Enumerable.Range(0, 2_000).Select(n => $"x{n}=1"));
        var parameters = await cms.Anonymous.GetJsonAsync($"/v1/articles?{names}", HttpStatusCode.BadRequest);
        Assert.Equal(100, parameters["errors"]!.AsArray().Count);
        Assert.InRange((int)parameters["moreErrors"]!, 900, 1_900);
    }

    [Fact]
    public async Task What_was_sent_is_cut_where_it_is_told_back()
    {
        var name = new string('n', 400_000);
        var problem = await PostAsync(
            "articles",
            $$"""{"headline":"x","{{name}}":1,"section":"{{name}}","tags":["{{name}}"],"access":"{{name}}"}"""
        );
        Assert.InRange(problem.ToJsonString().Length, 1, 20_000);
    }

    [Theory]
    [InlineData("""{"headlin":"x"}""", "/headlin", "Did you mean 'headline'?")]
    [InlineData("""{"headlin":"x"}""", "/headlin", "Known: slug, kind, lang")]
    [InlineData("""{"access":"Public"}""", "/access", "Did you mean 'public'?")]
    [InlineData("""{"access":"subscribers"}""", "/access", "Did you mean 'subscriber'?")]
    [InlineData("""{"access":1}""", "/access", "one of public, registered, subscriber")]
    [InlineData("""{"headline":7}""", "/headline", "Put it into quotes.")]
    [InlineData("""{"authors":"ada"}""", "/authors", "Put it into brackets")]
    [InlineData(
        """{"heroImage":{"id":"01890A5DAC96774BBCCEB302099A8057"}}""",
        "/heroImage/id",
        "Write it as 01890a5d-ac96"
    )]
    [InlineData(
        """{"body":{"blocks":[{"type":"paragrph","html":"x"}]}}""",
        "/body/blocks/0/type",
        "Did you mean 'paragraph'?"
    )]
    [InlineData(
        """{"body":{"blocks":[{"type":"heading","level":"2","html":"x"}]}}""",
        "/body/blocks/0/level",
        "without quotes"
    )]
    [InlineData(
        """{"body":{"blocks":[{"type":"list","ordered":"true","items":[]}]}}""",
        "/body/blocks/0/ordered",
        "Write true without quotes"
    )]
    [InlineData("""{"publishedAt":"0001-01-01T00:00:00Z"}""", "/publishedAt", "between 0002 and 9998")]
    [InlineData("""{"publishedAt":"9999-12-31T23:59:59Z"}""", "/publishedAt", "between 0002 and 9998")]
    [InlineData("""{"publishedAt":"2026-10-01T24:00:00Z"}""", "/publishedAt", "00:00:00 of the next day")]
    [InlineData("""{"publishedAt":"2026-02-30T08:00:00Z"}""", "/publishedAt", "2026-02 has 28 days")]
    [InlineData("""{"publishedAt":"2016-12-31T23:59:60Z"}""", "/publishedAt", "leap seconds")]
    [InlineData("""{"publishedAt":"2026-10-01T08:00:00+15:00"}""", "/publishedAt", "offsets from UTC")]
    [InlineData("""{"publishedAt":"yesterday"}""", "/publishedAt", "2026-10-01T08:00:00Z")]
    [InlineData("""{"deck":"a\u0007"}""", "/deck", "the control character U+0007")]
    [InlineData("""{"deck":"a\uFFFE"}""", "/deck", "the noncharacter U+FFFE")]
    [InlineData("""{"deck":"\uD83D"}""", "/deck", "half of a surrogate pair")]
    public async Task A_fault_says_what_would_be_right(string body, string place, string hint)
    {
        var errors = (await PostAsync("articles", body))["errors"]!.AsArray();
        var fault = Assert.Single(errors, e => (string?)e!["pointer"] == place);
        Assert.Contains(hint, (string)fault!["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/articles?secton=power", "Did you mean 'section'?")]
    [InlineData("/v1/articles?limt=5", "Did you mean 'limit'?")]
    [InlineData("/v1/articles?access=Public", "Did you mean 'public'")]
    [InlineData("/v1/articles?sort=publishedat", "Did you mean 'publishedAt'")]
    [InlineData("/v1/articles?fields=headlin", "Did you mean 'headline'?")]
    [InlineData("/v1/articles?fields=section.nam", "'section.name'")]
    [InlineData("/v1/articles?publishedAfter=0001-01-01T00:00:00Z", "between 0002 and 9998")]
    [InlineData("/v1/articles?publishedAfter=2026-10-01", "2026-10-01T08:00:00Z")]
    public async Task So_does_one_of_a_parameter(string url, string hint)
    {
        var problem = await cms.Anonymous.GetJsonAsync(url, HttpStatusCode.BadRequest);
        Assert.Contains(hint, (string)problem["errors"]![0]!["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entity_tag_without_quotes_is_told_so()
    {
        var draft = await cms.DraftAsync();
        var tag = await cms.Editor.PostAsync(
            "/v1/editorial/tags",
            new JsonObject { ["name"] = Names.Unique("t") }
        );
        foreach (var url in new[] { $"{Articles}/{draft["id"]}", $"/v1/editorial/tags/{tag["id"]}" })
        {
            using var response = await cms.Editor.SendPatchAsync(url, new JsonObject(), "1");
            var problem = await response.ReadAsync(HttpStatusCode.BadRequest);
            Assert.Equal("If-Match", (string?)problem["errors"]![0]!["parameter"]);
            Assert.Contains(
                "The quotes are missing: If-Match: \"1\"",
                (string)problem["detail"]!,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_refusal_names_the_role_that_is_needed()
    {
        foreach (
            var (client, url, role) in new[]
            {
                (cms.Reader, Articles, "contributor or editor or admin"),
                (cms.Viewer, "/v1/editorial/sections", "editor or admin"),
                (cms.Contributor, "/v1/editorial/tags", "editor or admin"),
                (cms.Editor, "/v1/editorial/keys", "the role admin"),
            }
        )
        {
            var problem = await client.PostAsync(url, new JsonObject(), HttpStatusCode.Forbidden);
            Assert.Contains(role, (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_type_that_is_not_read_is_answered_with_those_that_are()
    {
        var draft = await cms.DraftAsync();
        foreach (
            var (method, url, header, types) in new[]
            {
                (HttpMethod.Post, Articles, "Accept-Post", "application/json"),
                (
                    HttpMethod.Patch,
                    $"{Articles}/{draft["id"]}",
                    "Accept-Patch",
                    "application/merge-patch+json, application/json"
                ),
                (
                    HttpMethod.Post,
                    "/v1/editorial/images",
                    "Accept-Post",
                    "multipart/form-data, application/json"
                ),
            }
        )
        foreach (var type in new[] { "text/plain", null })
        {
            using var response = await cms.Editor.SendTextAsync(method, url, "{}", type, "*");
            var problem = await response.ReadAsync(HttpStatusCode.UnsupportedMediaType);
            Assert.Equal(types, string.Join(", ", response.Headers.GetValues(header)));
            Assert.Contains(types.Split(',')[0], (string)problem["detail"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_slug_that_is_taken_says_by_what()
    {
        var section = await cms.SectionAsync();
        var (held, trashed, former) = (Names.Unique("held"), Names.Unique("trashed"), Names.Unique("former"));
        await cms.DraftAsync(
            new JsonObject
            {
                ["headline"] = "The holder",
                ["slug"] = held,
                ["section"] = section,
            }
        );
        var gone = await cms.DraftAsync(new JsonObject { ["headline"] = "Thrown away", ["slug"] = trashed });
        Assert.Equal(
            204,
            (int)(await cms.Editor.SendDeleteAsync($"{Articles}/{gone["id"]}", "*")).StatusCode
        );
        var renamed = await cms.PublishedAsync(
            new JsonObject { ["headline"] = "Renamed", ["slug"] = former }
        );
        using (
            var moved = await cms.Editor.SendPatchAsync(
                $"{Articles}/{renamed["id"]}",
                new JsonObject { ["slug"] = $"{former}-now" },
                "*"
            )
        )
            await moved.ReadAsync(HttpStatusCode.OK);

        async Task<string> DetailAsync(HttpClient client, string slug, JsonNode? section = null) =>
            (string)
                (
                    await client.PostAsync(
                        Articles,
                        new JsonObject
                        {
                            ["headline"] = "x",
                            ["slug"] = slug,
                            ["section"] = section,
                        },
                        HttpStatusCode.Conflict
                    )
                )["detail"]!;
        Assert.Contains("“The holder”", await DetailAsync(cms.Editor, held), StringComparison.Ordinal);
        Assert.Contains("in the trash", await DetailAsync(cms.Editor, trashed), StringComparison.Ordinal);
        Assert.Contains("“Thrown away”", await DetailAsync(cms.Editor, trashed), StringComparison.Ordinal);
        Assert.Contains($"'{former}-now'", await DetailAsync(cms.Editor, former), StringComparison.Ordinal);

        // What is out of reach is not shown.
        var reach = await cms.SectionAsync();
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [reach])).Token);
        var hidden = await DetailAsync(limited, held, reach);
        Assert.DoesNotContain("holder", hidden, StringComparison.Ordinal);

        foreach (var collection in new[] { "sections", "authors", "tags" })
        {
            var (slug, name) = (Names.Unique("slug"), Names.Unique("Name"));
            var body = new JsonObject { ["name"] = name, ["slug"] = slug };
            await cms.Editor.PostAsync($"/v1/editorial/{collection}", body.DeepClone());
            body["name"] = Names.Unique("Other");
            var taken = await cms.Editor.PostAsync(
                $"/v1/editorial/{collection}",
                body,
                HttpStatusCode.Conflict
            );
            Assert.Contains($"“{name}”", (string)taken["detail"]!, StringComparison.Ordinal);
        }
    }

    private async Task<JsonObject> PostAsync(string collection, string body)
    {
        using var response = await cms.Admin.SendTextAsync(
            HttpMethod.Post,
            $"/v1/editorial/{collection}",
            body
        );
        return await response.ReadAsync(HttpStatusCode.UnprocessableEntity);
    }
}
