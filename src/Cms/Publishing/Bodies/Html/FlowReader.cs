using System.Globalization;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Html;

/// <summary>Reads sanitised HTML into <see cref="Flow"/>, losing wrappers and looks but no word.</summary>
internal sealed partial class FlowReader(Losses? losses)
{
    private List<Flow> _flows = [];
    private InlineBuilder _text = new();
    private int _level;
    private int _depth;

    /// <summary>Whether structures nest deeper than <see cref="BodyLimits.FlowDepth"/>.</summary>
    public bool TooDeep { get; private set; }

    /// <summary>The structures in an element.</summary>
    public static (IReadOnlyList<Flow> Flows, bool TooDeep) Read(IElement root, Losses? losses = null)
    {
        var reader = new FlowReader(losses);
        var flows = reader.Content(root.ChildNodes, default);
        return (flows, reader.TooDeep);
    }

    /// <summary>All the text in an element as one line of inline HTML; edges of blocks become line breaks.</summary>
    public static Inline ReadInline(IElement root, Losses? losses = null) =>
        new FlowReader(losses).InlineOf(root);

    private Inline InlineOf(IElement root)
    {
        var text = new InlineBuilder();
        Collect(root.ChildNodes, text, Looked(root, default), skip: null);
        return text.Build();
    }

    private List<Flow> Content(IEnumerable<INode> nodes, Style style, Func<INode, bool>? skip = null)
    {
        if (++_depth > BodyLimits.FlowDepth)
            TooDeep = true;
        var (flows, text, level) = (_flows, _text, _level);
        (_flows, _text, _level) = ([], new InlineBuilder(), 0);
        foreach (var node in nodes)
        {
            if (skip?.Invoke(node) != true)
                Walk(node, style);
        }

        Flush();
        var content = _flows;
        (_flows, _text, _level) = (flows, text, level);
        _depth--;
        return content;
    }

    private void Flush()
    {
        if (!_text.HasText)
            return;
        var text = _text.Build();
        if (!text.IsEmpty)
            _flows.Add(new FlowText(_level, text));
    }

    private void Add(Flow? flow)
    {
        Flush();
        if (flow is not null)
            _flows.Add(flow);
    }

    private void Walk(INode node, Style style)
    {
        if (node is IText text)
        {
            _text.Append(text.Data, style);
            return;
        }

        if (node is not IElement element)
            return;

        switch (element.LocalName)
        {
            case "br":
                _text.Break(style);
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                Flush();
                var level = _level;
                _level = Math.Clamp(element.LocalName[1] - '0', 2, 4);
                WalkAll(element, Looked(element, style));
                Flush();
                _level = level;
                break;
            case "q":
                _text.Append("“", style);
                WalkAll(element, style);
                _text.Append("”", style);
                break;
            case var name when IsBlock(name) || name is "img" or "iframe":
                Flush();
                if (!WalkStructure(element, Looked(element, style)))
                    WalkAll(element, Looked(element, style));
                Flush();
                break;
            default:
                WalkAll(element, Styled(element, style));
                break;
        }
    }

    private bool WalkStructure(IElement element, Style style)
    {
        switch (element.LocalName)
        {
            case "ul" or "ol" or "menu" or "dir":
                Add(ReadList(element, style));
                break;
            case "blockquote":
                foreach (var flow in ReadQuote(element, style))
                    Add(flow);
                break;
            case "pre":
                Add(ReadCode(element));
                break;
            case "hr":
                Add(new FlowDivider());
                break;
            case "img":
                Add(ReadImage(element, style.Link));
                break;
            case "iframe":
                Add(ReadFrame(element));
                break;
            case "figure":
                foreach (var flow in ReadFigure(element, style))
                    Add(flow);
                break;
            case "table":
                foreach (var flow in ReadTable(element, style))
                    Add(flow);
                break;
            case "dl":
                Add(ReadDefinitions(element, style));
                break;
            case "details":
                foreach (var flow in ReadDetails(element, style))
                    Add(flow);
                break;
            case "div" when _depth == 1 && element.GetAttribute("data-block") is "html":
                var free = Content(element.ChildNodes, style);
                Add(free.Count > 0 ? new FlowFree(free) : null);
                break;
            default:
                return false;
        }

        return true;
    }

