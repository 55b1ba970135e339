using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Lists in the query, and what filters name.</summary>
public sealed class FilterTests(CmsServer cms)
{
    [Fact]
    public async Task A_list_is_written_with_commas_or_repeated_and_is_one_entry_of_the_cache()
    {
        var (one, two) = (await cms.SectionAsync(), await cms.SectionAsync());
        var author = await cms.AuthorAsync();
        var ids = new List<string>();
        foreach (var section in new[] { one, two })
            ids.Add(
                (string)
                    (
                        await cms.PublishedAsync(
                            new JsonObject
                            {
                                ["section"] = section,
                                ["authors"] = new JsonArray(author),
                                ["tags"] = new JsonArray($"tag {section}"),
                            }
                        )
                    )["id"]!
            );
        ids.Reverse();
        foreach (var name in new[] { "section", "tag" })
        {
            var (a, b) = name == "section" ? (one, two) : ($"tag-{one}", $"tag-{two}");
            foreach (
                var query in new[]
                {
                    $"{name}={a},{b}",
                    $"{name}={b}&{name}={a}",
                    $"{name}={a},{b}&{name}={a}",
                    $"{name}={a},{a},{b}",
                    $"{name}={a}&fields=id&{name}={b}&fields=slug",
                    $"{name}={a}%2C{b}&access=public&access=subscriber",
                }
            )
                Assert.Equal(ids, (await cms.Anonymous.GetJsonAsync($"/v1/articles?{query}")).Ids());
        }
        // Whatever the spelling, it is one list to its cursors, too.
        var page = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={one}&section={two}&limit=1");
        var next = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles?section={two},{one}&limit=1&cursor={page["page"]!["next"]}"
        );
        Assert.Equal([ids[1]], next.Ids());

