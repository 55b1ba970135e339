using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html;

internal sealed partial class FlowReader
{
    private FlowCode? ReadCode(IElement element)
    {
        foreach (var lost in element.QuerySelectorAll("a[href],img[src],iframe[src]"))
            losses?.Tell(
                lost.LocalName is "a" ? "removed-link" : "removed-media",
                lost,
                "An address was left out, for code is plain text: "
                    + $"{Losses.Quote(lost.GetAttribute("href") ?? lost.GetAttribute("src"))}."
            );
        var code = new StringBuilder();
        CollectCode(element, code);
        var text = Plain.Lines(code.ToString());
        if (!text.Any(Plain.IsVisible))
            return null;
        var language = element
            .QuerySelectorAll("code")
            .Prepend(element)
            .SelectMany(e =>
                (e.GetAttribute("class") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)
            )
            .FirstOrDefault(name => name.StartsWith("language-", StringComparison.Ordinal))
            ?["language-".Length..];
        return new FlowCode(text, language is not null && IsLanguage(language) ? language : null);
    }

    public static bool IsLanguage(string language) => Language().IsMatch(language);

    private static void CollectCode(INode node, StringBuilder code)
    {
        foreach (var child in node.ChildNodes)
        {
            if (child is IText text)
                code.Append(text.Data);
            else if (child is IElement { LocalName: "br" })
                code.Append('\n');
            else if (child is IElement { LocalName: "img" } image)
                code.Append(image.GetAttribute("alt"));
            else
                CollectCode(child, code);
            if (child is IElement { LocalName: "div" or "p" or "li" or "tr" })
                code.Append('\n');
        }
    }

    [GeneratedRegex(
        @"^[A-Za-z0-9+#._-]{1,40}\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Language();
}