    private void WalkAll(IElement element, Style style)
    {
        foreach (var child in element.ChildNodes)
            Walk(child, style);
    }

    private void Collect(IEnumerable<INode> nodes, InlineBuilder text, Style style, Func<INode, bool>? skip)
    {
        foreach (var node in nodes)
        {
            if (skip?.Invoke(node) == true)
                continue;
            if (node is IText data)
            {
                text.Append(data.Data, style);
            }
            else if (node is IElement element)
            {
                switch (element.LocalName)
                {
                    case "br":
                        text.Break(style);
                        break;
                    case "img":
                        // No place for a picture here; its words stay.
                        text.Append($" {element.GetAttribute("alt")} ", style);
                        losses?.Tell(
                            "removed-media",
                            element,
                            $"A picture was left out, for there is only text in this place: "
                                + $"{Losses.Quote(element.GetAttribute("src"))}. Its alternative text stays."
                        );
                        break;
                    case "iframe":
                        losses?.Tell(
                            "removed-media",
                            element,
                            "An embed was left out, for there is only text in this place: "
                                + $"{Losses.Quote(element.GetAttribute("src"))}."
                        );
                        break;
                    case "q":
                        text.Append("“", style);
                        Collect(element.ChildNodes, text, style, skip);
                        text.Append("”", style);
                        break;
                    case var name when IsBlock(name):
                        text.Boundary();
                        Collect(element.ChildNodes, text, Looked(element, style), skip);
                        text.Boundary();
                        break;
                    default:
                        Collect(element.ChildNodes, text, Styled(element, style), skip);
                        break;
                }
            }
        }
    }

    private static Style Styled(IElement element, Style style) => Looked(element, Named(element, style));

    // What a style says, which may take away what an element gives: Google Docs wraps everything in a bold that is not
    // bold.
    private static Style Looked(IElement element, Style style)
    {
        if (element.GetAttribute(HtmlPolicy.MarksAttribute)?.Split(' ') is not [var on, var off])
            return style;
        return style with
        {
            Marks =
                (style.Marks | (Marks)int.Parse(on, CultureInfo.InvariantCulture))
                & ~(Marks)int.Parse(off, CultureInfo.InvariantCulture),
        };
    }

    private static Style Named(IElement element, Style style) =>
        element.LocalName switch
        {
            "a" => HtmlPolicy.MakeLink(
                element.GetAttribute("href"),
                element.GetAttribute("title"),
                element.GetAttribute("rel")
            )
                is { } link
                ? style with
                {
                    Link = link,
                }
                : style,
            "strong" or "b" => style.With(Marks.Strong),
            "em" or "i" => style.With(Marks.Em),
            "s" or "del" or "strike" => style.With(Marks.S),
            "mark" => style.With(Marks.Mark),
            "sub" => style.With(Marks.Sub),
            "sup" => style.With(Marks.Sup),
            "code" or "kbd" or "samp" or "tt" => style.With(Marks.Code),
            _ => style,
        };

    private static bool IsBlock(string name) =>
        name
            is "p"
                or "div"
                or "section"
                or "article"
                or "header"
                or "footer"
                or "main"
                or "aside"
                or "nav"
                or "address"
                or "form"
                or "fieldset"
                or "legend"
                or "center"
                or "hgroup"
                or "search"
                or "option"
                or "optgroup"
                or "li"
                or "dt"
                or "dd"
                or "figcaption"
                or "summary"
                or "caption"
                or "thead"
                or "tbody"
                or "tfoot"
                or "tr"
                or "td"
                or "th"
                or "h1"
                or "h2"
                or "h3"
                or "h4"
                or "h5"
                or "h6"
                or "ul"
                or "ol"
                or "menu"
                or "dir"
                or "blockquote"
                or "pre"
                or "hr"
                or "figure"
                or "table"
                or "dl"
                or "details";
}
