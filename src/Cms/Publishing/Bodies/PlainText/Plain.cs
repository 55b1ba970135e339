using System.Text;
using Cms.Platform.Unicode;

namespace Cms.Publishing.Bodies.PlainText;

/// <summary>
/// What every text goes through before anything else: no NUL, no control characters, no half surrogates.
/// </summary>
internal static class Plain
{
    /// <summary>Plain text on one line: cleaned, in NFC, white space collapsed, trimmed.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in Clean(text))
        {
            if (!IsSpace(c))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }

        if (line.Length > 0 && line[^1] == ' ')
            line.Length--;
        return Normalization.Nfc(line.ToString());
    }

    /// <summary>
    /// Plain text in which lines and spaces count, in NFC: <c>\n</c> ends a line, no empty lines at the end.
    /// </summary>
    public static string Lines(string text) =>
        Normalization.Nfc(
            Clean(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'))
                .Replace("\f", "", StringComparison.Ordinal)
                .TrimEnd('\n')
        );

    /// <summary>
    /// Removes what no document may hold (XML 1.0 has the same list); half a surrogate pair becomes U+FFFD.
    /// </summary>
    public static string Clean(string text)
    {
        if (IsClean(text))
            return text;
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                clean.Append(c).Append(text[++i]);
            else if (char.IsSurrogate(c))
                clean.Append('\uFFFD');
            else if (IsAllowed(c))
                clean.Append(c);
        }

        return clean.ToString();
    }

    /// <summary>White space as HTML has it: what collapses to one space.</summary>
    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f';

    /// <summary>Whether there is anything to see.</summary>
    public static bool IsVisible(char c) =>
        !char.IsWhiteSpace(c)
        && char.GetUnicodeCategory(c) is not System.Globalization.UnicodeCategory.Format
        && c is not '\u034F' and not '\u115F' and not '\u1160' and not '\u3164' and not '\uFFA0';

    /// <summary>Text as HTML writes it between tags and between double quotes.</summary>
    public static void Escape(StringBuilder html, ReadOnlySpan<char> text, bool attribute = false)
    {
        foreach (var c in text)
        {
            switch (c)
            {
                case '&':
                    html.Append("&amp;");
                    break;
                case '<':
                    html.Append("&lt;");
                    break;
                case '>':
                    html.Append("&gt;");
                    break;
                case '"' when attribute:
                    html.Append("&quot;");
                    break;
                default:
                    html.Append(c);
                    break;
            }
        }
    }

    private static bool IsClean(string text)
    {
        foreach (var c in text)
        {
            if (char.IsSurrogate(c) || !IsAllowed(c))
                return false;
        }

        return true;
    }

    private static bool IsAllowed(char c) =>
        c is '\t' or '\n' or '\r' or '\f'
        || (c >= ' ' && c is not (>= '\u007F' and <= '\u009F') and not '\uFFFE' and not '\uFFFF');
}
