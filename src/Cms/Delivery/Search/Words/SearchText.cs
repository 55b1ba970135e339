using System.Buffers;
using System.Globalization;
using System.Text;
using Cms.Platform.Unicode;
using Cms.Publishing.Search;

namespace Cms.Delivery.Search.Words;

/// <summary>A word or a phrase of a search.</summary>
/// <param name="IsPhrase">Its words must follow one another.</param>
/// <param name="IsTyped">It is still being typed: words that begin so are meant too.</param>
internal sealed record SearchTerm(string Text, bool IsPhrase = false, bool IsTyped = false);

/// <summary>
/// What a reader typed, taken apart as web searches do: words that must all be there, <c>"words in a row"</c>,
/// <c>-without</c>, and <c>or</c>, which binds least. Nothing that can be typed is wrong; what goes beyond the bounds
/// is left out.
/// </summary>
internal sealed record SearchText
{
    /// <summary>
    /// Words beyond these are not looked for, those of phrases counted too: each costs a look for itself, and the
    /// marking of each article.
    /// </summary>
    public const int MaxWords = 32;

    private const int MaxWordLength = 100;
    private const int MaxPhraseLength = 400;
    private const int NonJoiner = 0x200C;

    /// <summary>A space and three digits.</summary>
    private const int ThousandsLength = 4;
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
        for (var at = 0; at < text.Length && count < MaxWords; )
        {
            if (IsSpace(text, at))
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
            if (!TextAnalysis.HasWord(term.Text))
                continue;
            if (!term.IsPhrase && !isExcluded && term.Text.Equals("or", StringComparison.OrdinalIgnoreCase))
            {
                alternatives.Add([]);
                continue;
            }
            term = term with { Text = Cut(term.Text, MaxWords - count, out var words) };
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

    /// <summary>Small letters without accents, as the index has them.</summary>
    public static string Plain(string word) => FoldedText.Word(word);

    /// <summary>Without what cannot be seen: it comes with what is copied, and parts no words.</summary>
    public static string Visible(string text) =>
        Ascii.IsValid(text)
            ? text
            : string.Concat(
                text.EnumerateRunes()
                    .Where(r => r.Value == NonJoiner || !UnicodeTables.Instance.IsInvisible(r.Value))
            );

    /// <summary>
    /// SQL that takes from one word what PostgreSQL takes besides: by the configuration that the vocabulary is made
    /// with, since the extension may be in a schema that is not looked through.
    /// </summary>
    public static string Unaccented(string word) =>
        $"coalesce((select min(l) from unnest(tsvector_to_array(to_tsvector('search_simple', {word}))) "
        + $"l having count(*) = 1), {word})";

    private static (SearchTerm Term, int End) Read(string text, int at)
    {
        if (IsQuote(text, at))
        {
            var end = at + 1;
            while (end < text.Length && !IsQuote(text, end))
                end++;
            return (
                new SearchTerm(Cut(text[(at + 1)..end], MaxPhraseLength), IsPhrase: true),
                Math.Min(text.Length, end + 1)
            );
        }
        var last = at;
        while (last < text.Length && !IsSpace(text, last) && !IsQuote(text, last))
            last++;
        while (last - at < MaxWordLength && HasMoreThousands(text, at, last))
            last += ThousandsLength;
        return (new SearchTerm(Cut(text[at..last], MaxWordLength)), last);
    }

    /// <summary>Whether more digits follow, as in 1 204, typed with a plain space.</summary>
    private static bool HasMoreThousands(string text, int at, int last) =>
        last + ThousandsLength is var end
        && end <= text.Length
        && text[last] == ' '
        && (end == text.Length || IsSpace(text, end))
        && !text.AsSpan(last + 1, ThousandsLength - 1).ContainsAnyExceptInRange('0', '9')
        && text.AsSpan(at, last - at) is var before
        && before.IndexOf(' ') is var first
        && (first < 0 ? before : before[..first]) is { Length: > 0 and < ThousandsLength } group
        && !group.ContainsAnyExceptInRange('0', '9');

    private static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>
    /// The text up to the last of its first words. A word is what stands between signs that are neither letters nor
    /// digits.
    /// </summary>
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

    /// <summary>A space that keeps digits together is part of their number.</summary>
    private static bool IsSpace(string text, int at) =>
        char.IsWhiteSpace(text[at])
        && !(
            text[at] is '\u00A0' or '\u202F' or '\u2007' or '\u2009'
            && at > 0
            && at + 1 < text.Length
            && char.IsDigit(text[at - 1])
            && char.IsDigit(text[at + 1])
        );

    /// <summary>Within a word of Hebrew it is the sign of an abbreviation.</summary>
    private static bool IsQuote(string text, int at) =>
        Quotes.Contains(text[at])
        && !(at > 0 && at + 1 < text.Length && IsHebrew(text[at - 1]) && IsHebrew(text[at + 1]));

    private static bool IsHebrew(char c) => c is >= '\u05D0' and <= '\u05EA';

    private static bool IsOfWord(char c) =>
        char.IsLetter(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;
}
