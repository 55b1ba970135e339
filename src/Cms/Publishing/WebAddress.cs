using System.Text.RegularExpressions;

namespace Cms.Publishing;

/// <summary>Addresses that a front end may put into <c>href</c>: they lead to a page and run no script.</summary>
internal static partial class WebAddress
{
    /// <summary>What <see cref="IsHandle"/> accepts, for schemas.</summary>
    public const string HandlePattern =
        """^(?=[\s\S]*\S)(?:(?!\s*[A-Za-z][A-Za-z0-9+.\-]*:)|[Hh][Tt][Tt][Pp][Ss]?://[^/?#\s\\<>"][^\s\\<>"]*$)""";

    /// <summary>http or https, with a host, and without characters that browsers interpret differently.</summary>
    public static bool IsAbsolute(string text) =>
        (
            text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        )
        && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '\\' or '<' or '>' or '"')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Host.Length > 0;

    /// <summary>
    /// A handle, such as <c>@ada@example.social</c>, or a web address; not an address of any other kind, such as
    /// <c>javascript:</c>.
    /// </summary>
    public static bool IsHandle(string text)
    {
        // As browsers do: line breaks and tabs in a scheme, and what cannot be seen before it, are passed over.
        var plain = string.Concat(text.Where(c => c > ' ' && !char.IsWhiteSpace(c) && c is not '\uFEFF'));
        return !Scheme().IsMatch(plain) || IsAbsolute(text);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9+.-]*:", RegexOptions.NonBacktracking)]
    private static partial Regex Scheme();
}
