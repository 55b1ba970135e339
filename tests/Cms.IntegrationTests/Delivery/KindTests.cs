using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Kinds of article, languages and short headlines.</summary>
public sealed class KindTests(CmsServer cms)
{
    [Fact]
    public async Task An_article_has_its_kind_its_language_and_its_short_headlines_and_lists_leave_out_the_headlines()
    {
        var plain = await cms.PublishedAsync();
        var column = await cms.PublishedAsync(
            new JsonObject
            {
                ["kind"] = "opinion",
                ["lang"] = "ar-EG",
                ["dir"] = "rtl",
                ["alertHeadline"] = "Short",
                ["newsletterHeadline"] = "A little longer",
            }
        );

        var read = await cms.Anonymous.GetJsonAsync($"/v1/articles/{column["id"]}");
        Assert.Equal(
            ("opinion", "ar-EG", "rtl", "Short", "A little longer"),
            (
                (string?)read["kind"],
                (string?)read["lang"],
                (string?)read["dir"],
                (string?)read["alertHeadline"],
                (string?)read["newsletterHeadline"]
            )
        );
        read = await cms.Anonymous.GetJsonAsync($"/v1/articles/{plain["id"]}");
        Assert.Equal("story", (string?)read["kind"]);
        foreach (var member in new[] { "lang", "dir", "alertHeadline", "newsletterHeadline" })
            Assert.Null(Assert.Contains(member, read.AsObject()));
        var listed = (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={column["section"]!["slug"]}"))[
            "data"
        ]![0]!.AsObject();
        Assert.Equal(("opinion", "rtl"), ((string?)listed["kind"], (string?)listed["dir"]));
        Assert.DoesNotContain("alertHeadline", listed);
    }

    [Fact]
    public async Task Searches_and_lists_are_narrowed_by_kind_and_a_story_is_what_says_nothing()
    {
        var word = Names.Unique("word");
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var kind in new[] { "story", "brief", "liveBlog" })
            ids[kind] = (string)
                (
                    await cms.PublishedAsync(
                        new JsonObject
                        {
                            ["kind"] = kind,
                            ["headline"] = $"{word} {kind}",
                            ["tags"] = new JsonArray(word),
                        }
                    )
                )["id"]!;

        foreach (
            var kinds in new[]
            {
                new[] { "story" },
                ["brief"],
                ["brief", "liveBlog"],
                ["story", "liveBlog"],
                ["story", "brief", "liveBlog"],
                ["podcast"],
            }
        )
        {
            var wanted = kinds.Where(ids.ContainsKey).Select(k => ids[k]).Order(StringComparer.Ordinal);
            var query = string.Join(',', kinds);
            var listed = await cms.Anonymous.GetJsonAsync($"/v1/articles?tag={word}&kind={query}");
            Assert.Equal(wanted, listed.Ids().Order(StringComparer.Ordinal));
            var found = await cms.Anonymous.GetJsonAsync($"/v1/search?q={word}&kind={query}");
            Assert.Equal(wanted, found.Ids().Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("/v1/articles?kind=brief,storey")]
    [InlineData("/v1/search?q=a&kind=storey")]
    [InlineData("/v1/articles?kind=Story")]
    public async Task A_kind_that_there_is_not_is_refused_by_name_and_the_answer_names_the_others(
        string address
    )
    {
        using var response = await cms.Anonymous.GetAsync(address, TestContext.Current.CancellationToken);
        var problem = await response.ReadAsync(HttpStatusCode.BadRequest);

        var error = Assert.Single(problem["errors"]!.AsArray())!;
        Assert.Equal(("kind", "unknown-kind"), ((string?)error["parameter"], (string?)error["code"]));
        Assert.Contains("story, brief", (string?)error["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind", "storey", "unknown-kind")]
    [InlineData("kind", "live blog", "wrong-form")]
    [InlineData("lang", "english please", "wrong-form")]
    [InlineData("lang", "en_GB", "wrong-form")]
    [InlineData("lang", "a-", "wrong-form")]
    public async Task A_wrong_kind_or_language_is_refused_where_it_stands(
        string member,
        string value,
        string code
    )
    {
        var problem = await cms.Editor.PostAsync(
            "/v1/editorial/articles",
            new JsonObject { ["headline"] = "H", [member] = value },
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal([$"/{member} {code}"], problem.Faults());
    }

    [Fact]
    public async Task A_patch_changes_the_kind_and_an_unknown_one_changes_nothing()
    {
        var article = await cms.DraftAsync();
        var url = $"/v1/editorial/articles/{article["id"]}";
        var changed = await cms.Editor.ChangeAsync(url, new JsonObject { ["kind"] = "analysis" });
        Assert.Equal("analysis", (string?)changed["kind"]);

        var problem = await cms.Editor.ChangeAsync(
            url,
            new JsonObject { ["kind"] = "storey" },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/kind unknown-kind"], problem.Faults());
        Assert.Equal("analysis", (string?)(await cms.Editor.GetJsonAsync(url))["kind"]);
    }

    [Fact]
    public async Task What_an_older_node_published_without_its_kind_is_put_right_by_the_next_publication()
    {
        var article = await cms.PublishedAsync(new JsonObject { ["kind"] = "opinion" });
        await cms
            .Services.GetRequiredService<NpgsqlDataSource>()
            .ExecuteAsync(
                "update published_articles set kind = 'story' where id = @Id",
                new { Id = (Guid)article["id"]! },
                TestContext.Current.CancellationToken
            );

        await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/publish");

        var read = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal("opinion", (string?)read["kind"]);
    }
}
