using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Cms.Publishing.Bodies;

/// <summary>Reads sanitised HTML into <see cref="Flow"/>, losing wrappers and looks but no word.</summary>
internal sealed partial class FlowReader
{
    private List<Flow> _flows = [];
    private InlineBuilder _text = new();
    private int _level;
    private int _depth;

    /// <summary>Whether structures nest deeper than <see cref="BodyLimits.FlowDepth"/>.</summary>
    public bool TooDeep { get; private set; }

    /// <summary>The structures in an element.</summary>
    public static (IReadOnlyList<Flow> Flows, bool TooDeep) Read(IElement root)
    {
        var reader = new FlowReader();
        var flows = reader.Content(root.ChildNodes);
        return (flows, reader.TooDeep);
    }

    /// <summary>All the text in an element as one line of inline HTML; edges of blocks become line breaks.</summary>
    public static Inline ReadInline(IElement root)
    {
        var text = new InlineBuilder();
        Collect(root.ChildNodes, text, default, skip: null);
        return text.Build();
    }

    private List<Flow> Content(IEnumerable<INode> nodes, Func<INode, bool>? skip = null)
    {
        if (++_depth > BodyLimits.FlowDepth)
            TooDeep = true;
        var (flows, text, level) = (_flows, _text, _level);
        (_flows, _text, _level) = ([], new InlineBuilder(), 0);
        foreach (var node in nodes)
        {
            if (skip?.Invoke(node) != true)
                Walk(node, default);
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
                WalkAll(element, style);
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
                if (!WalkStructure(element))
                    WalkAll(element, style);
                Flush();
                break;
            default:
                WalkAll(element, Styled(element, style));
                break;
        }
    }

