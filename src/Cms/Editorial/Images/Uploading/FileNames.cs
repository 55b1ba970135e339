using System.Text;
using Cms.Platform.Unicode;

namespace Cms.Editorial.Images.Uploading;

/// <summary>The original name of an uploaded file.</summary>
internal static class FileNames
{
    /// <summary>Longer than file systems allow. Of a longer name the beginning and the extension are kept.</summary>
    public const int MaxLength = 500;

    private const int MaxEndingLength = 20;

    /// <summary>
    /// The name from a form: without folders and invisible characters, with quotes as in the original. Null: none.
    /// </summary>
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
            <= MaxLength => stored,
            _ => Shortened(stored),
        };
    }

    // Browsers write a quotation mark as %22 (WHATWG HTML, multipart/form-data), curl and most libraries as \" with \\
    // for the backslash. A backslash before anything else separates Windows folders.
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
        var ending = dot > 0 && name.Length - dot <= MaxEndingLength ? name[dot..] : "";
        var end = MaxLength - ending.Length - 1;
        if (char.IsHighSurrogate(name[end - 1]))
            end--;
        return string.Concat(name.AsSpan(0, end), "…", ending);
    }
}
