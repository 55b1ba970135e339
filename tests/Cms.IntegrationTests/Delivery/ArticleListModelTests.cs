using System.Globalization;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Lists of articles against a model that filters and sorts in memory.</summary>
public sealed class ArticleListModelTests(CmsServer cms)
{
    private const int Articles = 60;
    private static readonly string[] Sorts =
    [
        "-publishedAt",
        "publishedAt",
        "-updatedAt",
        "updatedAt",
        "headline",
    ];

    // What is written, and what it is sorted by: without case, accents and leading quotes.
    private static readonly (string Headline, string Key)[] Headlines =
    [
        ("Élan vital", "elan vital"),
        ("elan vital", "elan vital"),
        ("Elan Vital", "elan vital"),
        ("“Quoted” words", "quoted” words"),
        ("quoted words", "quoted words"),
        ("Zoo", "zoo"),
        ("zoology", "zoology"),
        ("10 things", "10 things"),
        ("9 things", "9 things"),
        ("Ärger", "arger"),
        ("Arger", "arger"),
        ("日本語", "日本語"),
        ("Ярмарка", "ярмарка"),
    ];

    [Fact]
    public async Task Every_filter_and_every_sort_give_what_a_plain_model_gives_forwards_and_backwards()
    {
        // Seeded, so that a failure can be repeated; the parameters are in its message.
        var random = new Random(20_261_123);
        var root = await cms.SectionAsync();
        var left = await cms.SectionAsync(root);
        var below = await cms.SectionAsync(left);
        var right = await cms.SectionAsync(root);
        var parents = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            [root] = [root],
            [left] = [root, left],
            [below] = [root, left, below],
            [right] = [root, right],
        };
        string[] sections = [root, left, below, right];
        string[] authors = [await cms.AuthorAsync(), await cms.AuthorAsync(), await cms.AuthorAsync()];
        string[] tags = [Names.Unique("tag"), Names.Unique("tag"), Names.Unique("tag"), Names.Unique("tag")];
        string[] accesses = ["public", "registered", "subscriber"];
        string[] kinds = ["story", "brief", "liveBlog"];
        var model = new List<Entry>();
        for (var i = 0; i < Articles; i++)
        {
            var (headline, key) = Headlines[random.Next(Headlines.Length)];
            var section = sections[random.Next(sections.Length)];
            string[] by = [.. authors.Where(_ => random.Next(3) == 0)];
            string[] about = [.. tags.Where(_ => random.Next(3) == 0)];
            var access = accesses[random.Next(accesses.Length)];
            var kind = kinds[random.Next(kinds.Length)];
            // A year that no other test uses, and few enough times that some are equal.
            var publishedAt = $"1931-03-{random.Next(1, 20):00}T08:00:00Z";
            var article = await cms.PublishedAsync(
                new JsonObject
                {
                    ["slug"] = Names.Unique("model"),
                    ["headline"] = headline,
                    ["section"] = section,
                    ["authors"] = new JsonArray([.. by.Select(a => (JsonNode)a)]),
                    ["tags"] = new JsonArray([.. about.Select(t => (JsonNode)t)]),
                    ["access"] = access,
                    ["kind"] = kind,
                    ["publishedAt"] = publishedAt,
                }
            );
            model.Add(
                new((string)article["id"]!, key, parents[section], by, about, access, kind, publishedAt)
            );
        }
        using var reader = cms.Anonymous;
        foreach (var page in await reader.PagesAsync($"/v1/articles?section={root}&limit=100"))
        foreach (var item in page["data"]!.AsArray())
            model.Single(e => e.Id == (string?)item!["id"]).UpdatedAt = DateTimeOffset.Parse(
                (string)item!["updatedAt"]!,
                CultureInfo.InvariantCulture
            );

