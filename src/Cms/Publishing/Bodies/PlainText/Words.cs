using System.Globalization;
using System.Text;

namespace Cms.Publishing.Bodies.PlainText;

/// <summary>
/// Counts words in any script. A word is a run of letters and digits; apostrophes between letters and points or commas
/// between digits belong to it ("won't", "1,204.5"). Scripts written without spaces are counted by length: two Chinese
/// or Japanese characters, or five Thai, Lao, Khmer or Burmese letters, make one word, which is their average.
/// </summary>
internal static class Words
{
    private const int CharactersPerIdeographicWord = 2;
    private const int LettersPerSoutheastAsianWord = 5;

    private enum Kind
    {
        Gap,
        Word,
        Ideograph,
        SoutheastAsian,
    }

    public static int Count(string text)
    {
        var words = 0;
        var kind = Kind.Gap;
        var length = 0;
        for (var i = 0; i < text.Length; )
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used);
            var next = KindOf(rune);
            if (next is Kind.Gap && kind is not Kind.Gap && Joins(text, i, used))
                next = kind;
            if (next is Kind.Gap && kind is not Kind.Gap && IsMark(rune))
                next = kind;
            else if (next != kind)
            {
                words += Close(kind, length);
                (kind, length) = (next, 0);
            }

            if (!IsMark(rune))
                length++;
            i += used;
        }

        return words + Close(kind, length);
    }

    private static int Close(Kind kind, int length) =>
        kind switch
        {
            Kind.Word => 1,
            Kind.Ideograph => (length + CharactersPerIdeographicWord - 1) / CharactersPerIdeographicWord,
            Kind.SoutheastAsian => (length + LettersPerSoutheastAsianWord - 1) / LettersPerSoutheastAsianWord,
            _ => 0,
        };

    private static bool Joins(string text, int at, int used) =>
        used == 1
        && at > 0
        && at + 1 < text.Length
        && (
            (text[at] is '\'' or '’' && char.IsLetter(text[at - 1]) && char.IsLetter(text[at + 1]))
            || (text[at] is '.' or ',' && char.IsDigit(text[at - 1]) && char.IsDigit(text[at + 1]))
        );

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format;

    private static Kind KindOf(Rune rune)
    {
        if (!Rune.IsLetterOrDigit(rune))
            return Kind.Gap;
        return rune.Value switch
        {
            // Hiragana, Katakana, Bopomofo; Han with its extensions and compatibility forms; half-width Katakana.
            (>= 0x3040 and <= 0x312F)
            or (>= 0x31F0 and <= 0x31FF)
            or (>= 0x3400 and <= 0x9FFF)
            or (>= 0xF900 and <= 0xFAFF)
            or (>= 0xFF66 and <= 0xFF9F)
            or (>= 0x20000 and <= 0x3FFFF) => Kind.Ideograph,
            // Thai, Lao; Myanmar; Khmer.
            (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) =>
                Kind.SoutheastAsian,
            _ => Kind.Word,
        };
    }
}
