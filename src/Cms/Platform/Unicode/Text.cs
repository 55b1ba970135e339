using System.Globalization;
using System.Text;

namespace Cms.Platform.Unicode;

/// <summary>What text may contain, and the form in which it is stored, measured and compared.</summary>
internal static class Text
{
    private const int Shown = 100;

    /// <summary>How many characters a reader counts: code points, as JSON Schema's <c>maxLength</c> does.</summary>
    public static int Length(ReadOnlySpan<char> text)
    {
        var length = text.Length;
        for (var i = text.IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
            if (char.IsHighSurrogate(text[i]) && char.IsLowSurrogate(text[i + 1]))
                length--;
        return length;
    }

    /// <summary>Describes the first forbidden character; null: there is none.</summary>
    /// <remarks>PostgreSQL, XML and JSON readers treat these differently, and nobody sees them: control characters (but
    /// tab and the line breaks), halves of surrogate pairs, and code points that are no characters.</remarks>
    public static string? FindFault(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and < '\u007F' or '\n' or '\t' or '\r')
                continue;
            if (char.IsControl(c) && c != '\u0085')
                return $"the control character {Name(c)}";
            if (!char.IsSurrogate(c))
            {
                if (c is >= '\uFDD0' and <= '\uFDEF' or >= '\uFFFE')
                    return $"the noncharacter {Name(c)}";
                continue;
            }
            if (i + 1 == text.Length || !Rune.TryCreate(c, text[i + 1], out var rune))
                return $"half of a surrogate pair ({Name(c)})";
            if ((rune.Value & 0xFFFE) == 0xFFFE)
                return $"the noncharacter {Name(rune.Value)}";
            i++;
        }
        return null;
    }

    /// <summary>
    /// Every line break as <c>\n</c> (browsers send <c>\r\n</c>, and pasted text has others), and NFC.
    /// </summary>
    public static string WithoutVariants(string text)
    {
        if (text.AsSpan().ContainsAny("\r\u0085\u2028\u2029"))
            text = text.ReplaceLineEndings("\n").Replace('\u2029', '\n').Replace('\u0085', '\n');
        return Normalization.Nfc(text);
    }

    /// <summary>
    /// <see cref="WithoutVariants"/>, without invisible characters at its ends. Text without a visible character is
    /// empty.
    /// </summary>
    public static string Stored(string text)
    {
        text = WithoutVariants(text);
        if (text.Length == 0 || (IsPlainEnd(text[0]) && IsPlainEnd(text[^1])))
            return text;
        var (start, end) = Visible(text);
        if (start == end)
            return "";
        // A direction that begins before the first visible character and ends after it, or the other way round, is part
        // of what is seen.
        var (opened, closed) = Unpaired(text.AsSpan(start, end - start));
        var before = new string([.. text[..start].Where(IsOpening).TakeLast(closed)]);
        var after = new string([.. text[end..].Where(IsClosing).Take(opened)]);
        return before + text[start..end] + after;
    }

    /// <summary>Whether it has a visible character.</summary>
    public static bool IsVisible(Rune rune) =>
        !Rune.IsWhiteSpace(rune)
        && !Rune.IsControl(rune)
        && !UnicodeTables.Instance.IsInvisible(rune.Value)
        // The empty pattern of braille, the annotation marks, and the object that is not there.
        && rune.Value is not (0x2800 or (>= 0xFFF9 and <= 0xFFFC));

    /// <summary>A value for a message, shortened if it is long, so that messages have a maximum length.</summary>
    public static string Short(string text)
    {
        if (text.Length <= Shown)
            return text;
        var end = Shown - 1;
        return (char.IsHighSurrogate(text[end - 1]) ? text[..(end - 1)] : text[..end]) + "…";
    }

    private static (int Start, int End) Visible(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            Rune.DecodeFromUtf16(text.AsSpan(start), out var rune, out var length);
            if (IsVisible(rune))
                break;
            start += length;
        }
        var end = text.Length;
        var attached = end;
        while (end > start)
        {
            Rune.DecodeLastFromUtf16(text.AsSpan(0, end), out var rune, out var length);
            if (IsVisible(rune))
                return (start, attached);
            end -= length;
            // What chooses the form of the character before it, such as a coloured heart or a regional flag, belongs to
            // that.
            if (!ChoosesForm(rune))
                attached = end;
        }
        return (start, start);
    }

    private static bool ChoosesForm(Rune rune) =>
        rune.Value
            is (>= 0xFE00 and <= 0xFE0F)
                or (>= 0xE0100 and <= 0xE01EF)
                or (>= 0xE0020 and <= 0xE007F)
                or (>= 0x180B and <= 0x180D)
                or 0x180F;

    private static (int Opened, int Closed) Unpaired(ReadOnlySpan<char> text)
    {
        var (opened, closed) = (0, 0);
        foreach (var c in text)
            if (IsOpening(c))
                opened++;
            else if (IsClosing(c))
                (opened, closed) = opened > 0 ? (opened - 1, closed) : (0, closed + 1);
        return (opened, closed);
    }

    private static bool IsOpening(char c) =>
        c is '\u202A' or '\u202B' or '\u202D' or '\u202E' or (>= '\u2066' and <= '\u2068');

    private static bool IsClosing(char c) => c is '\u202C' or '\u2069';

    // Most text begins with a letter and ends with a full stop.
    private static bool IsPlainEnd(char c) => c is > ' ' and < '\u007F';

    private static string Name(int code) => string.Create(CultureInfo.InvariantCulture, $"U+{code:X4}");
}
