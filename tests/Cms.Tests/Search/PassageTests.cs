using Cms.Delivery.Search;
using Cms.Delivery.Search.Words;
using CsCheck;

namespace Cms.Tests.Search;

/// <summary>Where in a text the words of a search are to be marked.</summary>
public sealed class PassageTests
{
    private const int Far = 40_000;
    private static readonly string Filler = string.Concat(Enumerable.Repeat("lorem ipsum ", 200));

    [Theory]
    [InlineData("('chip' & 'o''brien') | 'data'", "chip", "o'brien", "data")]
    [InlineData("'chip' <-> 'chip'", "chip")]
    [InlineData("")]
    public void The_stems_of_a_query_are_its_quoted_words(string query, params string[] stems) =>
        Assert.Equal(stems, Query.Stems(query));

    [Theory]
    [InlineData("compani", "Companies")]
    [InlineData("chip", "chips")]
    [InlineData("elephant", "Éléphant")]
    [InlineData("o", "Ø")]
    [InlineData("grid", "GRID")]
    public void A_word_is_seen_deep_in_a_text_whatever_its_ending_case_and_accents(
        string stem,
        string written
    ) => Assert.Contains(written, Find(Filler + written + " " + Filler, stem).Text, StringComparison.Ordinal);

    [Fact]
    public void The_word_itself_is_preferred_to_one_that_only_begins_like_it() =>
        Assert.Contains(
            "the car stood",
            Find($"a caravanserai {Filler} the car stood {Filler}", "car").Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void Where_most_of_the_words_stand_together_is_preferred_to_where_one_comes_first() =>
        Assert.Contains(
            "grid and the tax",
            Find($"grid {Filler} grid and the tax {Filler} tax", "grid", "tax").Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void Without_any_of_the_words_it_is_the_beginning()
    {
        var (text, isPart) = Find("It begins so. " + Filler, "absent");

        Assert.StartsWith("It begins so.", text, StringComparison.Ordinal);
        Assert.True(isPart);
    }

    [Fact]
    public void A_short_text_is_its_own_passage() =>
        Assert.Equal(("one\n\ntwo words", false), Passage.Find(["one", "two words"], ["word"], Far));

    [Fact]
    public void No_more_pieces_are_asked_for_than_are_needed()
    {
        var asked = 0;
        IEnumerable<string> Pieces()
        {
            while (true)
            {
                asked++;
                yield return "the grid " + Filler;
            }
        }

        Assert.Contains("grid", Passage.Find(Pieces(), ["grid"], Far).Text, StringComparison.Ordinal);
        Assert.Equal(1, asked - 1);
        Assert.True(Passage.Find(Pieces(), ["absent"], Far).IsPart);
    }

    [Fact]
    public void What_stands_in_a_script_without_spaces_is_not_cut_away() =>
        Assert.Contains(
            "grid",
            Find($"{Filler} {new string('字', 90)}。grid。{new string('字', 900)}", "grid").Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void Nothing_is_looked_for_beyond_the_bound_though_a_piece_goes_on()
    {
        var (text, isPart) = Passage.Find([$"begins {Filler} grid"], ["grid"], longest: 1_000);

        Assert.StartsWith("begins", text, StringComparison.Ordinal);
        Assert.True(isPart);
    }

    [Fact]
    public void Of_two_letters_only_the_word_itself_is_meant() =>
        Assert.Contains(
            "the ai stood",
            Find($"aim aid air {Filler} the ai stood {Filler}", "ai").Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_query_for_any_of_the_words_has_the_same_stems() =>
        Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Const('\'')), 1, 9]
            .Array[1, 5]
            .Sample(words =>
                Query.Stems(SearchWords.AnyOf(words)).SequenceEqual(words.Distinct(StringComparer.Ordinal))
            );

    [Fact]
    public void Any_text_has_a_passage_within_the_bound_that_is_part_of_it_and_cuts_no_character() =>
        Gen.Select(
                Gen.String[Gen.OneOf(Gen.Char, Gen.Const(' '), Gen.Const('a')), 0, 3_000],
                Gen.Int[0, 3_000]
            )
            .Sample(
                (text, at) =>
                {
                    var whole = Whole(text.Insert(Math.Min(at, text.Length), " grid \U0001F600"));
                    var (passage, isPart) = Passage.Find([whole], ["grid"], Far);
                    return passage.Length <= Passage.MaxLength
                        && whole.Contains(passage, StringComparison.Ordinal)
                        && (isPart || passage == whole)
                        && Whole(passage) == passage;
                }
            );

    private static (string Text, bool IsPart) Find(string text, params string[] stems) =>
        Passage.Find([text], stems, Far);

    /// <summary>Without halves of characters.</summary>
    private static string Whole(string text) =>
        string.Concat(text.EnumerateRunes().Where(r => r.Value != 0xFFFD));
}
