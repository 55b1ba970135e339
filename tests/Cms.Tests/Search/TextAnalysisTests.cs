using System.Text;
using Cms.Delivery.Search.Words;
using Cms.Platform.Unicode;
using Cms.Publishing.Search;
using CsCheck;

namespace Cms.Tests.Search;

/// <summary>
/// How texts are taken apart into words. Here without a language: every word counts, and has one form.
/// </summary>
public sealed class TextAnalysisTests
{
    private static readonly Gen<string> Letters = Gen.OneOf(
        Gen.Char['a', 'z'].Select(c => c.ToString()),
        Gen.Char['A', 'Z'].Select(c => c.ToString()),
        Gen.Char['\u00C0', '\u024F'].Where(char.IsLetter).Select(c => c.ToString()),
        Gen.Char['\u0391', '\u03C9'].Where(char.IsLetter).Select(c => c.ToString()),
        Gen.Char['\u0410', '\u044F'].Select(c => c.ToString()),
        Gen.Char['\u05D0', '\u05EA'].Select(c => c.ToString()),
        Gen.Char['\u0621', '\u063A'].Select(c => c.ToString()),
        Gen.Char['\u0905', '\u0939'].Select(c => c.ToString()),
        Gen.Char['\u0E01', '\u0E30'].Select(c => c.ToString()),
        Gen.Char['\u3041', '\u3096'].Select(c => c.ToString()),
        Gen.Char['\u4E00', '\u9FFF'].Select(c => c.ToString()),
        Gen.Char['\uAC00', '\uD7A3'].Select(c => c.ToString()),
        Gen.Char['0', '9'].Select(c => c.ToString()),
        Gen.Int[0, 12]
            .Select(i =>
                new[] { "-", "'", "’", ".", "/", "&", "_", "@", "+", "#", "\u0301", "\u0308", "\u00AD" }[i]
            )
    );

    /// <summary>Words as editors write them, and worse.</summary>
    private static readonly Gen<string> Word = Letters.Array[1, 12].Select(l => string.Concat(l));

