using System.Text.Json;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Requests;
using Cms.Platform.Unicode;
using CsCheck;

namespace Cms.Tests.Platform;

/// <summary>The one form of text: how it is stored, counted and compared.</summary>
public sealed class TextTests
{
    // Letters, accents in both spellings, joiners, directions, flags, jamo, and what cannot be seen.
    private static readonly string[] Pieces =
    [
        "a",
        "Z",
        "é",
        "e\u0301",
        "\u0301",
        "\u0323",
        "ß",
        "Σ",
        "ς",
        "İ",
        "क्\u200Dष",
        "می\u200Cخواهم",
        "👩\u200D👩\u200D👧",
        "❤\uFE0F",
        "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
        "각",
        "\u1100\u1161\u11A8",
        "\u200B",
        "\u200E",
        "\u200F",
        "\u202B",
        "\u202C",
        "\u2067",
        "\u2069",
        "\uFEFF",
        "\u00AD",
        "\u2060",
        "\u3164",
        " ",
        "\t",
        "\n",
        "\r\n",
        "\u0085",
        "\u2028",
        "\u00A0",
        "\u3000",
        "ﬁ",
        "Ａ",
        "①",
        "שלום",
    ];

    private static readonly Gen<string> AnyText = Gen.Int[0, Pieces.Length - 1]
        .Array[0, 8]
        .Select(at => string.Concat(at.Select(i => Pieces[i])));

