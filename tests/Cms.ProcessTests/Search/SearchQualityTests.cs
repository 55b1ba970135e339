using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Search;

/// <summary>
/// Whether a reader finds what they look for: judged queries over the demo newsroom, alone and with many articles
/// besides that are made of the same words. The right article must be among the first three for at least 95 of 100.
/// </summary>
public sealed partial class SearchQualityTests(Newsrooms newsrooms)
{
    private const int Others = 300;
    private const int First = 3;
    private const double Share = 0.95;

    private static readonly (string Query, string Slug)[] Judged =
    [
        // Words of headlines.
        ("valley bet halden", "the-valley-that-bet-on-halden"),
        ("draft bill water halden", "halden-water-cap-in-draft-bill"),
        ("parley moderators temporary filter", "parleys-temporary-filter"),
        ("northgate power line", "northgate-builds-its-own-power-line"),
        ("surge pricing", "ostler-drops-surge-pricing-in-calder"),
        ("orrery model exam", "orrery-labs-and-the-tests-it-had-seen"),
        ("choose how to be interrupted", "parley-lets-users-pick-a-feed"),
        ("writing app four words", "quillet-app-store-fee"),
        ("84 chips pump", "halden-yield-passes-84-percent"),
        ("last house online fibre", "lantern-brings-the-plateau-online"),
        ("cable island nineteen days", "a-cable-and-an-island"),
        ("cairnstore licence fork", "cairnstore-changes-its-licence"),
        ("certificate that was correct", "northgate-outage-correct-certificate"),
        ("stavrin price of support", "stavrin-raises-support-prices"),
        ("leaving stavrin", "leaving-stavrin-in-nine-hundred-days"),
        ("last mainframe", "the-last-mainframe-at-merrowbank"),
        ("cloud results growth", "cloud-results-third-quarter"),
        ("questions before you sign AI contract", "seven-questions-before-you-sign"),
        ("tollgate buys pinnock", "tollgate-buys-pinnock"),
        ("kestrel route planner", "kestrel-freight-turns-off-the-optimiser"),
        ("gave up fridays", "four-day-week-the-data"),
        ("drivers choose a union", "kestrel-drivers-vote-for-a-union"),
        ("spreadsheet vantner", "the-spreadsheet-that-changed-vantner"),
        ("who went where october", "moves-october"),
        ("days in the office", "brightwater-office-days"),
        ("drawer without a handle", "data-commission-fines-tollgate"),
        ("ask a program why", "the-algorithms-act-explained"),
        ("no water no watts", "water-permits-for-data-centres"),
        ("fair markets court tenth of a second", "fair-markets-office-takes-parley-to-court"),
        ("spectrum auction unsold", "spectrum-auction-ends-early"),
        ("saltmere cameras", "saltmere-counts-its-cameras"),
        ("five things bicycles lift", "five-things-this-week-in-calder"),
        ("minister public cloud", "minister-vey-wants-a-public-cloud"),
        // Words of decks and bodies.
        ("cement mixers", "cloud-results-third-quarter"),
        ("eleven bytes longer", "northgate-outage-correct-certificate"),
        ("banks database contract resell", "cairnstore-changes-its-licence"),
        ("expensive employee pump", "halden-yield-passes-84-percent"),
        ("satellites reach everybody", "lantern-brings-the-plateau-online"),
        ("angry letters garages", "zoe-ibarra-holt-doesnt-want-to-be-a-visionary"),
        // Other endings.
        ("restoring backups", "nobody-restores-a-backup"),
        ("apprentice outnumbers graduate", "apprentices-outnumber-graduates"),
        ("switching off mainframes", "the-last-mainframe-at-merrowbank"),
        ("spreadsheets", "the-spreadsheet-that-changed-vantner"),
        ("auctioned spectrum", "spectrum-auction-ends-early"),
        ("taxing sleep on calls", "on-call-is-a-tax-on-sleep"),
        // Names.
        ("oskar nwosu sleep", "on-call-is-a-tax-on-sleep"),
        ("priya vanterpool mainframe", "the-last-mainframe-at-merrowbank"),
        ("lindqvist surge pricing", "ostler-drops-surge-pricing-in-calder"),
        ("aurel moorcroft", "halden-yield-passes-84-percent"),
        ("gwendolyn mainframe", "the-last-mainframe-at-merrowbank"),
        ("antitrust parley", "fair-markets-office-takes-parley-to-court"),
        // Accents.
        ("zoe ibarra holt", "zoe-ibarra-holt-doesnt-want-to-be-a-visionary"),
        ("Zoë Ibarra-Holt", "zoe-ibarra-holt-doesnt-want-to-be-a-visionary"),
        ("tomas adeyemi cable", "a-cable-and-an-island"),
        ("renee castellane spreadsheet", "the-spreadsheet-that-changed-vantner"),
        // Slips.
        ("haldne pump", "halden-yield-passes-84-percent"),
        ("nothgate certifcate", "northgate-outage-correct-certificate"),
        ("mainframme gwendolin", "the-last-mainframe-at-merrowbank"),
        ("spectrm auctoin", "spectrum-auction-ends-early"),
        ("aprentices", "apprentices-outnumber-graduates"),
        ("ibara holt", "zoe-ibarra-holt-doesnt-want-to-be-a-visionary"),
        ("tolgate pinnok", "tollgate-buys-pinnock"),
        // Phrases, alternatives, exclusions.
        ("\"tax on sleep\"", "on-call-is-a-tax-on-sleep"),
        ("\"public cloud\" minister", "minister-vey-wants-a-public-cloud"),
        ("\"bird boxes\"", "saltmere-counts-its-cameras"),
        ("\"nineteen days\"", "a-cable-and-an-island"),
        ("mainframe or spectrum", "the-last-mainframe-at-merrowbank"),
        ("parley feed -court", "parley-lets-users-pick-a-feed"),
        ("halden -water -loan", "halden-yield-passes-84-percent"),
        // Unfinished words.
        ("spreadsh…", "the-spreadsheet-that-changed-vantner"),
        ("cairnstore lice…", "cairnstore-changes-its-licence"),
        ("surge pri…", "ostler-drops-surge-pricing-in-calder"),
        ("castell…", "the-spreadsheet-that-changed-vantner"),
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_right_article_is_among_the_first_three()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        await Wait.UntilAsync(
            "the vocabulary",
            async () => await ArticlesAsync(reader, "cairnstore lice…") is [_, ..]
        );

        await RequireAsync(reader, "the demo newsroom");
        await WriteOthersAsync(server, reader);
        await RequireAsync(reader, $"the demo newsroom and {Others} articles of its words");
    }

