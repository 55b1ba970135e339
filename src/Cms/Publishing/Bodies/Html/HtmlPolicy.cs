using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Html.Pasted;
using Cms.Publishing.Bodies.PlainText;
using Ganss.Xss;

namespace Cms.Publishing.Bodies.Html;

/// <summary>
/// The one door for HTML: parses what anybody sends and leaves only what is allowed. What is read out of it is written
/// anew, element by element (<see cref="Inline"/>, <see cref="FlowWriter"/>), so that nothing depends on this list
/// alone.
/// </summary>
internal static class HtmlPolicy
{
    // Whole subtrees: what they hold is not text of the article.
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        "script",
        "style",
        "template",
        "svg",
        "math",
        "title",
        "meta",
        "link",
        "base",
        "noframes",
        "noembed",
        "datalist",
        "xml",
        "o:officedocumentsettings",
        "w:worddocument",
        "w:latentstyles",
        "m:mathpr",
    };

    private static readonly HashSet<string> Tags = new(StringComparer.OrdinalIgnoreCase)
    {
        // Text
        "a",
        "b",
        "strong",
        "i",
        "em",
        "code",
        "kbd",
        "samp",
        "tt",
        "s",
        "del",
        "strike",
        "sub",
        "sup",
        "br",
        "mark",
        "q",
        "cite",
        // Text whose looks may say something
        "span",
        "font",
        "u",
        "ins",
        "small",
        "big",
        "abbr",
        "dfn",
        "var",
        "time",
        "label",
        // Structures
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "menu",
        "dir",
        "blockquote",
        "pre",
        "hr",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "figure",
        "figcaption",
        "img",
        "iframe",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        // Wrappers: they separate, and then disappear
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "address",
        "form",
        "fieldset",
        "legend",
        "center",
        "hgroup",
        "search",
        "option",
        "optgroup",
    };

    private static readonly HashSet<string> Attributes = new(StringComparer.OrdinalIgnoreCase)
    {
        "href",
        "title",
        "rel",
        "src",
        "alt",
        "width",
        "height",
        "start",
        "class",
        "colspan",
        "rowspan",
        "align",
        "data-block",
        "data-image",
        "data-alt",
        "data-caption",
        "data-credit",
        "reversed",
        "value",
        "type",
        MarksAttribute,
    };

    // What is looked at before it is removed.
    private static readonly HashSet<string> Seen = new(
        Attributes.Except([MarksAttribute]),
        StringComparer.OrdinalIgnoreCase
    )
    {
        "style",
        "hidden",
        "role",
        "aria-checked",
        "aria-label",
        "data-aria-level",
        "alttext",
        "srcset",
        "srcdoc",
        "poster",
        "data",
        "code",
        "name",
        "cite",
        "checked",
        "placeholder",
        "data-emoji",
        "data-src",
        "data-lazy-src",
        "data-original",
    };

    /// <summary>Marks that a style turns on and off, as two numbers. Only <see cref="PastedHtml"/> writes it.</summary>
    public const string MarksAttribute = "data-marks";

    /// <summary>
    /// Plain text that stands for an element, such as a box of a list of things to do. Only <see cref="PastedHtml"/>
    /// writes it.
    /// </summary>
    public const string TextAttribute = "data-text";

    /// <summary>
    /// The address that a player shows: the frame stands before what is kept of it. Only <see cref="PastedHtml"/>
    /// writes it.
    /// </summary>
    public const string ShownAttribute = "data-shown";

    /// <summary>On what is not of the text. Only <see cref="PastedHtml"/> writes it.</summary>
    public const string HiddenAttribute = "data-hidden";

    private static readonly HtmlSanitizer Sanitizer = MakeSanitizer();

    private static readonly HashSet<string> Relations = new(StringComparer.Ordinal)
    {
        "nofollow",
        "sponsored",
        "ugc",
    };

    /// <summary>
    /// The sanitised content of an HTML text, or null where there is too much of it, or too deeply nested, to be walked
    /// safely.
    /// </summary>
    public static IElement? Parse(string html, Losses? losses = null, CancellationToken ct = default)
    {
        IElement? last = null;
        var (count, bases, handlers) = (0, 0, 0);
        var options = new HtmlParserOptions
        {
            SkipComments = true,
            // A million attributes never reach the tree: the parser compares each with all before it.
            ShouldEmitAttribute = (ref _, name) =>
            {
                if (name.Length > 2 && name.Span.StartsWith("on", StringComparison.OrdinalIgnoreCase))
                    handlers++;
                return Seen.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name.Span);
            },
            IsKeepingSourceReferences = losses is not null,
            // When an element is created, the one before it is in its place.
            OnCreated = (element, _) =>
            {
                bases += element.LocalName is "base" ? 1 : 0;
                if (
                    ++count > BodyLimits.HtmlElements
                    || bases > BodyLimits.HtmlBases
                    || Depth(last) > BodyLimits.HtmlDepth
                )
                    throw new TooMuchException("too-deep", "");
                last = element;
                ct.ThrowIfCancellationRequested();
            },
        };

        try
        {
            // An open body keeps every element where it is written, also those that would go to the head or replace the
            // body.
            var document = new HtmlParser(options).ParseDocument("<!doctype html><body>" + html);
            if (document.Body is not { } body || Depth(last) > BodyLimits.HtmlDepth)
                return document.Body is null ? document.CreateElement("div") : null;
            PastedHtml.Tidy(body, losses);
            if (losses is not null)
                PastedHtml.TellUnseen(html, handlers, losses);
            var allowed = document.CreateElement("div");
            CopyAllowed(body, allowed, ct);
            Sanitizer.SanitizeDom(document, (IHtmlElement)allowed);
            return allowed;
        }
        catch (TooMuchException)
        {
            return null;
        }
    }

    /// <summary>A link as a body holds it; null where the address is not allowed.</summary>
    public static Link? MakeLink(string? href, string? title, string? rel)
    {
        if (Links.Clean(href) is not { } url)
            return null;
        var line = title is null ? "" : Plain.Line(title);
        var relations = (rel ?? "")
            .ToLowerInvariant()
            .Split([' ', '\t', '\n', '\r', '\f'], StringSplitOptions.RemoveEmptyEntries)
            .Where(Relations.Contains)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        return new Link(
            url,
            line.Length > 0 ? line : null,
            relations.Length > 0 ? string.Join(' ', relations) : null
        );
    }

    private static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(
            new HtmlSanitizerOptions
            {
                AllowedTags = Tags,
                AllowedAttributes = Attributes,
                AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
                {
                    "http",
                    "https",
                    "mailto",
                },
                UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "src" },
            }
        )
        {
            KeepChildNodes = true,
        };
        // "&{" ran script in Netscape 4; in a text that people read it is only two characters.
        sanitizer.RemovingAttribute += (_, removing) =>
            removing.Cancel =
                removing.Reason is RemoveReason.NotAllowedValue
                && removing.Attribute.Name is "alt" or "title";
        return sanitizer;
    }

    /// <summary>
    /// Copies what is allowed, with what stands inside elements that are not. A copy, since taking an element out of a
    /// tree costs a look at all its siblings, and the sanitizer would do that for each.
    /// </summary>
    private static void CopyAllowed(INode from, INode to, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        foreach (var node in from.ChildNodes)
        {
            if (node is IElement media && media.GetAttribute(ShownAttribute) is { } shown)
                to.AppendChild(PastedHtml.Shown(media, shown));
            if (node is IText text)
            {
                to.AppendChild(to.Owner!.CreateTextNode(text.Data));
            }
            else if (node is IElement said && said.GetAttribute(TextAttribute) is { } instead)
            {
                to.AppendChild(to.Owner!.CreateTextNode(instead));
            }
            else if (
                node is IElement element
                && !IsDropped(element)
                && !element.HasAttribute(HiddenAttribute)
            )
            {
                var place = to;
                if (Tags.Contains(element.LocalName))
                {
                    var copy = to.Owner!.CreateElement(element.LocalName);
                    foreach (var attribute in element.Attributes.Where(a => Attributes.Contains(a.Name)))
                        copy.SetAttribute(attribute.Name, attribute.Value);
                    to.AppendChild(copy);
                    place = copy;
                }

                CopyAllowed(element, place, ct);
            }
        }
    }

    private static bool IsDropped(IElement element) =>
        Dropped.Contains(element.LocalName) || element.NamespaceUri is not "http://www.w3.org/1999/xhtml";

    private static int Depth(INode? node)
    {
        var depth = 0;
        // A template's content hangs on no parent; its depth counts from the template, which is removed whole and never
        // walked.
        for (; node is not null && depth <= BodyLimits.HtmlDepth; node = node.Parent)
            depth++;
        return depth;
    }
}