    // Structures hold their own text: what is outside does not go on inside.
    private bool WalkStructure(IElement element)
    {
        switch (element.LocalName)
        {
            case "ul" or "ol" or "menu" or "dir":
                Add(ReadList(element));
                break;
            case "blockquote":
                foreach (var flow in ReadQuote(element))
                    Add(flow);
                break;
            case "pre":
                Add(ReadCode(element));
                break;
            case "hr":
                Add(new FlowDivider());
                break;
            case "img":
                Add(ReadImage(element));
                break;
            case "iframe":
                Add(ReadFrame(element));
                break;
            case "figure":
                foreach (var flow in ReadFigure(element))
                    Add(flow);
                break;
            case "table":
                foreach (var flow in ReadTable(element))
                    Add(flow);
                break;
            case "dl":
                Add(ReadDefinitions(element));
                break;
            case "details":
                foreach (var flow in ReadDetails(element))
                    Add(flow);
                break;
            case "div" when _depth == 1 && element.GetAttribute("data-block") is "html":
                var free = Content(element.ChildNodes);
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

    private static void Collect(
        IEnumerable<INode> nodes,
        InlineBuilder text,
        Style style,
        Func<INode, bool>? skip
    )
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
                        break;
                    case "iframe":
                        break;
                    case "q":
                        text.Append("“", style);
                        Collect(element.ChildNodes, text, style, skip);
                        text.Append("”", style);
                        break;
                    case var name when IsBlock(name):
                        text.Boundary();
                        Collect(element.ChildNodes, text, style, skip);
                        text.Boundary();
                        break;
                    default:
                        Collect(element.ChildNodes, text, Styled(element, style), skip);
                        break;
                }
            }
        }
    }

    private static Style Styled(IElement element, Style style) =>
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

    private FlowList? ReadList(IElement element)
    {
        var items = new List<List<Flow>>();
        foreach (var child in element.ChildNodes)
        {
            if (child is IElement { LocalName: "li" } li)
            {
                items.Add(Content(li.ChildNodes));
                continue;
            }

            // Not valid, but common: a list directly in a list belongs to the item before it.
            var stray = Content([child]);
            if (
                items.Count > 0
                && stray.Count == 1
                && stray[0] is FlowList
                && items[^1] is not [.., FlowList]
            )
                items[^1].AddRange(stray);
            else
                items.Add(stray);
        }

        items.RemoveAll(item => item.Count == 0);
        if (items.Count == 0)
            return null;
        var ordered = element.LocalName is "ol";
        return new FlowList(
            ordered,
            ordered ? Number(element, "start", 0, BodyLimits.ListStart, 1) : null,
            items
        );
    }

    private List<Flow> ReadQuote(IElement element)
    {
        var source = Attribution(element);
        var content = Content(element.ChildNodes, node => node == source);
        var attribution = source is null ? null : ReadAttribution(source);
        if (content.Count == 0)
            return attribution is null ? [] : [new FlowText(0, attribution)];
        return [new FlowQuote(content, attribution)];
    }

    // <blockquote>… <footer>Ana Silva</footer></blockquote>, or cite, alone in a paragraph or not, as the last thing.
    private static IElement? Attribution(IElement quote)
    {
        var last = quote.ChildNodes.LastOrDefault(node =>
            node is IElement || (node is IText text && text.Data.Any(c => !Plain.IsSpace(c)))
        );
        if (last is IElement { LocalName: "footer" or "cite" } element)
            return element;
        return
            last is IElement { LocalName: "p" } p
            && p.ChildNodes.All(node =>
                node is IElement { LocalName: "cite" } || (node is IText text && text.Data.All(Plain.IsSpace))
            )
            && p.Children.Length > 0
            ? p
            : null;
    }

    private static Inline? ReadAttribution(IElement element) => CleanAttribution(ReadInline(element));

    /// <summary>Without the dash before it, which the written forms add.</summary>
    public static Inline? CleanAttribution(Inline attribution)
    {
        var text = new InlineBuilder();
        var started = false;
        foreach (var run in attribution.Runs)
        {
            var rest = started ? run.Text : run.Text.TrimStart('—', '–', '―', '-', ' ', '\n', '\u00A0');
            started |= rest.Length > 0;
            text.AppendRun(run with { Text = rest });
        }

        var clean = text.Build();
        return clean.IsEmpty ? null : clean;
    }

    private static FlowCode? ReadCode(IElement element)
    {
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

    private static FlowImage? ReadImage(IElement element)
    {
        var url = Links.CleanSource(element.GetAttribute("src"));
        Guid? id = null;
        if (Guid.TryParseExact(element.GetAttribute("data-image"), "D", out var stated))
            id = stated;
        else if (Links.TryImage(url, out var found))
            id = found;
        if (id is null && url is null)
            return null;

        return new FlowImage(id, id is null ? url : null)
        {
            Alt = Said(element, "data-alt", element.GetAttribute("alt")),
            Caption = Said(element, "data-caption", element.GetAttribute("title")),
            Width = id is null ? Number(element, "width", 1, 100_000, null) : null,
            Height = id is null ? Number(element, "height", 1, 100_000, null) : null,
        };
    }

    // Nothing said means the image's own words; "none" is how the written forms say that there are to be none.
    private static string? Said(IElement element, string mark, string? text)
    {
        if (element.GetAttribute(mark) is "none")
            return "";
        var line = Plain.Line(text ?? "");
        return line.Any(Plain.IsVisible) ? line : null;
    }

    private static FlowEmbed? ReadFrame(IElement element)
    {
        var url = Links.CleanAbsolute(element.GetAttribute("src"));
        if (url?.StartsWith("https://", StringComparison.Ordinal) != true)
            return null;
        var title = Plain.Line(element.GetAttribute("title") ?? "");
        return new FlowEmbed(
            url,
            title.Any(Plain.IsVisible) && !string.Equals(title, url, StringComparison.Ordinal) ? title : null
        );
    }

    private List<Flow> ReadFigure(IElement element)
    {
        if (
            element.GetAttribute("data-block") is "embed"
            && element.QuerySelector("a") is { } a
            && Links.CleanAbsolute(a.GetAttribute("href")) is { } url
        )
        {
            var title = Plain.Line(element.TextContent);
            return
            [
                new FlowEmbed(
                    url,
                    title.Any(Plain.IsVisible) && !string.Equals(title, url, StringComparison.Ordinal)
                        ? title
                        : null
                ),
            ];
        }

        var captions = element.Children.Where(child => child.LocalName is "figcaption").ToArray();
        var content = Content(element.ChildNodes, node => node is IElement { LocalName: "figcaption" });
        var said = new InlineBuilder();
        foreach (var part in captions)
        {
            said.Boundary();
            Collect(part.ChildNodes, said, default, skip: null);
        }

        var caption = said.Build();
        switch (content)
        {
            case [FlowImage image]:
                return [WithCaption(image, element, captions)];
            case [_] when caption.IsEmpty:
                return content;
            case [FlowQuote { Attribution: null } quote]:
                return [quote with { Attribution = CleanAttribution(caption) }];
            case [FlowEmbed { Title: null } embed]:
                var title = Plain.Line(caption.ToText());
                return
                [
                    embed with
                    {
                        Title = string.Equals(title, embed.Url, StringComparison.Ordinal) ? null : title,
                    },
                ];
            case [FlowTable { Caption: null } table]:
                return [table with { Caption = caption }];
            default:
                if (!caption.IsEmpty)
                    content.Add(new FlowText(0, caption));
                return content;
        }
    }

    // <figcaption>caption <cite>credit</cite></figcaption>
    private static FlowImage WithCaption(FlowImage image, IElement figure, IElement[] captions)
    {
        var caption = new InlineBuilder();
        var credit = new InlineBuilder();
        foreach (var part in captions)
        {
            caption.Boundary();
            Collect(part.ChildNodes, caption, default, skip: node => node is IElement { LocalName: "cite" });
            foreach (
                var cite in part.QuerySelectorAll("cite")
                    .Where(cite => cite.ParentElement?.Closest("cite") is null)
            )
            {
                credit.Boundary();
                Collect(cite.ChildNodes, credit, default, skip: null);
            }
        }

        return image with
        {
            Caption = Said(figure, "data-caption", caption.Build().ToText()) ?? image.Caption,
            Credit = Said(figure, "data-credit", credit.Build().ToText()),
        };
    }

    private List<Flow> ReadTable(IElement element)
    {
        var captions = new InlineBuilder();
        var rows = new List<FlowRow>();
        var strays = new List<Flow>();
        ReadRows(element, captions, rows, strays, head: false);

        var caption = captions.Build();
        var flows = new List<Flow>();
        if (rows.Any(row => row.Cells.Any(cell => cell.Content.Count > 0)))
            flows.Add(
                new FlowTable(caption.IsEmpty ? null : caption, [.. rows.OrderByDescending(row => row.Head)])
            );
        else if (!caption.IsEmpty)
            flows.Add(new FlowText(0, caption));
        flows.AddRange(strays);
        return flows;
    }

    private void ReadRows(
        IElement parent,
        InlineBuilder captions,
        List<FlowRow> rows,
        List<Flow> strays,
        bool head
    )
    {
        foreach (var child in parent.ChildNodes)
        {
            if (child is not IElement element)
            {
                strays.AddRange(Content([child]));
                continue;
            }

            switch (element.LocalName)
            {
                case "caption":
                    captions.Boundary();
                    Collect(element.ChildNodes, captions, default, skip: null);
                    break;
                case "thead" or "tbody" or "tfoot":
                    ReadRows(element, captions, rows, strays, element.LocalName is "thead");
                    break;
                case "tr":
                    var cells = element
                        .ChildNodes.Where(node => node is IElement { LocalName: "td" or "th" })
                        .Cast<IElement>()
                        .Select(ReadCell)
                        .ToArray();
                    if (cells.Length > 0)
                        rows.Add(new FlowRow(head, cells));
                    strays.AddRange(
                        Content(element.ChildNodes, node => node is IElement { LocalName: "td" or "th" })
                    );
                    break;
                default:
                    strays.AddRange(Content([child]));
                    break;
            }
        }
    }

    private FlowCell ReadCell(IElement cell) =>
        new(
            cell.LocalName is "th",
            Number(cell, "colspan", 1, BodyLimits.Columns, null) ?? 1,
            Number(cell, "rowspan", 1, BodyLimits.Rows, null) ?? 1,
            cell.GetAttribute("align")?.ToLowerInvariant() switch
            {
                "left" => ColumnAlignment.Left,
                "center" => ColumnAlignment.Center,
                "right" => ColumnAlignment.Right,
                _ => ColumnAlignment.None,
            },
            Content(cell.ChildNodes)
        );

    private FlowDefinitions? ReadDefinitions(IElement element)
    {
        var entries = new List<(Inline?, IReadOnlyList<Flow>)>();
        void Read(IElement parent)
        {
            foreach (var child in parent.ChildNodes)
            {
                if (child is IElement { LocalName: "dt" } dt)
                {
                    var term = ReadInline(dt);
                    if (!term.IsEmpty)
                        entries.Add((term, []));
                }
                else if (child is IElement { LocalName: "div" } div)
                {
                    Read(div);
                }
                else
                {
                    var meaning = child is IElement { LocalName: "dd" }
                        ? Content(child.ChildNodes)
                        : Content([child]);
                    if (meaning.Count > 0)
                        entries.Add((null, meaning));
                }
            }
        }

        Read(element);
        return entries.Count > 0 ? new FlowDefinitions(entries) : null;
    }

    private List<Flow> ReadDetails(IElement element)
    {
        var summaries = element.Children.Where(child => child.LocalName is "summary").ToArray();
        var text = new InlineBuilder();
        foreach (var part in summaries)
        {
            text.Boundary();
            Collect(part.ChildNodes, text, default, skip: null);
        }

        var summary = text.Build();
        var content = Content(element.ChildNodes, node => node is IElement { LocalName: "summary" });
        if (summary.IsEmpty)
            return content;
        return [new FlowDetails(summary, content)];
    }

    // The normal value goes without saying and is read as null.
    private static int? Number(IElement element, string attribute, int least, int most, int? normal) =>
        int.TryParse(
            element.GetAttribute(attribute),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
        && number >= least
        && number <= most
        && number != normal
            ? number
            : null;

    [GeneratedRegex(
        @"^[A-Za-z0-9+#._-]{1,40}\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Language();
}
