using System.Net;
using System.Text.Json.Nodes;
using Cms.Editorial.Articles;
using Cms.IntegrationTests.Http;
using Cms.Platform.Lists;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Pages with bodies, which end when they are many bytes.</summary>
public sealed class LongPageTests(CmsServer cms, LongArticles articles) : IClassFixture<LongArticles>
{
    private const string AllForms = "blocks,html,markdown,text";

    // What stands around the items: the page and its cursors.
    private const int Frame = 2_000;

    private static readonly int[] Lengths = LongArticles.Lengths;

    private readonly string _section = articles.Section;
    private readonly string _tag = articles.Tag;

    [Fact]
    public async Task A_page_with_bodies_ends_when_it_is_long_and_the_next_one_goes_on()
    {
        // One filter is a range of an index; two are looked up one in the other.
        var (one, two) = ($"section={_section}", $"section={_section}&tag={_tag}");
        // Each way and each sort, but not each with each: every pair costs the bodies of the section twice.
        foreach (
            var (sort, filter, forms) in new[]
            {
                ("-publishedAt", one, AllForms),
                ("publishedAt", two, "html"),
                ("headline", two, AllForms),
                ("-updatedAt", one, "text"),
            }
        )
            await CompareAsync(
                cms.Anonymous,
                (await cms.Anonymous.GetJsonAsync(Ids(_section, sort))).Ids(),
                $"/v1/articles?{filter}&sort={sort}&body={forms}&limit=100&count=exact"
            );
    }

    [Fact]
    public async Task A_page_of_the_desk_with_bodies_ends_when_it_is_long_too()
    {
        foreach (var sort in new[] { "-createdAt", "createdAt" })
        {
            var url = $"/v1/editorial/articles?section={_section}&sort={sort}&limit=100&count=exact";
            var pages = await cms.Editor.PagesAsync($"{url}&fields=id");
            string[] wanted = [.. pages.SelectMany(page => page.Ids())];

            Assert.Equal(Lengths.Length, wanted.Length);
            await CompareAsync(cms.Editor, wanted, $"{url}&body={AllForms}");
            await CompareAsync(cms.Editor, wanted, $"{url}&body=html");
        }
    }

    [Fact]
    public async Task A_page_of_a_search_ends_when_the_bodies_that_it_highlights_are_long()
    {
        foreach (var sort in new[] { "relevance", "-publishedAt" })
        {
            var url = $"/v1/search?q=long&tag={_tag}&sort={sort}&fields=id,highlight";
            var one = await cms.Anonymous.PagesAsync($"{url}&limit=1");
            var forwards = await cms.Anonymous.PagesAsync($"{url}&limit=100");
            var backwards = new List<JsonObject> { forwards[^1] };
            while ((string?)backwards[0]["page"]!["previous"] is { } previous)
                backwards.Insert(
                    0,
                    await cms.Anonymous.GetJsonAsync(Wire.With($"{url}&limit=100", "cursor", previous))
                );

            Assert.Equal(Lengths.Length, one.Count);
            Assert.InRange(forwards.Count, 2, 3);
            Assert.InRange(backwards.Count, 2, 3);
            Assert.Equal(one.SelectMany(page => page.Ids()), forwards.SelectMany(page => page.Ids()));
            Assert.Equal(one.SelectMany(page => page.Ids()), backwards.SelectMany(page => page.Ids()));
            Assert.Equal(Lengths.Length, (int)forwards[0]["total"]!["count"]!);
            Assert.All(
                forwards.Concat(backwards).SelectMany(page => page["data"]!.AsArray()),
                hit => Assert.NotNull(hit!["highlight"]!["headline"])
            );
        }
    }

    [Fact]
    public async Task A_page_of_the_desk_without_bodies_ends_when_the_corrections_are_long()
    {
        var section = await cms.SectionAsync();
        var ids = new List<string>();
        for (var article = 0; article < 6; article++)
        {
            var corrections = Enumerable
                .Range(0, ArticleLimits.Corrections)
                .Select(_ =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["at"] = "2020-01-01T00:00:00Z",
                            ["text"] = new string('\\', ArticleLimits.Correction),
                        }
                );
            var draft = await cms.DraftAsync(
                new JsonObject { ["section"] = section, ["corrections"] = new JsonArray([.. corrections]) }
            );
            ids.Add((string)draft["id"]!);
        }

        var url = $"/v1/editorial/articles?section={section}&sort=createdAt&limit=100";
        var whole = await cms.Editor.PagesAsync(url);
        var few = await cms.Editor.PagesAsync($"{url}&fields=id");

