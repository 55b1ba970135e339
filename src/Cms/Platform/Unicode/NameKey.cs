using System.Text;

namespace Cms.Platform.Unicode;

/// <summary>
/// What names are compared by: two that look the same have the same key. Without case (also beyond ASCII: Straße is
/// STRASSE), without differences of Unicode form (NFKC), without invisible characters, and with one space for any white
/// space.
/// </summary>
internal static class NameKey
{
    public static string Of(string name)
    {
        var tables = UnicodeTables.Instance;
        // Folding may undo the normal form, and the normal form of what was folded may fold again (UAX 31,
        // NFKC_Casefold).
        var text = Fold(Normalization.Nfkc(Fold(Normalization.Nfkc(name))));
        return Normalization.Nfkc(text);

        string Fold(string from)
        {
            var key = new StringBuilder(from.Length);
            foreach (var rune in from.EnumerateRunes())
                if (Rune.IsWhiteSpace(rune))
                {
                    if (key.Length > 0 && key[^1] != ' ')
                        key.Append(' ');
                }
                else if (Text.IsVisible(rune))
                {
                    if (tables.Folded(rune.Value) is { } folded)
                        foreach (var code in folded)
                            key.Append(new Rune(code).ToString());
                    else
                        key.Append(rune.ToString());
                }
            if (key.Length > 0 && key[^1] == ' ')
                key.Length--;
            return key.ToString();
        }
    }
}
