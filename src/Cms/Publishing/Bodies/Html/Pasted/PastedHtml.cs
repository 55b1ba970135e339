using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html.Pasted;

/// <summary>
/// Makes plain HTML of what word processors, mail programs, spreadsheets and other systems put on the clipboard, and
/// tells what a body cannot hold. It only moves and renames what is there: whatever it makes is sanitised and written
/// anew like everything else.
/// </summary>
internal sealed partial class PastedHtml
{
    private const int MaxFallback = 300;
    private const string Addressed = "[src],[srcset],[data],[href]";

    private readonly IDocument _document;
    private readonly Losses? _losses;
    private readonly Dictionary<string, string> _classes;
    private readonly HashSet<IElement> _parents = [];

    // Pictures that load late have a copy for browsers without scripts.
    private readonly bool _hasPlainCopies;

    // Parts of players that were read with them.
    private readonly HashSet<IElement> _told = [];

    // The subtree that was taken out last: its elements come up again right behind it.
    private IElement? _gone;

    private PastedHtml(IElement root, Losses? losses)
    {
        _document = root.Owner!;
        _hasPlainCopies = root.QuerySelector("noscript") is not null;
        _losses = losses;
        _classes = Looks.OfClasses(
            string.Concat(root.QuerySelectorAll("style").Select(style => style.TextContent))
        );
    }

    /// <summary>Tidies the content of an element.</summary>
    public static void Tidy(IElement root, Losses? losses)
    {
        var pasted = new PastedHtml(root, losses);
        foreach (var element in root.GetElementsByTagName("*").ToArray())
            pasted.Read(element);
        foreach (var parent in pasted._parents)
            WordLists.Build(parent);
    }

    /// <summary>
    /// Comments and attributes never reach the tree, so they are told by what the text and the parser saw of them.
    /// </summary>
    public static void TellUnseen(string html, int handlers, Losses losses)
    {
        var comments = 0;
        for (var at = html.IndexOf("<!--", StringComparison.Ordinal); at >= 0; )
        {
            var end = html.IndexOf("-->", at + 4, StringComparison.Ordinal);
            var text = end < 0 ? html.AsSpan(at + 4) : html.AsSpan(at + 4, end - at - 4);
            if (text.Trim() is not ("StartFragment" or "EndFragment" or ""))
                comments++;
            at = end < 0 ? -1 : html.IndexOf("<!--", end + 3, StringComparison.Ordinal);
        }

        if (comments > 0)
            losses.Count(
                "removed-comment",
                null,
                "Comments were left out: readers do not see them.",
                count: comments
            );
        if (handlers > 0)
            losses.Count(
                "removed-handler",
                null,
                "Event handlers (onclick and the like) were left out: a body runs no scripts.",
                count: handlers
            );
        // The parser passes over frames outside a frameset.
        foreach (Match frame in Frame().Matches(html))
            losses.Tell(
                "removed-media",
                "frame",
                $"A frame was left out: {Losses.Quote(frame.Groups["url"].Value)}. Use an iframe."
            );
    }

    private void Read(IElement element)
    {
        if (_gone is not null)
        {
            if (_gone.Contains(element))
                return;
            _gone = null;
        }

        if (_told.Contains(element))
            return;
        var style = StyleOf(element);
        var looks = style.Length == 0 ? null : Looks.Of(style);
        if (looks?.WordElement is "comment-list" || IsWordComment(element))
        {
            Remove(element, "removed-comment", "A comment was left out");
            return;
        }

        if ((looks?.Hidden == true || element.HasAttribute("hidden")) && element.LocalName is not "img")
        {
            Remove(element, "removed-hidden", "Hidden text was left out");
            return;
        }

        if (!ReadElement(element, looks))
            return;
        if (looks is not null)
            Apply(element, looks);
        if (element.ParentElement is { } parent && WordLists.IsPart(element))
            _parents.Add(parent);
    }

