using System.Text.Json.Nodes;

namespace Cms.Client.Tests;

/// <summary>Search through the client, against the real server.</summary>
[Collection(ReadmeTests.OneByOne)]
public sealed class SearchTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CmsClient Anonymous => new(cms.Anonymous, new CmsClientOptions());

    [Fact]
    public async Task What_is_found_comes_with_its_words_its_total_and_its_facets()
    {
        var word = Names.Word();
        var section = await cms.SectionAsync();
        foreach (var at in new[] { "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "2021-01-01T00:00:00Z" })
            await cms.PublishedAsync(
                new JsonObject
                {
                    ["headline"] = $"The {word} & co",
                    ["section"] = section,
                    ["publishedAt"] = at,
                }
            );
        using var client = Anonymous;
        var query = new SearchQuery
        {
            PublishedBefore = new DateTimeOffset(2020, 12, 31, 0, 0, 0, TimeSpan.Zero),
            Sections = [section],
            Sort = SearchSort.NewestFirst,
            Facets = SearchFacet.Month | SearchFacet.Section,
            PageSize = 1,
        };

        var first = await client.GetSearchPageAsync(word, query, cancellationToken: Ct);
        var second = await client.GetSearchPageAsync(word, query, first.Next, Ct);
        var all = new List<SearchHit>();
        await foreach (var hit in client.SearchAsync(word, query, Ct))
            all.Add(hit);

        Assert.Equal(new SearchTotal { Count = 2, IsExact = true }, first.Total);
        Assert.Equal(["2020-02", "2020-01"], first.Facets!.Month!.Select(m => m.Month));
        Assert.Equal(2, Assert.Single(first.Facets.Section!).Count);
        Assert.Null(first.Facets.Tag);
        Assert.Null(first.DidYouMean);
        Assert.Equal($"The <mark>{word}</mark> &amp; co", first.Items[0].Highlight.Headline);
        Assert.Equal(section, first.Items[0].Section.Slug);
        Assert.Null(second.Total);
        Assert.Equal([first.Items[0].Id, second.Items[0].Id], all.Select(a => a.Id));
    }

    [Fact]
    public async Task Related_articles_come_by_slug()
    {
        var tag = Names.Unique("tag");
        var articles = new List<JsonObject>();
        for (var i = 0; i < 3; i++)
            articles.Add(
                await cms.PublishedAsync(
                    new JsonObject { ["headline"] = Names.Word(), ["tags"] = new JsonArray(tag) }
                )
            );
        using var client = Anonymous;

        var related = await client.GetRelatedAsync((string)articles[0]["slug"]!, limit: 2, Ct);

        Assert.Equal(
            articles.Skip(1).Select(a => (string)a["id"]!).Order(StringComparer.Ordinal),
            related.Select(a => a.Id.ToString()).Order(StringComparer.Ordinal)
        );
    }
}
