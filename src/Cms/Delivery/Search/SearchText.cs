using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cms.Delivery.Search;

/// <summary>A word or a phrase of a search.</summary>
/// <param name="IsPhrase">Its words must follow one another.</param>
/// <param name="IsTyped">It is still being typed: words that begin so are meant too.</param>
internal sealed record SearchTerm(string Text, bool IsPhrase = false, bool IsTyped = false);

/// <summary>
/// What a reader typed, taken apart as web searches do: words that must all be there, <c>"words in a row"</c>, <c>-without</c>, and <c>or</c>, which binds
/// least. Nothing that can be typed is wrong; what goes beyond the bounds is left out.
/// </summary>
internal sealed record SearchText
{
    /// <summary>Words beyond these are not looked for, those of phrases counted too: each costs a look for itself, and the marking of each article.</summary>
    public const int MostWords = 32;

    private const int LongestWord = 100;
    private const int LongestPhrase = 400;
    private static readonly SearchValues<char> Quotes = SearchValues.Create("\"“”„«»");

    /// <summary>All of one of these must be there.</summary>
    public required IReadOnlyList<IReadOnlyList<SearchTerm>> Alternatives { get; init; }

    /// <summary>None of these may.</summary>
    public required IReadOnlyList<SearchTerm> Excluded { get; init; }

    public IEnumerable<SearchTerm> Wanted => Alternatives.SelectMany(a => a);

    /// <param name="asYouType">Whether the last word may be unfinished.</param>
    public static SearchText Parse(string text, bool asYouType)
    {
        var alternatives = new List<List<SearchTerm>> { new() };
        var excluded = new List<SearchTerm>();
        var count = 0;
        for (var at = 0; at < text.Length && count < MostWords; )
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var isExcluded = text[at] == '-' && at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]);
            if (isExcluded)
                at++;
            var (term, end) = Read(text, at);
            // Words end at a space or a quotation mark; one at the very end may go on.
            if (asYouType && !isExcluded && !term.IsPhrase && end == text.Length)
                term = term with { IsTyped = true };
            at = end;
            if (!HasWord(term.Text))
                continue;
            if (!term.IsPhrase && !isExcluded && term.Text.Equals("or", StringComparison.OrdinalIgnoreCase))
            {
                alternatives.Add([]);
                continue;
            }
            term = term with { Text = Cut(term.Text, MostWords - count, out var words) };
            count += words;
            if (isExcluded)
                excluded.Add(term);
            else
                alternatives[^1].Add(term);
        }
        return new()
        {
            Alternatives = [.. alternatives.Where(a => a.Count > 0).Select(a => a.ToArray())],
            Excluded = excluded,
        };
    }

    /// <summary>The text with some of its words put right; everything else stays as it was typed.</summary>
    public static string Replace(string text, IReadOnlyDictionary<string, string> words)
    {
        var corrected = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; )
        {
            var end = at;
            while (end < text.Length && IsOfWord(text[end]))
                end++;
            if (end == at)
                end++;
            var piece = text[at..end];
            corrected.Append(words.GetValueOrDefault(piece, piece));
            at = end;
        }
        return corrected.ToString();
    }

    /// <summary>The words of a text, as <see cref="Replace"/> finds them.</summary>
    public static IEnumerable<string> Words(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var end = at;
            while (end < text.Length && IsOfWord(text[end]))
                end++;
            if (end > at)
                yield return text[at..end];
            at = end == at ? end + 1 : end;
        }
    }

    /// <summary>Small letters without accents, as far as they are Latin: of other scripts PostgreSQL takes them (<see cref="Unaccented"/>).</summary>
    public static string Plain(string word)
    {
        var plain = new StringBuilder(word.Length);
        foreach (var rune in word.EnumerateRunes())
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                plain.Append(Publishing.SortKey.Plain(rune));
        return plain.ToString();
    }

    /// <summary>
    /// SQL that takes the other scripts' accents too, from one word: by the configuration that the vocabulary is made with, since the extension
    /// may be in a schema that is not looked through.
    /// </summary>
    public static string Unaccented(string word) =>
        $"coalesce((select min(l) from unnest(tsvector_to_array(to_tsvector('search_simple', {word}))) l having count(*) = 1), {word})";

    private static (SearchTerm Term, int End) Read(string text, int at)
    {
        if (Quotes.Contains(text[at]))
        {
            var close = text.AsSpan(at + 1).IndexOfAny(Quotes);
            var end = close < 0 ? text.Length : at + 1 + close;
            return (
                new SearchTerm(Cut(text[(at + 1)..end], LongestPhrase), IsPhrase: true),
                Math.Min(text.Length, end + 1)
            );
        }
        var last = at;
        while (last < text.Length && !char.IsWhiteSpace(text[last]) && !Quotes.Contains(text[last]))
            last++;
        return (new SearchTerm(Cut(text[at..last], LongestWord)), last);
    }

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>The text up to the last of its first words. A word is what stands between signs that are neither letters nor digits.</summary>
    private static string Cut(string text, int most, out int words)
    {
        words = 0;
        var isInside = false;
        for (var at = 0; at < text.Length; at++)
        {
            var isOfWord = char.IsLetterOrDigit(text[at]) || char.IsSurrogate(text[at]) || IsOfWord(text[at]);
            if (isOfWord && !isInside && ++words > most)
            {
                words = most;
                return text[..at];
            }
            isInside = isOfWord;
        }
        return text;
    }

    private static bool HasWord(string text) => text.Any(char.IsLetterOrDigit) || text.Any(char.IsSurrogate);

    private static bool IsOfWord(char c) =>
        char.IsLetter(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;
}