    /// <summary>What an element is in a body. False where it is there no longer.</summary>
    private bool ReadElement(IElement element, Looks? looks)
    {
        if (element.NamespaceUri is not "http://www.w3.org/1999/xhtml")
            return ReadForeign(element);
        switch (element.LocalName)
        {
            case "script":
                return Remove(
                    element,
                    "removed-script",
                    "A script was left out: a body runs none",
                    quote: false
                );
            case "style":
                _losses?.Count(
                    "removed-style",
                    "style",
                    "Style sheets were left out: the site decides how a body looks.",
                    element
                );
                return true;
            case "template":
                return Remove(
                    element,
                    "removed-hidden",
                    "A template was left out: readers do not see it",
                    quote: false
                );
            case "noframes" or "noembed" or "datalist":
                return Remove(element, "removed-hidden", "Text that readers do not see was left out");
            case "head" or "meta" or "link" or "base":
                _losses?.Count(
                    "removed-metadata",
                    element.LocalName,
                    $"`{element.LocalName}` was left out: it is not of the text.",
                    element
                );
                return true;
            case "title":
                return Remove(element, "removed-metadata", "The title of the document was left out");
            case "xml" or "o:officedocumentsettings" or "w:worddocument" or "w:latentstyles" or "m:mathpr":
                return Remove(element, "removed-metadata", "Data of a word processor were left out");
            case "img":
                return ReadImage(element, looks);
            case "video"
            or "audio"
            or "object"
            or "embed"
            or "iframe"
            or "portal"
            or "bgsound"
            or "applet"
            or "v:imagedata":
                return ReadMedia(element);
            case "source" when IsRendition(element):
                return true;
            case "source" or "track":
                TellMedia(element, "Another file of the same");
                return true;
            case "figure":
                return ReadFigure(element);
            case "div" when element.ClassName is not null && element.ClassList.Contains("wp-caption"):
                Rename(element, "figure");
                return true;
            case "p" when element.ClassName is not null && element.ClassList.Contains("wp-caption-text"):
                Rename(element, "figcaption");
                return true;
            case "p" when element.ClassName is not null && element.ClassList.Contains("MsoTitle"):
                Rename(element, "h1");
                return true;
            case "a":
                ReadLink(element);
                return true;
            case "area":
                if (element.GetAttribute("href") is { Length: > 0 } area)
                    _losses?.Tell(
                        "removed-link",
                        element,
                        $"A part of a picture that was a link was left out: {Losses.Quote(area)}."
                    );
                return true;
            case "li":
                ReadItem(element);
                return true;
            case "ol":
                if ((looks?.Numbering ?? NumberingOfItems(element)) is { } numbering)
                    element.SetAttribute("type", numbering);
                return true;
            case "blockquote":
                SetAttributionApart(element);
                TellAttribute(element, "cite");
                return true;
            case "q" or "ins" or "del":
                TellAttribute(element, "cite");
                TellFormatting(element, element.LocalName is "ins");
                return true;
            case "input":
                return ReadInput(element);
            case "button"
            or "select"
            or "textarea"
            or "form"
            or "keygen"
            or "progress"
            or "meter"
            or "output":
                _losses?.Count(
                    "removed-form",
                    element.LocalName,
                    $"`{element.LocalName}` was left out: a body has no forms. Its words stay.",
                    element
                );
                return true;
            case "ruby":
                ReadRuby(element);
                return true;
            case "u" or "font" or "small" or "big" or "blink" or "marquee":
                TellFormatting(element, true);
                return true;
            case "span":
                TellFormatting(
                    element,
                    looks?.More == true || element.ClassName is not null || !element.HasChildNodes
                );
                return true;
            default:
                if (element.GetAttribute("title") is { Length: > 0 })
                    TellAttribute(element, "title");
                if (element.GetAttribute("src") is { Length: > 0 })
                    TellMedia(element, "Something that a body cannot show");
                TellFormatting(element, looks?.More == true);
                return true;
        }
    }

    private string StyleOf(IElement element)
    {
        var own = element.GetAttribute("style") ?? "";
        if (_classes.Count == 0 || element.ClassName is not { Length: > 0 })
            return own;
        return string.Join(
            ';',
            element.ClassList.Select(name => _classes.GetValueOrDefault(name, "")).Append(own)
        );
    }

    private static void Apply(IElement element, Looks looks)
    {
        // A list's style is that of its markers.
        if (
            element.LocalName is not ("ul" or "ol" or "li" or "table" or "tbody" or "tr")
            && (looks.On | looks.Off) != Marks.None
        )
            element.SetAttribute(
                HtmlPolicy.MarksAttribute,
                string.Create(CultureInfo.InvariantCulture, $"{(int)looks.On} {(int)looks.Off}")
            );
        if (element.LocalName is "td" or "th" && looks.Align is not null && !element.HasAttribute("align"))
            element.SetAttribute("align", looks.Align);
    }