    [Fact]
    public void What_newsrooms_write_is_found_by_what_readers_type_and_by_nothing_else()
    {
        Assert.True(WrittenWords.All.Length >= 150);
        var faults = new List<string>();
        foreach (var (text, found, notFound) in WrittenWords.All)
        {
            faults.AddRange(
                WrittenWords
                    .Split(found)
                    .Where(q => !Finds(q, text))
                    .Select(q => $"'{q}' does not find '{text}'")
            );
            faults.AddRange(
                WrittenWords.Split(notFound).Where(q => Finds(q, text)).Select(q => $"'{q}' finds '{text}'")
            );
        }
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_word_is_found_by_itself_in_any_case_composed_and_decomposed() =>
        Word.Where(w => TextAnalysis.HasWord(w) && !IsOperator(SearchText.Visible(w)))
            .Sample(
                word =>
                {
                    var text = $"Before {word} after.";
                    return Finds(word, text)
                        && Finds(word.ToUpperInvariant(), text)
                        && Finds(word.ToLowerInvariant(), text)
                        && Finds(Decomposed(word), text)
                        && Finds(word, Decomposed(text))
                        && Finds(word, text.ToUpperInvariant());
                },
                iter: 5_000,
                print: word => string.Join(' ', word.Select(c => $"{(int)c:X4}"))
            );

    [Fact]
    public void Any_two_neighbours_of_a_script_without_spaces_are_found() =>
        Gen.Char['\u4E00', '\u9FFF']
            .Array[2, 30]
            .Select(Gen.Int[0, 27], Gen.Int[2, 6])
            .Sample(
                (run, from, length) =>
                {
                    var text = new string(run);
                    from = Math.Min(from, text.Length - 2);
                    return Finds(text.Substring(from, Math.Min(length, text.Length - from)), text);
                }
            );

    [Fact]
    public void A_text_of_words_is_taken_apart_into_the_same_words() =>
        Word.Array[0, 8]
            .Sample(words =>
            {
                var once = Parts(string.Join(' ', words));
                // A pair of neighbours is no text that anybody wrote.
                var plain = once.Where(w => w[0] < '\u0E00' && !w.Any(char.IsAsciiDigit)).ToArray();
                return Parts(string.Join(' ', plain)).SequenceEqual(plain);
            });

    [Fact]
    public void Words_hold_letters_marks_and_digits_only_and_begin_with_none_of_the_marks() =>
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char['\0', '\u007F'], Gen.Char['\u0300', '\u036F']), 0, 200]
            .Sample(text =>
                TextAnalysis
                    .Read(text)
                    .SelectMany(g => g.Parts.Concat(g.Beside))
                    .All(w =>
                        w.Text.Length is > 0 and <= (TextAnalysis.MaxWord + 1)
                        && Rune.GetRuneAt(w.Text, 0) is var first
                        && (
                            Rune.IsLetterOrDigit(first)
                            || Rune.GetUnicodeCategory(first)
                                == System.Globalization.UnicodeCategory.LetterNumber
                        )
                        && !w.Text.Any(c =>
                            c < '\u0080' && !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)
                        )
                        && w.Start >= 0
                        && w.Start <= w.End
                        && w.End <= text.Length
                    )
            );

    [Fact]
    public void What_is_found_is_marked_where_it_stands()
    {
        const string text = "Über F-16 und Straße,東京都.";
        var places = TextAnalysis
            .Read(text)
            .SelectMany(g => g.Parts.Concat(g.Beside))
            .ToLookup(w => w.Text, w => text[w.Start..w.End]);

        Assert.Equal(["Über"], places["uber"]);
        Assert.Equal(["F-16"], places["f16"]);
        Assert.Equal(["Straße"], places["strasse"]);
        Assert.Equal(["京都"], places["京都"]);
    }

    [Theory]
    [InlineData("\u0300\u0327")]
    [InlineData("a-")]
    [InlineData("a.")]
    [InlineData("1,")]
    [InlineData("1-")]
    [InlineData("a1")]
    [InlineData("東")]
    [InlineData("'")]
    [InlineData("\u05D0\"")]
    [InlineData("#A")]
    [InlineData("\u1100")]
    public void To_read_twice_the_text_makes_about_twice_the_words_and_no_more(string fragment)
    {
        // Counted, not timed: what the reader makes of a text is what it does.
        var (once, twice) = (Size(10_000), Size(20_000));

        Assert.InRange(twice, 0, (once * 2.2) + 200);

        long Size(int length)
        {
            var text = string.Concat(Enumerable.Repeat(fragment, length / fragment.Length));
            return IndexText.Of(text).Length;
        }
    }

    [Theory]
    [InlineData("\u05D0\"")]
    [InlineData("a.")]
    [InlineData("\u0300")]
    [InlineData("1,")]
    [InlineData("a-1/")]
    [InlineData("#aA")]
    [InlineData("\u0E01\u0E34")]
    public void To_read_four_times_the_text_takes_nowhere_near_its_square(string fragment)
    {
        TextAnalysis.Read(Text(20_000));
        var (once, more) = (Time(250_000), Time(1_000_000));

        // In proportion it is 4, with the square 16; the processor's time of this process, and the least of three.
        Assert.True(more < (once * 10) + TimeSpan.FromMilliseconds(100), $"{once} and {more}");

        string Text(int length) => string.Concat(Enumerable.Repeat(fragment, length / fragment.Length));
        TimeSpan Time(int length)
        {
            var text = Text(length);
            return Enumerable
                .Range(0, 3)
                .Select(_ =>
                {
                    var before = Environment.CpuUsage.TotalTime;
                    TextAnalysis.Read(text);
                    return Environment.CpuUsage.TotalTime - before;
                })
                .Min();
        }
    }

    [Fact]
    public void A_table_of_numbers_does_not_fill_the_vocabulary()
    {
        var table = string.Join(' ', Enumerable.Range(0, 50_000).Select(i => $"q{i:x} F-{i % 1_000}"));

        Assert.InRange(IndexText.Vocabulary([table]).Count(w => w.Any(char.IsAsciiDigit)), 1, 200);
        Assert.Equal(["covid", "cases", "19", "covid19"], IndexText.Vocabulary(["COVID-19 cases"]));
    }

    [Fact]
    public void Whatever_a_text_holds_what_the_database_gets_of_it_has_a_bound()
    {
        foreach (var fragment in new[] { "a-", "ab-1.", "東", "1,000 ", "x1y2z3" })
            Assert.InRange(
                Encoding.UTF8.GetByteCount(IndexText.Of(string.Concat(Enumerable.Repeat(fragment, 200_000)))),
                1,
                IndexText.MaxBytes
            );
    }

    /// <summary>A search takes it for what it does: -without, or.</summary>
    private static bool IsOperator(string word) =>
        word.StartsWith('-') || word.Equals("or", StringComparison.OrdinalIgnoreCase);

    /// <summary>As the database does it, but for the language.</summary>
    private static bool Finds(string query, string text)
    {
        var groups = TextAnalysis.Read(text);
        var words = groups
            .SelectMany(g => g.Parts.Concat(g.Beside))
            .Concat(TextAnalysis.Pairs(text, groups))
            .Select(w => w.Text)
            .ToHashSet(StringComparer.Ordinal);
        return SearchText
            .Parse(SearchText.Visible(query), asYouType: false)
            .Alternatives.Any(a => a.All(t => TextAnalysis.ReadTyped(t.Text).All(g => Has(words, g))));
    }

    private static bool Has(HashSet<string> words, WordGroup group)
    {
        if (group.IsSpaceless)
            return group.Parts.Count == 1
                ? words.Any(w => w.StartsWith(group.Parts[0].Text, StringComparison.Ordinal))
                : group
                    .Parts.SkipLast(1)
                    .All(p => words.Any(w => w.StartsWith(p.Text, StringComparison.Ordinal)));
        return group.Whole.Any(words.Contains)
            || (!group.IsPrecise && group.Parts.All(p => words.Contains(p.Text)));
    }

    private static string[] Parts(string text) =>
        [.. TextAnalysis.Read(text).SelectMany(g => g.Parts).Select(w => w.Text)];

    private static string Decomposed(string text)
    {
        var tables = UnicodeTables.Instance;
        var decomposed = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            Add(rune.Value);
        return decomposed.ToString();

        void Add(int code)
        {
            if (code - 0xAC00 is >= 0 and < 11_172 and var syllable)
            {
                decomposed
                    .Append((char)(0x1100 + (syllable / 588)))
                    .Append((char)(0x1161 + (syllable % 588 / 28)));
                if (syllable % 28 > 0)
                    decomposed.Append((char)(0x11A7 + (syllable % 28)));
            }
            else if (tables.Canonical(code) is { } parts)
                foreach (var part in parts)
                    Add(part);
            else
                decomposed.Append(new Rune(code).ToString());
        }
    }
}
