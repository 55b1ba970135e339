using Cms.Delivery.Search;
using Cms.Delivery.Search.Words;
using CsCheck;

namespace Cms.Tests.Search;

/// <summary>What a reader types, taken apart.</summary>
public sealed class SearchTextTests
{
    [Theory]
    [InlineData("chips", "chips")]
    [InlineData("  data   centre ", "data+centre")]
    [InlineData("\"data centre\" tax", "[data centre]+tax")]
    [InlineData("“data centre” tax", "[data centre]+tax")]
    [InlineData("\"never closed", "[never closed]")]
    [InlineData("water-\"data centre\"", "water-+[data centre]")]
    [InlineData("chips or solar power", "chips|solar+power")]
    [InlineData("chips OR solar", "chips|solar")]
    [InlineData("or chips or", "chips")]
    [InlineData("or or or", "")]
    [InlineData("chips -tax", "chips!tax")]
    [InlineData("chips -\"flat tax\" tower", "chips+tower![flat tax]")]
    [InlineData("-tax", "!tax")]
    [InlineData("chips - tax", "chips+tax")]
    [InlineData("-", "")]
    [InlineData("\"", "")]
    [InlineData("\"\" '' !! ::* & | ( )", "")]
    [InlineData("😀 news", "news")]
    [InlineData("well-known", "well-known")]
    public void A_text_is_taken_apart_as_web_searches_do(string text, string expected) =>
        Assert.Equal(expected, Show(SearchText.Parse(text, asYouType: false)));

    [Theory]
    [InlineData("hal", "hal*")]
    [InlineData("northgate hal", "northgate+hal*")]
    [InlineData("hal ", "hal")]
    [InlineData("\"hal", "[hal]")]
    [InlineData("chips -hal", "chips!hal")]
    public void Only_the_last_word_is_unfinished_and_only_while_nothing_follows_it(
        string text,
        string expected
    ) => Assert.Equal(expected, Show(SearchText.Parse(text, asYouType: true)));

    [Theory]
    [InlineData("Élan", "elan")]
    [InlineData("e\u0301lan", "elan")]
    [InlineData("Straße", "strasse")]
    [InlineData("Ørsted", "orsted")]
    [InlineData("Москва", "москва")]
    [InlineData("Йога", "иога")]
    public void Plain_words_are_small_and_without_accents(string word, string plain) =>
        Assert.Equal(plain, SearchText.Plain(word));

    [Fact]
    public void Whatever_is_typed_is_within_the_bounds() =>
        Gen.String.Sample(text =>
        {
            var parsed = SearchText.Parse(string.Concat(Enumerable.Repeat(text + " ", 50)), asYouType: true);
            return parsed.Wanted.Count() + parsed.Excluded.Count <= SearchText.MaxWords
                && parsed.Alternatives.All(a => a.Count > 0);
        });

    [Fact]
    public void The_words_of_phrases_count()
    {
        var parsed = SearchText.Parse(
            string.Join(" or ", Enumerable.Range(0, 40).Select(i => $"\"aa{i} bb{i} cc{i}\"")),
            asYouType: false
        );
        var words = parsed
            .Wanted.Select(t => t.Text)
            .SelectMany(t => t.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(SearchText.MaxWords, words.Count());
        Assert.Equal("aa10 bb10", parsed.Wanted.Last().Text.Trim());
    }

    [Fact]
    public void Words_are_put_right_where_they_stand_and_nothing_else_is() =>
        Assert.Equal(
            "\"halden\" or -yield, haldnex",
            SearchText.Replace(
                "\"haldne\" or -yeild, haldnex",
                new Dictionary<string, string> { ["haldne"] = "halden", ["yeild"] = "yield" }
            )
        );

    [Theory]
    [InlineData("halden", "halden", 0)]
    [InlineData("haldne", "halden", 1)]
    [InlineData("hlden", "halden", 1)]
    [InlineData("haldeen", "halden", 1)]
    [InlineData("malden", "halden", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void A_slip_of_the_finger_counts_one(string typed, string meant, int slips) =>
        Assert.Equal(slips, Suggestions.Distance(typed, meant));

    [Fact]
    public void It_is_as_far_there_as_back() =>
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 8], Gen.String[Gen.Char['a', 'd'], 0, 8])
            .Sample((a, b) => Suggestions.Distance(a, b) == Suggestions.Distance(b, a));

    private static string Show(SearchText text) =>
        string.Join('|', text.Alternatives.Select(a => string.Join('+', a.Select(Show))))
        + string.Concat(text.Excluded.Select(t => "!" + Show(t)));

    private static string Show(SearchTerm term) =>
        term.IsPhrase ? $"[{term.Text}]"
        : term.IsTyped ? term.Text + "*"
        : term.Text;
}
