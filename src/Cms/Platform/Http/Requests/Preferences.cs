namespace Cms.Platform.Http.Requests;

/// <summary>
/// The header <c>Prefer</c> (RFC 7240): preferences with commas between, each a name, perhaps a value, and perhaps
/// parameters behind semicolons. What is not understood is ignored.
/// </summary>
internal static class Preferences
{
    /// <summary>Whether a preference without a value is among them, whatever its parameters.</summary>
    public static bool Has(string? prefer, string name)
    {
        foreach (var preference in Split(prefer ?? "", ','))
        {
            var said = Split(preference, ';').First().Split('=', 2, StringSplitOptions.TrimEntries);
            // If it is said twice the first one counts, and an empty value is none.
            if (said[0].Equals(name, StringComparison.OrdinalIgnoreCase))
                return said is [_] or [_, "" or "\"\""];
        }
        return false;
    }

    /// <summary>Tells which preference counted; null: none.</summary>
    public static void Say(HttpResponse response, string? applied)
    {
        if (applied is not null)
            response.Headers["Preference-Applied"] = applied;
    }

    /// <summary>Splits it where the separator is not in a quoted string.</summary>
    private static IEnumerable<string> Split(string text, char separator)
    {
        var (start, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (isQuoted && text[i] == '\\')
                i++;
            else if (!isQuoted && text[i] == separator)
            {
                yield return text[start..i];
                start = i + 1;
            }
        yield return text[start..];
    }
}
