using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Search;

/// <summary>Search tells nobody what stands behind the wall but those who may read it.</summary>
public sealed class WalledSearchTests(CmsServer cms)
{
    [Theory]
    [InlineData("registered")]
    [InlineData("subscriber")]
    public async Task Phrases_are_looked_for_in_what_the_reader_may_read(string access)
    {
        var (a, b, c) = (Names.Word(), Names.Word(), Names.Word());
        var article = await ArticleAsync(access, $"Open {c} {a}.\n\nTwo.\n\nThe {a} {b} hides.");

        foreach (var phrase in new[] { $"\"{a} {b}\"", $"\"the {a} {b} hides\"", $"{c} \"{a} {b}\"" })
        {
            Assert.Empty(Ids(await AskAsync(cms.Anonymous, phrase)));
            Assert.Empty(Ids(await AskAsync(cms.Anonymous, phrase, "&sort=-publishedAt")));
            Assert.Equal([article], Ids(await AskAsync(cms.Reader, phrase)));
        }
        var facets = await AskAsync(cms.Anonymous, $"\"{a} {b}\"", "&facets=section,author,tag,month");
        Assert.Equal(0, (int)facets["total"]!["count"]!);
        Assert.Empty(facets["facets"]!["section"]!.AsArray());
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"\"{c} {a}\"")));
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"{a} {b}")));
        // That a phrase leaves the article out would tell as much.
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"{c} -\"{a} {b}\"")));
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"{c} -{b}")));
        Assert.Empty(Ids(await AskAsync(cms.Anonymous, $"{c} -{a}")));
        Assert.Empty(Ids(await AskAsync(cms.Reader, $"{c} -{b}")));
        Assert.Empty(Ids(await AskAsync(cms.Reader, $"{c} -\"{a} {b}\"")));
    }

    [Fact]
    public async Task Unfinished_words_are_looked_for_in_what_the_reader_may_read()
    {
        var (open, hidden, number) = (Names.Word(), Names.Word(), Names.Word());
        var article = await ArticleAsync(
            "subscriber",
            $"{open}ending.\n\nTwo.\n\nThe {hidden}ending {number}-19 hides."
        );
        var other = await cms.PublishedAsync(new JsonObject { ["headline"] = $"{hidden}ending in public" });
        await Wait.UntilAsync(
            "the words in the vocabulary",
            async () => Ids(await AskAsync(cms.Reader, hidden, "&as-you-type=true")).Contains(article)
        );

        Assert.Equal([(string)other["id"]!], Ids(await AskAsync(cms.Anonymous, hidden, "&as-you-type=true")));
        foreach (var typed in new[] { $"{open} {hidden}", $"{number}-1", $"{number}1" })
            Assert.Empty(Ids(await AskAsync(cms.Anonymous, typed, "&as-you-type=true")));
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, open, "&as-you-type=true")));
        Assert.Equal([article], Ids(await AskAsync(cms.Reader, $"{number}1", "&as-you-type=true")));
        // A whole word may find it.
        Assert.Contains(article, Ids(await AskAsync(cms.Anonymous, $"{hidden}ending")));
    }

    [Fact]
    public async Task What_a_teaser_cuts_off_within_a_paragraph_is_behind_the_wall()
    {
        var (first, last) = (Names.Word(), Names.Word());
        var filler = string.Concat(Enumerable.Repeat("Nothing to see here. ", 300));
        var article = await ArticleAsync(
            "subscriber",
            $"It begins with {first}. {filler} It ends with {last}."
        );

        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"\"begins with {first}\"")));
        Assert.Empty(Ids(await AskAsync(cms.Anonymous, $"\"ends with {last}\"")));
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, last)));
        Assert.Equal([article], Ids(await AskAsync(cms.Reader, $"\"ends with {last}\"")));
    }

    [Fact]
    public async Task One_sign_of_a_script_without_spaces_is_a_beginning()
    {
        var word = Names.Word();
        var article = await ArticleAsync("subscriber", $"{word} 東京.\n\nTwo.\n\n知事選挙");

        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"{word} 東")));
        Assert.Empty(Ids(await AskAsync(cms.Anonymous, $"{word} 選")));
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, $"{word} 選挙")));
        Assert.Equal([article], Ids(await AskAsync(cms.Reader, $"{word} 選")));
    }

    [Fact]
    public async Task No_word_from_behind_the_wall_is_offered_for_a_mistyped_one()
    {
        var hidden = Names.Word() + "overland";
        var article = await ArticleAsync("registered", $"One.\n\nTwo.\n\nThe {hidden} hides.");
        var slip = hidden[..^2] + hidden[^1] + hidden[^2];
        await Wait.UntilAsync(
            "the word in the vocabulary",
            async () => (string?)(await AskAsync(cms.Reader, slip))["didYouMean"] == hidden
        );

        var found = await AskAsync(cms.Anonymous, slip);
        var typed = await AskAsync(cms.Anonymous, slip, "&as-you-type=true");

        Assert.DoesNotContain(hidden, found.ToJsonString() + typed.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(Ids(found));
        Assert.Equal([article], Ids(await AskAsync(cms.Anonymous, hidden)));
    }

    [Fact]
    public async Task Pictures_and_lists_behind_the_wall_are_behind_it_in_search_too()
    {
        var (alt, item) = (Names.Word(), Names.Word());
        var image = (string)
            (await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created))["id"]!;
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["access"] = "subscriber",
                ["body"] = new JsonObject
                {
                    ["blocks"] = new JsonArray(
                        Paragraph("One."),
                        Paragraph("Two."),
                        new JsonObject
                        {
                            ["type"] = "image",
                            ["image"] = new JsonObject { ["id"] = image, ["alt"] = $"a red {alt}" },
                        },
                        new JsonObject
                        {
                            ["type"] = "list",
                            ["ordered"] = false,
                            ["items"] = new JsonArray(new JsonObject { ["html"] = $"a blue {item}" }),
                        }
                    ),
                },
            }
        );

        foreach (var phrase in new[] { $"\"red {alt}\"", $"\"blue {item}\"" })
        {
            Assert.Empty(Ids(await AskAsync(cms.Anonymous, phrase)));
            Assert.Equal([(string)article["id"]!], Ids(await AskAsync(cms.Reader, phrase)));
        }
        Assert.Equal([(string)article["id"]!], Ids(await AskAsync(cms.Anonymous, $"{alt} {item}")));
    }

    [Fact]
    public async Task A_key_that_is_limited_to_sections_reads_on_in_these_and_those_below_only()
    {
        var (a, b) = (Names.Word(), Names.Word());
        var parent = await cms.SectionAsync();
        var child = await cms.SectionAsync(parent);
        var body = $"One.\n\nTwo.\n\nThe {a} {b} hides.";
        var within = await ArticleAsync("subscriber", body, child);
        await ArticleAsync("subscriber", body, await cms.SectionAsync());
        var free = await ArticleAsync("public", body, await cms.SectionAsync());
        var key = await cms.NewKeyAsync(Role.Reader, [parent]);
        using var limited = cms.Client(key.Token);

        Assert.Equal(Sorted(within, free), Sorted(Ids(await AskAsync(limited, $"\"{a} {b}\""))));
        Assert.Equal([free], Ids(await AskAsync(cms.Anonymous, $"\"{a} {b}\"")));
        Assert.Equal(3, Ids(await AskAsync(cms.Reader, $"\"{a} {b}\"")).Count);
        Assert.Equal(3, Ids(await AskAsync(cms.Anonymous, $"{a} {b}")).Count);
    }

    private static JsonObject Paragraph(string html) => new() { ["type"] = "paragraph", ["html"] = html };

    private async Task<string> ArticleAsync(string access, string markdown, string? section = null)
    {
        var input = new JsonObject
        {
            ["access"] = access,
            ["body"] = new JsonObject { ["markdown"] = markdown },
        };
        if (section is not null)
            input["section"] = section;
        return (string)(await cms.PublishedAsync(input))["id"]!;
    }

    private static async Task<JsonObject> AskAsync(HttpClient client, string q, string more = "") =>
        await (await client.AskAsync("GET", $"/v1/search?q={Uri.EscapeDataString(q)}{more}")).ReadAsync(
            HttpStatusCode.OK
        );

    private static IReadOnlyList<string> Ids(JsonObject page) =>
        [.. page["data"]!.AsArray().Select(a => (string)a!["id"]!)];

    private static string[] Sorted(params IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];
}
