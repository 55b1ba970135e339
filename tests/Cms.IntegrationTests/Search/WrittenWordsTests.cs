using System.Net;
using System.Text.Json.Nodes;
using Cms.Publishing.Search;

namespace Cms.IntegrationTests.Search;

/// <summary>Search finds what editors wrote, as PostgreSQL and the language have it.</summary>
public sealed class WrittenWordsTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_newsrooms_write_is_found_by_what_readers_type_and_by_nothing_else()
    {
        var faults = new List<string>();
        var section = await cms.SectionAsync();
        await Parallel.ForEachAsync(
            WrittenWords.All,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct },
            async (row, _) =>
            {
                var word = Names.Word();
                var article = await cms.PublishedAsync(
                    new JsonObject
                    {
                        ["headline"] = word,
                        ["section"] = section,
                        ["body"] = new JsonObject
                        {
                            ["blocks"] = new JsonArray(
                                new JsonObject { ["type"] = "code", ["code"] = row.Text }
                            ),
                        },
                    }
                );
                async Task<bool> FindsAsync(string q)
                {
                    // "or" binds least, so that each side needs the word.
                    var all = string.Join(" or ", q.Split(" or ").Select(side => $"{word} {side}"));
                    var found = await SearchAsync(all);
                    return Ids(found).Contains((string)article["id"]!) && found["didYouMean"] is null;
                }
                foreach (var q in WrittenWords.Split(row.Found))
                    if (!await FindsAsync(q))
                        lock (faults)
                            faults.Add($"'{q}' does not find '{row.Text}'");
                foreach (var q in WrittenWords.Split(row.NotFound))
                    if (await FindsAsync(q))
                        lock (faults)
                            faults.Add($"'{q}' finds '{row.Text}'");
            }
        );
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task Each_word_that_the_database_gets_is_one_word_to_it()
    {
        var words = WrittenWords
            .All.SelectMany(row => IndexText.Of(row.Text).Split(' '))
            .Where(w => w.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .ToArray();

        Assert.Equal(
            "",
            await cms.ScalarAsync<string>(
                """
                select coalesce(string_agg(w, ' '), '') from unnest(@words) w
                where (select count(*) from ts_parse('default', w)) <> 1
                """,
                new { words }
            )
        );
    }

    [Theory]
    [InlineData("F-16 jets", "\"F-16 jets\"|\"f16 jets\"|\"F 16 jets\"", "\"16 F jets\"|\"jets F-16\"")]
    [InlineData("The U.S. president spoke", "\"US president\"|\"U.S. president\"", "\"president US\"")]
    [InlineData(
        "東京都知事選挙 2024",
        "\"知事選挙\"|\"選挙 2024\"|\"東京都知事選挙\"",
        "\"知事東京\"|\"2024 選挙\""
    )]
    [InlineData(
        "Zoë Ibarra-Holt’s plan",
        "\"ibarra holt\"|\"Ibarra-Holt's plan\"|\"zoe ibarra-holt\"",
        "\"holt ibarra\""
    )]
    public async Task Phrases_hold_whatever_joins_their_words(string text, string found, string notFound)
    {
        var word = Names.Word();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = word,
                ["body"] = new JsonObject { ["markdown"] = text },
            }
        );

        foreach (var q in WrittenWords.Split(found))
            Assert.Equal([(string)article["id"]!], Ids(await SearchAsync($"{word} {q}")));
        foreach (var q in WrittenWords.Split(notFound))
            Assert.Empty(Ids(await SearchAsync($"{word} {q}")));
    }

    [Fact]
    public async Task Words_that_go_on_after_a_hyphen_may_be_unfinished()
    {
        var (first, second, tag, author) = (Names.Word(), Names.Word(), Names.Word(), Names.Word());
        var article = await cms.PublishedAsync(
            new JsonObject { ["headline"] = $"Zoë {first}-{second}ending" }
        );
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject { ["slug"] = author, ["name"] = $"Ana {author}-{second}ending" }
        );
        var theirs = await cms.PublishedAsync(
            new JsonObject { ["authors"] = new JsonArray(author), ["tags"] = new JsonArray($"{tag}-19") }
        );
        await Wait.UntilAsync(
            "the words in the vocabulary",
            async () => Ids(await SearchAsync($"{first}-{second}endi", "&as-you-type=true")).Count > 0
        );

        foreach (
            var typed in new[] { $"{first}-", $"{first}-{second}", $"{first}-{second}endin", $"Zoë {first}-" }
        )
            Assert.Equal([(string)article["id"]!], Ids(await SearchAsync(typed, "&as-you-type=true")));
        foreach (
            var typed in new[] { $"{author}-", $"{author}-{second[..3]}", $"ana {author}-{second}endin" }
        )
            Assert.Equal([(string)theirs["id"]!], Ids(await SearchAsync(typed, "&as-you-type=true")));
        Assert.Empty(Ids(await SearchAsync($"{first}-{second}", "&as-you-type=false")));
        foreach (var name in new[] { $"{tag}-19", $"{tag}19", $"{tag} 19", $"{author}{second}ending" })
            Assert.Equal([(string)theirs["id"]!], Ids(await SearchAsync(name)));
    }

    [Theory]
    [InlineData("The F-16 landed", "f16", "The <mark>F-16</mark> landed")]
    [InlineData("A Reuters/Ipsos poll", "ipsos", "A Reuters/<mark>Ipsos</mark> poll")]
    [InlineData("It ended.Talks resume", "talks", "It ended.<mark>Talks</mark> resume")]
    [InlineData("東京都知事選挙の結果", "知事選挙", "東京都<mark>知事選挙</mark>の結果")]
    [InlineData(
        "Die Bundes\u00ADtagswahl kommt",
        "bundestagswahl",
        "Die <mark>Bundes\u00ADtagswahl</mark> kommt"
    )]
    [InlineData("The \u212Bngstr\u00F6m Labs", "angstrom", "The <mark>\u212Bngstr\u00F6m</mark> Labs")]
    [InlineData("Some C++ & C#", "C++", "Some <mark>C++</mark> &amp; C#")]
    public async Task What_was_found_is_marked(string text, string q, string marked)
    {
        var word = Names.Word();
        await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = word,
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(new JsonObject { ["type"] = "code", ["code"] = text }),
                },
            }
        );

        var hit = Assert.Single((await SearchAsync($"{word} {q}"))["data"]!.AsArray())!;

        // Text is stored in its composed form.
        Assert.Equal(
            marked.Replace("\u212B", "\u00C5", StringComparison.Ordinal),
            ((string)hit["highlight"]!["snippet"]!).Replace("\u212B", "\u00C5", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_desk_finds_drafts_by_the_same_words()
    {
        var word = Names.Word();
        var draft = await cms.DraftAsync(
            new JsonObject
            {
                ["headline"] = $"{word} F-16 and COVID-19: Reuters/Ipsos, ended.Talks",
                ["deck"] = "Bundes\u00ADtagswahl, \u00C5ngström, Zoë Ibarra-Holt, 東京都知事選挙",
            }
        );

        foreach (
            var q in (string[])
                [
                    "F-16",
                    "f16",
                    "16",
                    "covid 19",
                    "covid-1",
                    "ipsos",
                    "Reuters/Ipsos",
                    "talks",
                    "bundestagswahl",
                    "A\u030Angstrom",
                    "angstr",
                    "ibarra-ho",
                    "ibarra-",
                    "知事選挙",
                    "ende",
                ]
        )
            Assert.Equal([(string)draft["id"]!], await DeskAsync($"{word} {q}"));
        foreach (var q in new[] { "f15", "covid-2", "ibarra-holx", "知挙" })
            Assert.Empty(await DeskAsync($"{word} {q}"));

        async Task<IReadOnlyList<string>> DeskAsync(string q) =>
            Ids(await cms.Viewer.GetJsonAsync($"/v1/editorial/articles?q={Uri.EscapeDataString(q)}"));
    }

    [Fact]
    public async Task Pictures_are_found_by_what_is_said_of_them_also_when_that_changes()
    {
        var (alt, caption, credit, own, later) = (
            Names.Word(),
            Names.Word(),
            Names.Word(),
            Names.Word(),
            Names.Word()
        );
        var hero = await ImageAsync();
        var image = await ImageAsync();
        await SayAsync(image, own);
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["heroImage"] = new JsonObject
                {
                    ["id"] = hero,
                    ["alt"] = $"A {alt}",
                    ["caption"] = $"The {caption}",
                    ["credit"] = credit,
                },
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        new JsonObject { ["type"] = "paragraph", ["html"] = "Some words." },
                        new JsonObject
                        {
                            ["type"] = "image",
                            ["image"] = new JsonObject { ["id"] = image },
                        }
                    ),
                },
                ["disclosure"] = $"{own}disclosed",
            }
        );
        string[] expected = [(string)article["id"]!];
        foreach (var q in new[] { alt, caption, credit, own, $"{own}disclosed" })
            Assert.Equal(expected, Ids(await SearchAsync(q)));
        Assert.Empty(Ids(await SearchAsync(later)));

        await SayAsync(image, later);

        await Wait.UntilAsync(
            "the new words",
            async () => Ids(await SearchAsync(later)).SequenceEqual(expected)
        );
        Assert.Empty(Ids(await SearchAsync(own)));

        async Task SayAsync(string id, string says)
        {
            var revision = (int)(await cms.Editor.GetJsonAsync($"/v1/editorial/images/{id}"))["revision"]!;
            await (
                await cms.Editor.SendPatchAsync(
                    $"/v1/editorial/images/{id}",
                    new JsonObject { ["alt"] = says },
                    $"\"{revision}\""
                )
            ).ReadAsync(HttpStatusCode.OK);
        }
    }

    private async Task<string> ImageAsync() =>
        (string)
            (await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created))["id"]!;

    private Task<JsonObject> SearchAsync(string q, string more = "") =>
        cms.Anonymous.GetJsonAsync($"/v1/search?q={Uri.EscapeDataString(q)}{more}");

    private static IReadOnlyList<string> Ids(JsonObject page) =>
        [.. page["data"]!.AsArray().Select(a => (string)a!["id"]!)];
}