    // Colleagues' remarks, and the anchors that lead to them.
    private static bool IsWordComment(IElement element) =>
        element.ClassName is { } names
        && (
            names.Contains("MsoCommentReference", StringComparison.Ordinal)
            || names.Contains("msocomanchor", StringComparison.Ordinal)
            || names.Contains("msocomtxt", StringComparison.Ordinal)
        );

    private bool ReadForeign(IElement element)
    {
        if (element.LocalName is "svg")
            return Remove(element, "removed-media", "A drawing (SVG) was left out: upload it as a picture");
        if (element.LocalName is not "math")
            return true;
        var formula = element.GetAttribute("alttext") ?? string.Concat(Formula(element));
        _losses?.Tell("flattened", element, $"A formula became plain text: {Losses.Quote(formula)}.");
        return Say(element, $" {formula} ");
    }

    private static IEnumerable<string> Formula(INode node) =>
        node.ChildNodes.SelectMany(child =>
            child switch
            {
                IText text => [Plain.Line(text.Data)],
                IElement { LocalName: "annotation" or "annotation-xml" or "script" or "style" } => [],
                _ => Formula(child),
            }
        );

    // Where the writer put no parentheses around how it is read.
    private void ReadRuby(IElement ruby)
    {
        var beside = false;
        foreach (var child in ruby.Children)
        {
            if (child.LocalName is "rt" && !beside)
            {
                child.Prepend(_document.CreateTextNode("("));
                child.AppendChild(_document.CreateTextNode(")"));
            }

            beside = child.LocalName is "rp";
        }
    }

    private void ReadItem(IElement item)
    {
        // A list of things to do: its boxes are pictures or inputs.
        if (item.GetAttribute("role") is not "checkbox")
            return;
        if (item.QuerySelector("img") is { } box && Links.CleanSource(box.GetAttribute("src")) is null)
            Gone(box);
        var place = item.Children.FirstOrDefault(child => !child.HasAttribute(HtmlPolicy.HiddenAttribute))
            is { LocalName: "p" } p
            ? p
            : item;
        place.Prepend(_document.CreateTextNode(item.GetAttribute("aria-checked") is "true" ? "☑ " : "☐ "));
    }

    private bool ReadInput(IElement input)
    {
        var type = input.GetAttribute("type")?.ToLowerInvariant();
        if (type is "checkbox")
            return Say(input, input.HasAttribute("checked") ? "☑ " : "☐ ");
        if (type is "image")
            TellMedia(input, "A picture that sends a form");
        var words = input.GetAttribute("value") ?? input.GetAttribute("placeholder");
        if (type is not "hidden" && words is { Length: > 0 })
            _losses?.Tell(
                "removed-form",
                input,
                $"A field of a form was left out, it says: {Losses.Quote(words)}"
            );
        else
            _losses?.Count("removed-form", "input", "Fields of forms were left out: a body has none.", input);
        return true;
    }

    // Google Docs says it of each item.
    private static string? NumberingOfItems(IElement list) =>
        list.Children.FirstOrDefault(child => child.LocalName is "li")?.GetAttribute("style") is { } style
            ? Looks.Of(style).Numbering
            : null;

    /// <summary>
    /// Who said it, in a line of its own at the end of the last paragraph, becomes a footer. Running words stay where
    /// they are.
    /// </summary>
    private void SetAttributionApart(IElement quote)
    {
        if (
            FlowReader.Last(quote) is IElement { LocalName: "p" or "div" } last
            && FlowReader.Last(last) is IElement { LocalName: "cite" } cite
            && FlowReader.Before(cite) is IElement { LocalName: "br" }
        )
        {
            var footer = _document.CreateElement("footer");
            footer.AppendChild(cite);
            quote.AppendChild(footer);
        }
    }

    private void Rename(IElement element, string name)
    {
        var renamed = _document.CreateElement(name);
        element.Parent!.InsertBefore(renamed, element);
        foreach (var child in element.ChildNodes.ToArray())
            renamed.AppendChild(child);
        element.Remove();
    }

    [GeneratedRegex(
        @"<frame\s[^>]*src\s*=\s*[""']?(?<url>[^""'\s>]+)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Frame();

    [GeneratedRegex(
        @"\.(png|jpe?g|gif|webp|avif|svg)(\?[^#]*)?\z",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Picture();
}