        Assert.Equal(2, whole.Count);
        Assert.Equal(2, few.Count);
        Assert.Equal(ids, whole.SelectMany(page => page.Ids()));
        Assert.Equal(ids, few.SelectMany(page => page.Ids()));
        Assert.All(
            whole.SelectMany(page => page["data"]!.AsArray()),
            item => Assert.Equal(ArticleLimits.Corrections, item!["corrections"]!.AsArray().Count)
        );
    }

    [Fact]
    public async Task A_page_that_ends_early_is_the_whole_answer_of_its_address()
    {
        var url = $"/v1/articles?section={_section}&body={AllForms}&limit=100";
        var first = await cms.Anonymous.AskAsync("GET", url);
        var again = await cms.Anonymous.AskAsync("GET", url, ("If-None-Match", first.Field("ETag")!));
        var page = await first.ReadAsync(HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(first.Field("ETag"), again.Field("ETag"));
        Assert.Contains(
            Uri.EscapeDataString((string)page["page"]!["next"]!),
            first.Links()["next"],
            StringComparison.Ordinal
        );
        // Only what is on it: what came after its end does not outdate it.
        foreach (var id in page.Ids())
            Assert.Contains(id, first.Field("Cache-Tag"), StringComparison.Ordinal);

        // Without bodies it is as long as its limit, for readers. The desk's excerpts are made of the bodies.
        var delivered = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={_section}&limit=9");
        Assert.Equal(9, delivered.Ids().Length);

        // What is read for a page is bounded too, whatever of it is shown.
        foreach (
            var (client, list) in new[]
            {
                (cms.Anonymous, "/v1/articles?body=text"),
                (cms.Editor, "/v1/editorial/articles?body=text"),
                (cms.Editor, "/v1/editorial/articles?body=none"),
            }
        )
        {
            var few = await client.PagesAsync($"{list}&section={_section}&limit=100&fields=id");
            Assert.InRange(few.Count, 2, 3);
            Assert.Equal(Lengths.Length, few.SelectMany(part => part.Ids()).Distinct().Count());
        }
    }

    private static async Task CompareAsync(HttpClient client, string[] wanted, string url)
    {
        Assert.Equal(Lengths.Length, wanted.Length);
        var forwards = new List<JsonObject> { await PageAsync(client, url) };
        while ((string?)forwards[^1]["page"]!["next"] is { } next)
            forwards.Add(await PageAsync(client, Wire.With(url, "cursor", next)));
        var backwards = new List<JsonObject> { forwards[^1] };
        while ((string?)backwards[0]["page"]!["previous"] is { } previous)
            backwards.Insert(0, await PageAsync(client, Wire.With(url, "cursor", previous)));

        Assert.InRange(forwards.Count, 2, wanted.Length);
        Assert.Equal(wanted, forwards.SelectMany(page => page.Ids()));
        Assert.Equal(wanted, backwards.SelectMany(page => page.Ids()));
        Assert.Null((string?)forwards[0]["page"]!["previous"]);
        // No page could have taken the first of the next one too.
        foreach (var (page, after) in forwards.Zip(forwards.Skip(1)))
            Assert.True(Bytes(page) + Bytes(after, 1) > Paging.MaxBytes, url);
        foreach (var (before, page) in backwards.Zip(backwards.Skip(1)).SkipLast(1))
            Assert.True(Bytes(page) + Bytes(before, before.Ids().Length, 1) > Paging.MaxBytes, url);
    }

    private static async Task<JsonObject> PageAsync(HttpClient client, string url)
    {
        var response = await client.AskAsync("GET", url);
        var page = await response.ReadAsync(HttpStatusCode.OK);
        var bytes = (await response.BytesAsync()).Length;
        Assert.True(bytes <= Paging.MaxBytes + Frame || page.Ids().Length == 1, $"{bytes} bytes: {url}");
        Assert.Equal(Lengths.Length, (int)page["page"]!["total"]!);
        Assert.Equal(100, (int)page["page"]!["limit"]!);
        Assert.NotEmpty(page.Ids());
        Assert.All(page["data"]!.AsArray(), item => Assert.NotNull(item!["body"]));
        return page;
    }

    // The bytes of the items in the forms that were asked for, or of some of them, from the first or from the last.
    private static long Bytes(JsonObject page, int most = int.MaxValue, int last = 0) =>
        page["data"]!
            .AsArray()
            .TakeLast(last == 0 ? int.MaxValue : last)
            .Take(most)
            .Sum(item => (long)JsonBytes(item!));

    private static int JsonBytes(JsonNode item) =>
        System.Text.Encoding.UTF8.GetByteCount(
            item.ToJsonString(
                new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        );

    private static string Ids(string section, string sort) => LongArticles.Ids(section, sort);
}

/// <summary>Articles with long bodies, published once for all tests of pages: they take seconds to write.</summary>
public sealed class LongArticles(CmsServer cms) : IAsyncLifetime
{
    // In characters of two bytes each. Only the longest exceeds a page by itself, and only in all its forms.
    internal static readonly int[] Lengths =
    [
        300_000,
        10,
        300_000,
        10,
        980_000,
        10,
        10,
        300_000,
        300_000,
        10,
    ];

    public string Section { get; private set; } = "";
    public string Tag { get; } = Names.Unique("tag");

    public async ValueTask InitializeAsync()
    {
        Section = await cms.SectionAsync();
        for (var i = 0; i < Lengths.Length; i++)
            await cms.PublishedAsync(
                new JsonObject
                {
                    ["headline"] = Names.Unique($"{(char)('a' + (7 * i % 10))} long"),
                    ["section"] = Section,
                    ["tags"] = new JsonArray(Tag),
                    ["publishedAt"] = $"1999-01-{i + 1:00}T00:00:00Z",
                    ["body"] = new JsonObject { ["html"] = Text(Lengths[i]) },
                }
            );
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var id in (await cms.Anonymous.GetJsonAsync(Ids(Section, "-publishedAt"))).Ids())
            await cms.Editor.PostAsync($"/v1/editorial/articles/{id}/unpublish", expected: HttpStatusCode.OK);
    }

    internal static string Ids(string section, string sort) =>
        $"/v1/articles?section={section}&sort={sort}&limit=100&fields=id";

    // In paragraphs, each within its own limit; of backslashes, which JSON writes as two.
    private static string Text(int length) =>
        string.Concat(
            Enumerable
                .Range(0, (length + 89_999) / 90_000)
                .Select(i => $"<p>{new string('\\', Math.Min(90_000, length - (90_000 * i)))}</p>")
        );
}
