using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies;

/// <summary>Which addresses a body may hold, and their one spelling.</summary>
internal static partial class Links
{
    // Everything else is percent-encoded, so that an address means the same in HTML, in Markdown and in JSON.
    private const string Bare = "-._~:/?#@!$&'()*+,;=";

    /// <summary>
    /// An address that a link may have: http, https, mailto, <c>/path</c> or <c>#fragment</c>; otherwise null.
    /// </summary>
    public static string? Clean(string? href)
    {
        var url = Encode(href);
        if (url is null)
            return null;
        if (url[0] == '#')
            return url.Length > 1 ? url : null;
        if (url.StartsWith("//", StringComparison.Ordinal))
            return Absolute("https:" + url);
        if (url[0] == '/')
            return url;
        if (url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            return url.Length > 7 ? "mailto:" + url[7..] : null;
        return Absolute(url);
    }

    /// <summary>An address that a picture may have: http, https or <c>/path</c>; otherwise null.</summary>
    public static string? CleanSource(string? src) =>
        Clean(src) is { } url && url[0] != '#' && !url.StartsWith("mailto:", StringComparison.Ordinal)
            ? url
            : null;

    /// <summary>An absolute http or https address; otherwise null.</summary>
    public static string? CleanAbsolute(string? url) =>
        CleanSource(url) is { } source && source[0] != '/' ? source : null;

    /// <summary>
    /// The image of the library that an address shows: <c>/media/{id}/…</c> here, <c>…/media/{id}/original</c> with a
    /// host, and with a path of a CDN behind it.
    /// </summary>
    public static bool TryImage(string? url, [NotNullWhen(true)] out Guid? id)
    {
        id = null;
        if (url is null)
            return false;
        var match = Media().Match(url);
        if (
            !match.Success
            || (match.Groups["host"].Length > 0 && !Original().IsMatch(match.Groups["file"].ValueSpan))
        )
            return false;
        if (Guid.TryParseExact(match.Groups["id"].ValueSpan, "D", out var guid))
            id = guid;
        return id is not null;
    }

    private static string? Absolute(string url)
    {
        var scheme =
            url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://"
            : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://"
            : null;
        if (scheme is null)
            return null;
        var clean = scheme + url[scheme.Length..];
        return Uri.TryCreate(clean, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? clean : null;
    }

    private static string? Encode(string? href)
    {
        if (href is null || href.Length > BodyLimits.Url)
            return null;
        var url = new StringBuilder(href.Length + 16);
        var text = Plain.Clean(WithAsciiHost(href)).AsSpan().Trim(" \t\r\n\f");
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            // As browsers do: "java\nscript:" is "javascript:".
            if (c is '\t' or '\n' or '\r')
                continue;
            if (char.IsAsciiLetterOrDigit(c) || Bare.Contains(c, StringComparison.Ordinal))
            {
                url.Append(c);
            }
            else if (
                c == '%'
                && i + 2 < text.Length
                && char.IsAsciiHexDigit(text[i + 1])
                && char.IsAsciiHexDigit(text[i + 2])
            )
            {
                url.Append(c);
            }
            else
            {
                Rune.DecodeFromUtf16(text[i..], out var rune, out var used);
                i += used - 1;
                foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
                    url.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return url.Length is > 0 and <= BodyLimits.Url ? url.ToString() : null;
    }

    private static string WithAsciiHost(string href)
    {
        var match = Host().Match(href);
        if (!match.Success || System.Text.Ascii.IsValid(match.Groups["host"].ValueSpan))
            return href;
        return Uri.TryCreate(match.Value.Trim(), UriKind.Absolute, out var uri)
            ? string.Concat(match.Groups["scheme"].ValueSpan, uri.IdnHost, href.AsSpan(match.Length))
            : href;
    }

    [GeneratedRegex(
        @"^\s*(?<scheme>https?://)(?<host>[^/?#:@\\\s]+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Host();

    [GeneratedRegex(
        "^original(-v[0-9]{1,9})?\\z",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Original();

    [GeneratedRegex(
        "^(?<host>https?://[^/?#]+(/[^/?#]+)*)?/media/(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}"
            + "-[0-9a-f]{12})/(?<file>[^/?#]+)(\\?[^#]*)?\\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Media();
}