    [Theory]
    [InlineData("Cafe\u0301", "Café")]
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("a\u0307\u0323", "ạ\u0307")]
    [InlineData("  \u200B\uFEFFBridge\u00A0closed\u3000\u2060\u00AD", "Bridge\u00A0closed")]
    [InlineData("one\r\ntwo\rthree\u2028four\u2029five\u0085six", "one\ntwo\nthree\nfour\nfive\nsix")]
    [InlineData("\u200B\u200E\u3164\u2800\u00A0 \n", "")]
    [InlineData("I ❤\uFE0F", "I ❤\uFE0F")]
    [InlineData(
        "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F",
        "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"
    )]
    [InlineData("\u202Bשלום\u202C", "שלום")]
    [InlineData("See \u2067שלום\u2069", "See \u2067שלום\u2069")]
    [InlineData("\u2067שלום\u2069, he said", "\u2067שלום\u2069, he said")]
    [InlineData("می\u200Cخواهم", "می\u200Cخواهم")]
    [InlineData("👩\u200D👩\u200D👧", "👩\u200D👩\u200D👧")]
    public void Text_is_stored_in_one_form(string given, string stored) =>
        Assert.Equal(stored, Text.Stored(given));

    [Fact]
    public void What_is_stored_is_stored_as_it_is() =>
        AnyText.Sample(text => Assert.Equal(Text.Stored(text), Text.Stored(Text.Stored(text))));

    [Fact]
    public void What_can_be_seen_stays_and_begins_and_ends_what_is_stored() =>
        AnyText.Sample(text =>
        {
            static string Seen(string text) =>
                string.Concat(Normalization.Nfc(text).EnumerateRunes().Where(Text.IsVisible));
            var stored = Text.Stored(text);
            Assert.Equal(Seen(text), Seen(stored));
            if (stored.Length == 0)
                return;
            var ends = stored.EnumerateRunes().ToArray();
            Assert.True(Text.IsVisible(ends[0]) || ends[0].Value is 0x202B or 0x2067, stored);
        });

    [Fact]
    public void Code_keeps_the_spaces_at_its_ends() =>
        Assert.Equal("  a\n  b\n\n", Text.WithoutVariants("  a\r\n  b\r\n\r\n"));

    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("👍👍", 2)]
    [InlineData("é", 1)]
    [InlineData("👩\u200D👧", 3)]
    public void Limits_count_code_points(string text, int length) => Assert.Equal(length, Text.Length(text));

    [Theory]
    [InlineData("a\u0000", "U+0000")]
    [InlineData("a\u000B", "U+000B")]
    [InlineData("a\u0092", "U+0092")]
    [InlineData("a\uFFFE", "U+FFFE")]
    [InlineData("a\uFDD0", "U+FDD0")]
    [InlineData("\U0001FFFF", "U+1FFFF")]
    [InlineData("a\tb\nc\r\nd\u0085\uFFFD\u200D", null)]
    public void What_is_no_text_is_named(string text, string? name)
    {
        var fault = Text.FindFault(text);
        Assert.Equal(name is null, fault is null);
        if (name is not null)
            Assert.Contains(name, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_of_a_pair_is_no_text()
    {
        Assert.Contains("U+D83D", Text.FindFault(['a', '\uD83D']), StringComparison.Ordinal);
        Assert.Contains("U+D83D", Text.FindFault(['\uD83D', 'a']), StringComparison.Ordinal);
        Assert.Contains("U+DE00", Text.FindFault(['\uDE00', 'a']), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Élan", "E\u0301LAN")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("Public transport", " public \u00A0\u3000 transport\u200B")]
    [InlineData("Oﬃce", "Office")]
    [InlineData("ＡＢＣ", "abc")]
    [InlineData("co\u00ADop", "Coop")]
    [InlineData("ЕВРОПА", "европа")]
    [InlineData("\U00010400", "\U00010428")]
    public void Names_that_look_the_same_have_the_same_key(string one, string other) =>
        Assert.Equal(NameKey.Of(one), NameKey.Of(other));

    [Theory]
    [InlineData("resume", "résumé")]
    [InlineData("C", "C++")]
    [InlineData("re-cover", "recover")]
    [InlineData("Koln", "Köln")]
    public void Names_that_look_different_have_different_keys(string one, string other) =>
        Assert.NotEqual(NameKey.Of(one), NameKey.Of(other));

    [Fact]
    public void A_key_is_its_own_key_and_that_of_every_spelling() =>
        AnyText.Sample(text =>
        {
            Assert.Equal(NameKey.Of(text), NameKey.Of(NameKey.Of(text)));
            Assert.Equal(NameKey.Of(text), NameKey.Of(Text.Stored(text)));
            Assert.Equal(NameKey.Of(text), NameKey.Of($"\u200B {text}\u00A0"));
        });

    /// <summary>
    /// A million marks on one letter, in the wrong order: the work must not grow with the square of them.
    /// </summary>
    [Fact]
    public void Marks_without_end_are_put_in_order()
    {
        var text = "a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 500_000));
        var stored = Text.Stored(text);
        Assert.Equal(("ạ", "\u0301"), (stored[..1], stored[^1..]));
        Assert.Equal(1_000_000, stored.Length);
    }

    [Fact]
    public void Every_string_of_a_body_is_brought_into_that_form_unless_it_says_otherwise()
    {
        var read = JsonSerializer.Deserialize<Sample>(
            """{"required":"\u200b","optional":" \u00a0","kept":"\u200b","verbatim":" """
                + """e\u0301\r\n","list":["\ufeffx"],"named":{" a\u0301 ":"e\u0301 "}}""",
            Json.Options
        )!;
        Assert.Equal("", read.Required);
        Assert.Null(read.Optional);
        Assert.Equal("", read.Kept);
        Assert.Equal(" é\n", read.Verbatim);
        Assert.Equal(["x"], read.List);
        Assert.Equal("é", read.Named["á"]);
    }

    private sealed record Sample
    {
        public required string Required { get; init; }
        public string? Optional { get; init; }

        [EmptyIsNotNull]
        public string? Kept { get; init; }

        [Verbatim]
        public string? Verbatim { get; init; }
        public IReadOnlyList<string> List { get; init; } = [];
        public IReadOnlyDictionary<string, string> Named { get; init; } = new Dictionary<string, string>();
    }
}
