using System.Text;
using Cms.Platform.Unicode;

namespace Cms.Editorial.Images;

/// <summary>What a file was called where it came from.</summary>
internal static class FileNames
{
    /// <summary>Longer than any file system has them; of a longer one the beginning and the ending are kept.</summary>
    public const int Longest = 500;

    private const int LongestEnding = 20;

    /// <summary>The name itself, from what a form says: without folders, quotes as they were, without what cannot be seen. Null: it has none.</summary>
    public static string? Of(string given)
    {
        var written = Unquoted(given);
        var name = new StringBuilder(written.Length);
        foreach (var rune in written[(written.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
            if (!Rune.IsControl(rune))
                name.Append(rune.ToString());
        var stored = Text.Stored(name.ToString());
        return stored.Length switch
        {
            0 => null,
            <= Longest => stored,
            _ => Shortened(stored),
        };
    }

    // Browsers write a quotation mark as %22 (WHATWG HTML, multipart/form-data), curl and most libraries as \" with \\ for the backslash.
    // A backslash before anything else is a folder of Windows.
    private static string Unquoted(string given)
    {
        var plain = new StringBuilder(given.Length);
        for (var i = 0; i < given.Length; i++)
        {
            if (given[i] == '\\' && i + 1 < given.Length && given[i + 1] is '"' or '\\')
                i++;
            plain.Append(given[i]);
        }
        return plain
            .ToString()
            .Replace("%22", "\"", StringComparison.Ordinal)
            .Replace("%0D", "", StringComparison.OrdinalIgnoreCase)
            .Replace("%0A", "", StringComparison.OrdinalIgnoreCase);
    }

    private static string Shortened(string name)
    {
        var dot = name.LastIndexOf('.');
        var ending = dot > 0 && name.Length - dot <= LongestEnding ? name[dot..] : "";
        var end = Longest - ending.Length - 1;
        if (char.IsHighSurrogate(name[end - 1]))
            end--;
        return string.Concat(name.AsSpan(0, end), "…", ending);
    }
}