    private static async Task RequireAsync(HttpClient reader, string newsroom)
    {
        var missed = new List<string>();
        foreach (var (query, slug) in Judged)
        {
            var found = await ArticlesAsync(reader, query);
            if (!found.Contains(slug))
                missed.Add($"{query}: {string.Join(", ", found)}");
        }
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{newsroom}: {Judged.Length - missed.Count} of {Judged.Length}"
        );
        Assert.True(
            missed.Count <= Judged.Length * (1 - Share),
            $"In {newsroom} were not found:\n{string.Join('\n', missed)}"
        );
    }

    private static async Task<string[]> ArticlesAsync(HttpClient reader, string query)
    {
        var isTyped = query.EndsWith('…');
        var url =
            $"/v1/search?q={Uri.EscapeDataString(query.TrimEnd('…'))}&limit={First}&fields=slug"
            + $"{(isTyped ? "&as-you-type=true" : "")}";
        JsonObject? found = null;
        await Wait.UntilAsync(
            "an answer",
            async () =>
            {
                using var response = await reader.GetAsync(url, TestContext.Current.CancellationToken);
                // A machine that is busy with other tests may take too long for a search.
                if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                    return false;
                found = await response.ReadAsync(HttpStatusCode.OK);
                return true;
            }
        );
        return [.. found!["data"]!.AsArray().Select(a => (string)a!["slug"]!)];
    }

    /// <summary>Articles of sentences that mix the words of the demo's own texts.</summary>
    private static async Task WriteOthersAsync(CmsProcess server, HttpClient reader)
    {
        var random = new Random(20_261_124);
        var words = new List<string>();
        var list = await reader.GetJsonAsync("/v1/articles?limit=100&body=text");
        foreach (var article in list["data"]!.AsArray())
            words.AddRange(Letters().Matches((string)article!["body"]!["text"]!).Select(m => m.Value));
        string Text(int count) =>
            string.Join(' ', Enumerable.Range(0, count).Select(_ => words[random.Next(words.Count)]));

        using var desk = server.Admin();
        var articles = Enumerable
            .Range(0, Others)
            .Select(i => new JsonObject
            {
                ["slug"] = string.Create(CultureInfo.InvariantCulture, $"other-{i}"),
                ["headline"] = Text(8),
                ["deck"] = Text(14),
                ["section"] = "power",
                ["publishedAt"] = string.Create(
                    CultureInfo.InvariantCulture,
                    $"20{10 + (i % 15)}-0{1 + (i % 9)}-11T00:00:00Z"
                ),
                ["body"] = new JsonObject { ["markdown"] = $"{Text(150)}\n\n{Text(100)}" },
            })
            .ToList();
        await Parallel.ForEachAsync(
            articles,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct },
            async (article, _) =>
            {
                await desk.PostAsync("/v1/editorial/articles", article);
                await desk.PostAsync(
                    $"/v1/editorial/articles/{article["slug"]}/publish",
                    expected: HttpStatusCode.OK
                );
            }
        );
    }

    [GeneratedRegex(@"\p{L}+", RegexOptions.None, 1_000)]
    private static partial Regex Letters();
}
