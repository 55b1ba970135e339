using System.Globalization;
using System.Text;

namespace Cms.Publishing;

/// <summary>
/// The key that names and headlines are sorted by: without case, accents and leading quotes, so that “Élan” stands beside
/// "Elan". It is stored and compared byte by byte, so the order is the same on every server whatever its locale.
/// </summary>
internal static class SortKey
{
    private const int MaxLength = 200;

    public static string Of(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var rune in text.Normalize(NormalizationForm.FormKD).EnumerateRunes())
        {
            if (key.Length >= MaxLength)
                break;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark)
                continue;
            if (key.Length == 0 && !Rune.IsLetterOrDigit(rune))
                continue;
            key.Append(Rune.ToLowerInvariant(rune).ToString());
        }
        // Nothing but signs: those are the key then.
        return key.Length > 0 ? key.ToString() : text[..Math.Min(text.Length, MaxLength)];
    }
}
