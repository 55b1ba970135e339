namespace Cms.Publishing.Search;

/// <summary>
/// Splits text into words, in the same way for the index, queries, the vocabulary and highlights. PostgreSQL gets
/// words that it cannot split further, and adds stemming and stop words.
/// </summary>
/// <remarks>
/// A letter replaces the sign in numbers, since PostgreSQL would split there: 3.5 is <c>3p5</c>, and 3-1 is <c>3q1</c>.
/// After any change here, raise <see cref="Version"/>: then everything is indexed again.
/// </remarks>
internal static class TextAnalysis
{
    /// <summary>The version of this analysis. Indexes of older versions are rebuilt.</summary>
    public const int Version = 2;

    /// <summary>Longer words are cut.</summary>
    public const int MaxWord = 100;

    /// <summary>A number of so many digits and the word beside it are one name: COVID 19, Boeing 737.</summary>
    private const int MaxNamedDigits = 3;
    private const int MaxNamedLetters = 12;
    private const int MaxUnit = 3;

    /// <summary>An abbreviation before a number: No., Nr., Art.</summary>
    private const int MaxShort = 3;

    /// <summary>A sign and the spaces around it.</summary>
    private const int MaxBetween = 3;

    public static List<WordGroup> Read(string text)
    {
        var folded = FoldedText.Of(text);
        var groups = new List<WordGroup>();
        var reader = new WordReader(text, folded);
        while (reader.Next() is { } group)
            groups.Add(group);
        return groups;
    }

    /// <summary>Reads a typed query. A number with plain spaces in it may be one number or several.</summary>
    public static List<WordGroup> ReadTyped(string text)
    {
        var groups = Read(text);
        for (var i = groups.Count - 1; i > 0; i--)
            if (
                IsThousands(groups[i - 1], groups[i])
                && text.AsSpan(groups[i - 1].End, groups[i].Start - groups[i - 1].End) is " "
            )
            {
                var (left, right) = (groups[i - 1], groups[i]);
                groups[i - 1] = new()
                {
                    Parts = [.. left.Parts, .. right.Parts],
                    Whole =
                    [
                        left.Parts[0].Text + (right.Whole.Count > 0 ? right.Whole[0] : right.Parts[0].Text),
                    ],
                    Start = left.Start,
                    End = right.End,
                };
                groups.RemoveAt(i);
            }
        return groups;
    }

    private static bool IsThousands(WordGroup left, WordGroup right) =>
        left is { Whole: [], Parts: [{ Text.Length: <= MaxNamedDigits } first] }
        && IsNumber(first.Text)
        && right.Parts.All(p => IsNumber(p.Text) && p.Text.Length == MaxNamedDigits)
        && (right.Parts.Count > 1 || right.Whole.Count == 0);

    /// <summary>Whether there is a word in it.</summary>
    public static bool HasWord(string text) => new WordReader(text, FoldedText.Of(text)).Next() is not null;

    /// <summary>
    /// Names in two words that are also written as one: COVID 19, 30 km, J. K., No. 10, 3 – 1, 20 °C, S&amp;P 500.
    /// </summary>
    public static IEnumerable<TextWord> Pairs(string text, IReadOnlyList<WordGroup> groups)
    {
        for (var i = 1; i < groups.Count; i++)
        {
            if (groups[i - 1].IsSpaceless || groups[i].IsSpaceless)
                continue;
            var (left, right) = (groups[i - 1].Parts[^1], groups[i].Parts[0]);
            if (right.Start - left.End is < 1 or > MaxBetween)
                continue;
            var between = text.AsSpan(left.End, right.Start - left.End);
            var isSpaced = IsSpace(between);
            if (Together(left.Text, between, right.Text) is { } together)
                yield return new(together, left.Start, right.End);
            // The last part of a compound name is not a name of its own.
            if (
                groups[i - 1] is { Parts.Count: > 1, Whole: [{ Length: <= MaxNamedLetters } whole, ..] } named
                && isSpaced
                && IsNumber(right.Text)
                && right.Text.Length <= MaxNamedDigits
                && !whole.Any(char.IsAsciiDigit)
            )
                yield return new(whole + right.Text, named.Start, right.End);
        }
    }

    private static string? Together(string left, ReadOnlySpan<char> between, string right)
    {
        if (IsSpace(between))
            return IsName(left, right) ? left + right : null;
        var (isLeft, isRight) = (IsNumber(left), IsNumber(right));
        if (IsDegree(between[^1]))
            return isLeft && !isRight && right.Length == 1 && (between.Length == 1 || IsSpace(between[..^1]))
                ? left + right
                : null;
        if (between is ['.', _] && IsSpace(between[1..]))
            return
                (!isLeft && !isRight && left.Length == 1 && right.Length == 1)
                || (!isLeft && isRight && left.Length <= MaxShort && right.Length <= MaxNamedDigits)
                ? left + right
                : null;
        if (between is not [_, var sign, _] || !IsSpace(between[..1]) || !IsSpace(between[2..]))
            return null;
        var longest = Math.Max(left.Length, right.Length);
        return sign switch
        {
            '-' or '\u2013' or '\u2212' or ':' when isLeft && isRight && longest <= MaxNamedDigits =>
                $"{left}q{right}",
            '&' when !isLeft && !isRight && longest <= MaxNamedLetters => left + right,
            _ => null,
        };
    }

    private static bool IsSpace(ReadOnlySpan<char> text) => text is [var c] && char.IsWhiteSpace(c);

    private static bool IsDegree(char c) => c is '\u00B0' or '\u00BA' or '\u02DA';

    public static bool IsNumber(string word) => char.IsAsciiDigit(word[0]);

    private static bool IsName(string left, string right) =>
        (IsNumber(left), IsNumber(right)) switch
        {
            (false, true) => right.Length <= MaxNamedDigits && left.Length <= MaxNamedLetters,
            (true, false) => right.Length <= MaxUnit,
            // 1 204
            (true, true) => left.Length <= MaxNamedDigits && right.Length == MaxNamedDigits,
            _ => false,
        };
}