        for (var filters = 1; filters < 64; filters++)
            foreach (var sort in Sorts)
            {
                string[]? section = (filters & 1) == 0 ? null : Some(sections);
                string[]? author = (filters & 2) == 0 ? null : Some(authors);
                string[]? tag = (filters & 4) == 0 ? null : Some(tags);
                string[]? access = (filters & 8) == 0 ? null : Some(accesses);
                var dated = (filters & 16) != 0;
                string[]? kind = (filters & 32) == 0 ? null : Some(kinds);
                // Access and kind alone would find what other tests publish: they go with a year of our own.
                if ((filters & ~(8 | 32)) == 0)
                    dated = true;
                var after = $"1931-03-{random.Next(1, 6):00}T08:00:00Z";
                var before = $"1931-03-{random.Next(12, 20):00}T08:00:00Z";
                var url = "/v1/articles?sort=" + sort;
                url += section is null ? "" : "&section=" + string.Join(',', section);
                url += author is null ? "" : "&author=" + string.Join(',', author);
                url += tag is null ? "" : "&tag=" + string.Join(',', tag);
                url += access is null ? "" : "&access=" + string.Join(',', access);
                url += kind is null ? "" : "&kind=" + string.Join(',', kind);
                string[]? all = random.Next(4) == 0 ? Some(tags) : null;
                string[]? without =
                    random.Next(4) == 0
                        ? [.. model.Where(_ => random.Next(10) == 0).Take(20).Select(e => e.Id)]
                        : null;
                if (without is [])
                    without = null;
                url += all is null ? "" : "&allTags=" + string.Join(',', all);
                url += without is null ? "" : "&exclude=" + string.Join(',', without);
                url += dated ? $"&publishedAfter={after}&publishedBefore={before}" : "";
                var wanted = Sorted(
                    model.Where(e =>
                        (section is null || section.Intersect(e.Sections).Any())
                        && (author is null || author.Intersect(e.Authors).Any())
                        && (tag is null || tag.Intersect(e.Tags).Any())
                        && (access is null || access.Contains(e.Access))
                        && (kind is null || kind.Contains(e.Kind))
                        && (all is null || all.All(e.Tags.Contains))
                        && (without is null || !without.Contains(e.Id))
                        && (
                            !dated
                            || (
                                string.CompareOrdinal(e.PublishedAt, after) > 0
                                && string.CompareOrdinal(e.PublishedAt, before) < 0
                            )
                        )
                    ),
                    sort
                );

                await CompareAsync(reader, url, wanted, 100);
                if (random.Next(3) == 0)
                    await CompareAsync(reader, url, wanted, 7);
                if (random.Next(50) == 0)
                    await CompareAsync(reader, url, wanted, 1);
            }

        string[] Some(string[] values)
        {
            var shuffled = values.ToArray();
            random.Shuffle(shuffled);
            return shuffled[..random.Next(1, 3)];
        }
    }

    private static string[] Sorted(IEnumerable<Entry> entries, string sort)
    {
        var sorted = entries.ToList();
        sorted.Sort(
            (a, b) =>
            {
                var order = sort.TrimStart('-') switch
                {
                    "publishedAt" => string.CompareOrdinal(a.PublishedAt, b.PublishedAt),
                    "updatedAt" => a.UpdatedAt.CompareTo(b.UpdatedAt),
                    _ => string.CompareOrdinal(a.Key, b.Key),
                };
                return order != 0 ? order : string.CompareOrdinal(a.Id, b.Id);
            }
        );
        if (sort[0] == '-')
            sorted.Reverse();
        return [.. sorted.Select(e => e.Id)];
    }

    private static async Task CompareAsync(HttpClient reader, string url, string[] wanted, int limit)
    {
        url += $"&limit={limit}";
        var first = await reader.GetJsonAsync(url + "&count=exact");
        Assert.True(
            (int?)first["page"]!["total"] == wanted.Length,
            $"{url}: total {first["page"]!["total"]}, not {wanted.Length}"
        );
        var forwards = await reader.PagesAsync(url);
        Same(wanted, forwards, url, "forwards");
        Assert.All(forwards[..^1], p => Assert.Equal(limit, p["data"]!.AsArray().Count));
        Assert.Null((string?)forwards[0]["page"]!["previous"]);

        var backwards = new List<JsonObject> { forwards[^1] };
        while ((string?)backwards[0]["page"]!["previous"] is { } previous)
            backwards.Insert(0, await reader.GetJsonAsync(Wire.With(url, "cursor", previous)));
        Same(wanted, backwards, url, "backwards");
        // From wherever one came, the page after a page is the one that follows it.
        if (backwards.Count > 1)
        {
            var again = await reader.GetJsonAsync(
                Wire.With(url, "cursor", (string)backwards[0]["page"]!["next"]!)
            );
            Assert.Equal(backwards[1].Ids(), again.Ids());
        }
    }

    private static void Same(string[] wanted, List<JsonObject> pages, string url, string way)
    {
        var found = pages.SelectMany(p => p.Ids()).ToArray();
        Assert.True(
            wanted.SequenceEqual(found),
            $"{url} {way}\nwanted {string.Join(' ', wanted)}\nfound  {string.Join(' ', found)}"
        );
    }

    private sealed record Entry(
        string Id,
        string Key,
        string[] Sections,
        string[] Authors,
        string[] Tags,
        string Access,
        string Kind,
        string PublishedAt
    )
    {
        public DateTimeOffset UpdatedAt { get; set; }
    }
}