        var found = await cms.Anonymous.GetJsonAsync(
            $"/v1/search?q=headline&section={one}&section={two}&facets=section&facets=tag"
        );
        Assert.Equal(
            ["section", "tag"],
            found["facets"]!.AsObject().Where(f => f.Value is not null).Select(f => f.Key).Order()
        );
        var synced = await cms.Anonymous.GetJsonAsync(
            $"/v1/sync?section={one}&section={two}&types=article&types=author&body=html&body=text"
        );
        Assert.Equal(3, synced["changes"]!.AsArray().Count);
        var desk = await cms.Editor.GetJsonAsync(
            $"/v1/editorial/articles?section={one}&section={two}&status=published&status=draft"
        );
        Assert.Equal(2, desk["data"]!.AsArray().Count);
        var body = await cms.Anonymous.GetJsonAsync($"/v1/articles/{ids[0]}?body=html&body=text&body=html");
        Assert.Equal(["html", "text"], body["body"]!.AsObject().Select(m => m.Key).Order());
    }

    [Theory]
    [InlineData("/v1/articles?limit=1&limit=1", "limit")]
    [InlineData("/v1/articles?sort=headline&sort=headline", "sort")]
    [InlineData("/v1/search?q=a&q=a", "q")]
    public async Task What_is_no_list_is_not_repeated(string url, string name)
    {
        var problem = await cms.Anonymous.GetJsonAsync(url, HttpStatusCode.BadRequest);
        Assert.Equal(
            (name, "repeated-parameter"),
            ((string?)problem["errors"]![0]!["parameter"], (string?)problem["errors"]![0]!["code"])
        );
    }

    [Theory]
    [InlineData("/v1/articles?")]
    [InlineData("/v1/search?q=x&")]
    [InlineData("/v1/editorial/articles?")]
    public async Task A_filter_names_what_exists(string list)
    {
        var (section, author) = (await cms.SectionAsync(), await cms.AuthorAsync());
        using var client = cms.Editor;
        // Known or not, and asked for before or not.
        await client.GetJsonAsync($"{list}section={section}&author={author}");
        var problem = await client.GetJsonAsync(
            $"{list}section={section},{section}x&author={author}y",
            HttpStatusCode.BadRequest
        );
        Assert.Equal(
            ["section unknown-section", "author unknown-author"],
            problem["errors"]!.AsArray().Select(e => $"{e!["parameter"]} {e["code"]}")
        );
        Assert.Contains($"'{section}x'", (string)problem["errors"]![0]!["detail"]!, StringComparison.Ordinal);
        Assert.Contains(
            $"Did you mean '{section}'",
            (string)problem["errors"]![0]!["detail"]!,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"Did you mean '{author}'",
            (string)problem["errors"]![1]!["detail"]!,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("/v1/articles?")]
    [InlineData("/v1/search?q=x&")]
    [InlineData("/v1/sync?")]
    [InlineData("/v1/editorial/articles?")]
    public async Task Hints_are_looked_for_where_a_slug_can_be_and_for_three_at_most(string list)
    {
        var section = await cms.SectionAsync();
        var unknown = Enumerable.Range(0, 9).Select(n => $"{section}{n}").ToArray();

        var problem = await cms.Editor.GetJsonAsync(
            $"{list}section={string.Join(',', unknown)}",
            HttpStatusCode.BadRequest
        );

        var details = problem["errors"]!.AsArray().Select(e => (string)e!["detail"]!).ToList();
        Assert.Equal(unknown.Length, details.Count);
        Assert.Equal(3, details.Count(d => d.Contains("Did you mean", StringComparison.Ordinal)));
        // Much of it is like the section's slug, but no slug is as long.
        var tooLong = string.Concat(Enumerable.Repeat($"{section}-", 20));
        problem = await cms.Editor.GetJsonAsync($"{list}section={tooLong}", HttpStatusCode.BadRequest);
        var detail = (string)Assert.Single(problem["errors"]!.AsArray())!["detail"]!;
        Assert.DoesNotContain("Did you mean", detail, StringComparison.Ordinal);
        Assert.True(detail.Length < 200, detail);
    }

    [Fact]
    public async Task A_tag_that_does_not_exist_is_an_empty_list()
    {
        foreach (var list in new[] { "/v1/articles?", "/v1/search?q=x&" })
            Assert.Empty(
                (await cms.Anonymous.GetJsonAsync($"{list}tag={Names.Unique("no")}"))["data"]!.AsArray()
            );
    }

    [Fact]
    public async Task A_former_slug_means_the_present_thing_until_something_else_takes_it()
    {
        var (section, author) = (await cms.SectionAsync(), await cms.AuthorAsync());
        var article = await cms.PublishedAsync(
            new JsonObject { ["section"] = section, ["authors"] = new JsonArray(author) }
        );
        var word = (string)article["headline"]!;
        string[] lists = ["/v1/articles?", $"/v1/search?q={word}&", "/v1/editorial/articles?"];
        async Task FoundAsync(int count, string query)
        {
            foreach (var list in lists)
                Assert.Equal(count, (await cms.Editor.GetJsonAsync(list + query))["data"]!.AsArray().Count);
        }
        await FoundAsync(1, $"section={section}&author={author}");
        await RenameAsync("sections", section, $"{section}-new");
        await RenameAsync("authors", author, $"{author}-new");
        await FoundAsync(1, $"section={section}&author={author}");
        await FoundAsync(1, $"section={section}-new,{section}&author={author}-new");
        Assert.NotEmpty(
            (await cms.Anonymous.GetJsonAsync($"/v1/sync?section={section}&types=article"))[
                "changes"
            ]!.AsArray()
        );
        await RenameAsync("sections", $"{section}-new", $"{section}-newest");
        await FoundAsync(1, $"section={section}");

        await cms.Editor.PostAsync(
            "/v1/editorial/sections",
            new JsonObject { ["name"] = section, ["slug"] = section }
        );
        await FoundAsync(0, $"section={section}");
        await FoundAsync(1, $"section={section}-new");
        Assert.Equal(
            409,
            (int)
                (await cms.Editor.SendDeleteAsync($"/v1/editorial/sections/{section}-newest", "*")).StatusCode
        );
    }

    private async Task RenameAsync(string collection, string slug, string now)
    {
        using var response = await cms.Editor.SendPatchAsync(
            $"/v1/editorial/{collection}/{slug}",
            new JsonObject { ["slug"] = now },
            "*"
        );
        await response.ReadAsync(HttpStatusCode.OK);
    }
}
