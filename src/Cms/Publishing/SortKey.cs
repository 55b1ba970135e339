using System.Globalization;
using System.Text;
using AnyAscii;

namespace Cms.Publishing;

/// <summary>
/// The key that names and headlines are sorted by: without case, accents and leading quotes, so that “Élan” stands
/// beside "Elan". It is stored and compared byte by byte, so the order is the same on every server whatever its locale.
/// </summary>
internal static class SortKey
{
    private const int MaxLength = 200;

    public static string Of(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (key.Length >= MaxLength)
                break;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark)
                continue;
            if (key.Length == 0 && !Rune.IsLetterOrDigit(rune))
                continue;
            key.Append(Plain(rune));
        }
        // Nothing but signs: those are the key then.
        return key.Length > 0 ? key.ToString() : Start(text);
    }

    private static string Start(string text)
    {
        var end = Math.Min(text.Length, MaxLength);
        return text[..(end < text.Length && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
    }

    /// <summary>A letter without case and accent.</summary>
    // Not string.Normalize: without ICU (InvariantGlobalization) it leaves "É" as it is, and with ICU its tables differ
    // by version.
    public static string Plain(Rune rune)
    {
        var lower = Rune.ToLowerInvariant(rune).ToString();
        return IsAccentedLatin(rune.Value) ? lower.Transliterate().ToLowerInvariant() : lower;
    }

    /// <summary>Latin-1, Latin Extended and the full-width letters; other scripts stand as they are written.</summary>
    private static bool IsAccentedLatin(int rune) =>
        rune
            is (>= 0xC0 and <= 0x24F and not (0xD7 or 0xF7))
                or (>= 0x1E00 and <= 0x1EFF)
                or (>= 0xFB00 and <= 0xFB06)
                or (>= 0xFF10 and <= 0xFF5A);
}
