using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

public sealed class ArticleSlugTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task A_slug_that_is_left_to_the_server_stays_where_it_still_fits_the_headline()
    {
        var headline = Names.Unique("headline");
        await cms.DraftAsync(new JsonObject { ["headline"] = headline });
        var second = await cms.DraftAsync(new JsonObject { ["headline"] = headline });
        Assert.EndsWith("-2", (string)second["slug"]!, StringComparison.Ordinal);

        var saved = await (
            await cms.Editor.SendPatchAsync(
                $"{Articles}/{second["id"]}",
                new JsonObject { ["slug"] = null },
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);

        Assert.Equal((string?)second["slug"], (string?)saved["slug"]);
    }

    [Theory]
    [InlineData("Правительство отложило бюджет", "pravitelstvo-otlozhilo-byudzhet")]
    [InlineData("Η κυβέρνηση", "i-kyvernisi")]
    [InlineData("政府推迟预算", "zheng")]
    [InlineData("الحكومة تؤجل", "")]
    [InlineData("🎉🎉 🎈", "article")]
    [InlineData("<script>alert(1)</script>", "script-alert-1-script")]
    [InlineData("../../etc/passwd", "etc-passwd")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057", "article-01890a5d-ac96-774b-bcce-b302099a8057")]
    public async Task A_headline_in_any_script_makes_an_address(string headline, string stem)
    {
        var slug = (string)
            (await cms.Editor.PostAsync(Articles, new JsonObject { ["headline"] = headline }))["slug"]!;
        Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", slug);
        Assert.StartsWith(stem, slug, StringComparison.Ordinal);
        await cms.Editor.GetJsonAsync($"{Articles}/{slug}");
    }

    [Fact]
    public async Task Thirty_articles_of_one_headline_at_once_have_thirty_addresses()
    {
        var headline = Names.Unique("One headline");
        var answers = await RawRequests.TogetherAsync(
            Enumerable
                .Range(0, 30)
                .Select(_ =>
                    (Func<Task<HttpResponseMessage>>)(
                        () =>
                            cms.Editor.SendTextAsync(
                                HttpMethod.Post,
                                Articles,
                                new JsonObject { ["headline"] = headline }.ToJsonString()
                            )
                    )
                )
        );
        var slugs = new List<string>();
        foreach (var answer in answers)
            slugs.Add((string)(await answer.ReadAsync(HttpStatusCode.Created))["slug"]!);
        var stem = headline.ToLowerInvariant().Replace(' ', '-');
        Assert.Equal(
            Enumerable.Range(1, 30).Select(n => n == 1 ? stem : $"{stem}-{n}").Order(StringComparer.Ordinal),
            slugs.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_longest_headline_can_be_used_again_and_again()
    {
        var headline = string.Concat(Enumerable.Repeat(Names.Unique("live updates "), 30))[..300];
        var slugs = new HashSet<string>(StringComparer.Ordinal);
        for (var n = 0; n < 60; n++)
            Assert.True(
                slugs.Add(
                    (string)
                        (await cms.Editor.PostAsync(Articles, new JsonObject { ["headline"] = headline }))[
                            "slug"
                        ]!
                )
            );
        Assert.All(slugs, s => Assert.InRange(s.Length, 1, 120));
    }

    [Fact]
    public async Task A_slug_that_was_asked_for_is_given_or_refused_never_changed()
    {
        var slug = Names.Unique("asked-for");
        await cms.DraftAsync(new JsonObject { ["slug"] = slug });

        var problem = await cms.Editor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = "x", ["slug"] = slug },
            HttpStatusCode.Conflict
        );
        Assert.Equal("slug-taken", (string?)problem["code"]);
        Assert.Equal(["/slug slug-taken"], problem.Faults());
        var other = await cms.DraftAsync();
        await cms.Editor.ChangeAsync(
            $"{Articles}/{other["id"]}",
            new JsonObject { ["slug"] = slug },
            HttpStatusCode.Conflict
        );
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("two--hyphens")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("größe")]
    [InlineData("a/b")]
    [InlineData("a\nb")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057")]
    public async Task What_is_no_slug_is_refused(string slug)
    {
        foreach (var collection in new[] { "articles", "sections", "authors", "tags" })
        {
            var problem = await cms.Editor.PostAsync(
                $"/v1/editorial/{collection}",
                new JsonObject
                {
                    [collection == "articles" ? "headline" : "name"] = Names.Unique("x"),
                    ["slug"] = slug,
                },
                HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal(["/slug wrong-form"], problem.Faults());
        }
    }

    [Fact]
    public async Task A_slug_that_readers_never_saw_is_free_again_and_one_they_saw_is_not()
    {
        var (unseen, seen) = (Names.Unique("unseen"), Names.Unique("seen"));
        var draft = await cms.DraftAsync(new JsonObject { ["slug"] = unseen });
        await cms.Editor.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["slug"] = Names.Unique("moved") }
        );
        await cms.DraftAsync(new JsonObject { ["slug"] = unseen });

        var article = await cms.PublishedAsync(new JsonObject { ["slug"] = seen });
        await cms.Editor.ChangeAsync(
            $"{Articles}/{article["id"]}",
            new JsonObject { ["slug"] = Names.Unique("moved") }
        );
        await cms.Editor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = "x", ["slug"] = seen },
            HttpStatusCode.Conflict
        );
        // Its own it may always have back.
        await cms.Editor.ChangeAsync($"{Articles}/{article["id"]}", new JsonObject { ["slug"] = seen });
    }

    [Fact]
    public async Task A_slug_that_is_taken_away_is_made_from_the_headline()
    {
        var headline = Names.Unique("From headline");
        var draft = await cms.DraftAsync(
            new JsonObject { ["slug"] = Names.Unique("given"), ["headline"] = headline }
        );
        var changed = await cms.Editor.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            JsonNode.Parse("""{"slug":null}""")!
        );
        Assert.Equal(headline.ToLowerInvariant().Replace(' ', '-'), (string?)changed["slug"]);
    }
}
