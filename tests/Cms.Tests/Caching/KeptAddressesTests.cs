using Cms.Delivery.Articles;
using Cms.Delivery.Caching;
using Cms.Delivery.Search;
using Cms.Platform.Http.Requests;
using CsCheck;
using Microsoft.AspNetCore.Http;

namespace Cms.Tests.Caching;

/// <summary>One answer, one address.</summary>
public sealed class KeptAddressesTests
{
    private static readonly KeptAddresses Kept = new([
        new("/v1/articles", RequestShape.Of(typeof(ListArticlesRequest))),
        new("/v1/search", RequestShape.Of(typeof(SearchArticlesRequest))),
        new("/v1/articles/{slugOrId}", RequestShape.Of(typeof(GetArticleRequest))),
        new("/v1/articles/{slugOrId}/related", RequestShape.Of(typeof(ListRelatedArticlesRequest))),
    ]);

    [Theory]
    [InlineData("/v1/articles", "", "/v1/articles")]
    [InlineData("/v1/articles", "?limit=20&sort=-publishedAt&body=none&count=none", "/v1/articles")]
    [InlineData("/v1/articles", "?tag=b,a&limit=5", "/v1/articles?limit=5&tag=a%2Cb")]
    [InlineData("/v1/articles", "?tag=b&limit=5&tag=a", "/v1/articles?limit=5&tag=a%2Cb")]
    [InlineData("/v1/articles", "?tag=b,a,b&tag=a", "/v1/articles?tag=a%2Cb")]
    [InlineData("/v1/articles", "?body=none,none", "/v1/articles")]
    [InlineData("/v1/search", "?q=a&as-you-type=false", "/v1/search?q=a")]
    [InlineData("/v1/search", "?q=a&as-you-type=False", "/v1/search?as-you-type=False&q=a")]
    [InlineData("/v1/articles", "?limit=5&tag=a,b", "/v1/articles?limit=5&tag=a%2Cb")]
    [InlineData("/v1/articles/a-story", "?body=blocks", "/v1/articles/a-story")]
    [InlineData("/v1/articles/a-story", "?body=text,html", "/v1/articles/a-story?body=html%2Ctext")]
    [InlineData("/v1/articles/a-story/related", "", "/v1/articles/a-story/related")]
    [InlineData("/v1/articles/related", "?body=blocks", "/v1/articles/related")]
    [InlineData(
        "/v1/articles",
        "?publishedAfter=2026-01-01T00:00:00%2B01:00",
        "/v1/articles?publishedAfter=2026-01-01T00%3A00%3A00%2B01%3A00"
    )]
    public void Spellings_of_one_question_have_one_form(string path, string query, string expected) =>
        Assert.Equal(expected, Normalise(path, query));

    [Theory]
    [InlineData("/v1/articles", "?page=2")]
    [InlineData("/v1/articles", "?limit=1&limit=2")]
    [InlineData("/v1/articles", "?tag=%zz")]
    [InlineData("/v1/articles", "?tag=%FF")]
    [InlineData("/v1/editorial/articles", "")]
    [InlineData("/v1/sync", "")]
    [InlineData("/v1/events", "")]
    [InlineData("/V1/articles", "")]
    [InlineData("/v1/articles/", "")]
    [InlineData("/v1/articles/A", "")]
    [InlineData("/v1/tags/chips", "")]
    [InlineData("/v1/search/a-story/related", "")]
    [InlineData("/", "")]
    public void What_is_not_kept_has_none(string path, string query) => Assert.Null(Normalise(path, query));

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("text/html, */*;q=0.1", true)]
    [InlineData("text/html", false)]
    [InlineData("application/json;q=0, */*", false)]
    public void Nor_has_what_the_client_does_not_take(string accept, bool isTaken)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/v1/articles";
        context.Request.Headers.Accept = accept;
        Assert.Equal(isTaken, Kept.Normalise(context.Request) is not null);
    }

    [Fact]
    public void The_normal_form_is_its_own_and_does_not_depend_on_the_order()
    {
        var value = Gen.OneOf(
            Gen.Const("power"),
            Gen.Const("people"),
            Gen.Const("a b"),
            Gen.Const("ä,ö"),
            Gen.Const("x&y"),
            Gen.Const("100%"),
            Gen.Const("+")
        );
        Gen.Select(
                Gen.Dictionary(
                    Gen.OneOf(
                        Gen.Const("section"),
                        Gen.Const("author"),
                        Gen.Const("tag"),
                        Gen.Const("sort"),
                        Gen.Const("cursor"),
                        Gen.Const("limit")
                    ),
                    value
                )[0, 3],
                Gen.Shuffle(new[] { 0, 1, 2, 3, 4, 5 })
            )
            .Sample(
                (parameters, order) =>
                {
                    var pairs = parameters.Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}").ToList();
                    var form = Normalise("/v1/articles", "?" + string.Join('&', pairs))!;
                    var shuffled = order.Where(i => i < pairs.Count).Select(i => pairs[i]);
                    Assert.Equal(form, Normalise("/v1/articles", "?" + string.Join('&', shuffled)));
                    var mark = form.IndexOf('?', StringComparison.Ordinal);
                    Assert.Equal(form, Normalise("/v1/articles", mark < 0 ? "" : form[mark..]));
                }
            );
    }

    private static string? Normalise(string path, string query)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;
        context.Request.QueryString = new QueryString(query);
        return Kept.Normalise(context.Request);
    }
}
