using System.Globalization;

namespace Cms.Publishing.Bodies.PlainText;

/// <summary>Where a text that is too long ends.</summary>
internal static class TextCut
{
    // A sentence that ends earlier would leave too little.
    private const int LeastShare = 3;

    // Longer texts without a space are of scripts that have none, or addresses.
    private const int MaxWordLength = 60;

    private static readonly string[] Abbreviations =
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "no",
        "nr",
        "vs",
        "jr",
        "sr",
        "gen",
        "sen",
        "gov",
        "rep",
        "lt",
        "col",
        "capt",
        "bzw",
        "ca",
        "etc",
    ];

    /// <summary>
    /// The last end of a sentence within the room; otherwise the last end of a word that leaves room for an ellipsis.
    /// </summary>
    /// <returns>How much of the text stays, and whether an ellipsis belongs behind it; 0 where not even a word
    /// fits.</returns>
    public static (int Length, bool Ellipsis) AtSentence(string text, int room)
    {
        if (text.Length <= room)
            return (text.Length, false);
        for (var end = room; end > room / LeastShare; end--)
        {
            if (EndsSentence(text, end))
                return (end, false);
        }

        var word = AtWord(text, room - 1, anywhere: text.Length > MaxWordLength || text.Any(IsSpaceless));
        return (word, word > 0);
    }

    /// <summary>The last end of a word within the room; 0 where not even one fits.</summary>
    /// <param name="anywhere">Whether a first word that does not fit is cut, though never inside a character.</param>
    public static int AtWord(string text, int room, bool anywhere)
    {
        var (end, word) = (0, 0);
        while (end < text.Length)
        {
            if (text[end] is ' ' or '\n')
                word = end;
            var next = end + StringInfo.GetNextTextElementLength(text.AsSpan(end));
            if (next > room)
                break;
            end = next;
        }

        if (word == 0 && anywhere)
            word = end;
        return text.AsSpan(0, word).TrimEnd(" \n,;:—–-").Length;
    }

    // Thai to Lao, Burmese, Khmer, Kana and Han.
    private static bool IsSpaceless(char c) =>
        c
            is (>= '\u0E00' and <= '\u0EFF')
                or (>= '\u1000' and <= '\u109F')
                or (>= '\u1780' and <= '\u17FF')
                or (>= '\u3040' and <= '\u9FFF');

    private static bool EndsSentence(string text, int end)
    {
        var mark = end - 1;
        while (
            mark > 0 && text[mark] is '"' or '\'' or '”' or '’' or '»' or '“' or ')' or ']' or '」' or '』'
        )
            mark--;
        if (text[mark] is '。' or '！' or '？' or '।')
            return true;
        if (
            text[mark] is not ('.' or '!' or '?' or '…')
            || end >= text.Length
            || text[end] is not (' ' or '\n')
        )
            return false;
        var next = end;
        while (next < text.Length && !char.IsLetterOrDigit(text[next]))
            next++;
        if (next < text.Length && char.IsLower(text[next]))
            return false;
        return text[mark] != '.' || !IsAbbreviation(text, mark);
    }

    private static bool IsAbbreviation(string text, int dot)
    {
        var start = dot;
        while (start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] == '.'))
            start--;
        var word = text[start..dot];
        return word.Length == 1 && char.IsLetter(word[0])
            || word.Contains('.', StringComparison.Ordinal)
            || Abbreviations.Contains(word.ToLowerInvariant());
    }
}
