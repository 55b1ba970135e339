using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html.Pasted;

internal sealed partial class PastedHtml
{
    private void ReadLink(IElement link)
    {
        if (link.GetAttribute("href") is not { } href)
            return;
        if (Footnote().IsMatch(href))
        {
            link.RemoveAttribute("href");
            if (link.QuerySelector("sup") is null && link.Closest("sup") is null)
                link.SetAttribute(
                    HtmlPolicy.MarksAttribute,
                    string.Create(CultureInfo.InvariantCulture, $"{(int)Marks.Sup} 0")
                );
            _losses?.Count(
                "changed-link",
                "a",
                "Links to and from footnotes became plain marks: their places have no address here.",
                link
            );
        }
        else if (Target(href) is { } target)
        {
            link.SetAttribute("href", target);
            _losses?.Count(
                "changed-link",
                "a",
                $"Links through a counter lead straight to their pages now, the first to {Losses.Quote(target)}.",
                link
            );
        }
        else if (Links.Clean(href) is null)
        {
            _losses?.Tell(
                "removed-link",
                link,
                $"A link was left out, its words stay: {Losses.Quote(href)} is no address that a body "
                    + "may hold (http, https, mailto, /path, #fragment)."
            );
        }
        else if (
            !link.TextContent.Any(Plain.IsVisible)
            && link.QuerySelector("img,iframe,video,audio,object,embed,input") is null
        )
        {
            _losses?.Tell("removed-link", link, $"A link without words was left out: {Losses.Quote(href)}.");
        }
    }

    /// <summary>
    /// Where a link through a search engine's, a mail filter's or a network's counter leads in the end.
    /// </summary>
    private static string? Target(string href)
    {
        if (
            !Uri.TryCreate(href.Trim(), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || href.Length > BodyLimits.Url
        )
            return null;
        var name = uri switch
        {
            { Host: "www.google.com" or "google.com", AbsolutePath: "/url" } => "q",
            { AbsolutePath: "/l.php", Host: "l.facebook.com" or "lm.facebook.com" or "l.instagram.com" } =>
                "u",
            _ when uri.Host.EndsWith(
                    ".safelinks.protection.outlook.com",
                    StringComparison.OrdinalIgnoreCase
                ) => "url",
            _ => null,
        };
        if (name is null)
            return null;
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query);
        var target =
            query.TryGetValue(name, out var values) ? values[0]
            : name is "q" && query.TryGetValue("url", out values) ? values[0]
            : null;
        return Links.CleanAbsolute(target);
    }

    // Word, Google Docs and LibreOffice.
    [GeneratedRegex(
        @"^#(_?ftn|_edn|ftnt|_msocom|cmnt|sdfootnote|sdendnote)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Footnote();
}
