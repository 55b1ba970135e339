using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Html;

/// <content>Tables, definitions and details.</content>
internal sealed partial class FlowReader
{
    private List<Flow> ReadTable(IElement element, Style style)
    {
        var captions = new InlineBuilder();
        var rows = new List<FlowRow>();
        var strays = new List<Flow>();
        ReadRows(element, captions, rows, strays, style, head: false);

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
        Style style,
        bool head
    )
    {
        foreach (var child in parent.ChildNodes)
        {
            if (child is not IElement element)
            {
                strays.AddRange(Content([child], style));
                continue;
            }

            switch (element.LocalName)
            {
                case "caption":
                    captions.Boundary();
                    Collect(element.ChildNodes, captions, Looked(element, style), skip: null);
                    break;
                case "thead" or "tbody" or "tfoot":
                    ReadRows(element, captions, rows, strays, style, element.LocalName is "thead");
                    break;
                case "tr":
                    var cells = element
                        .ChildNodes.Where(node => node is IElement { LocalName: "td" or "th" })
                        .Cast<IElement>()
                        .Select(cell => ReadCell(cell, style))
                        .ToArray();
                    if (cells.Length > 0)
                        rows.Add(new FlowRow(head, cells));
                    strays.AddRange(
                        Content(
                            element.ChildNodes,
                            style,
                            node => node is IElement { LocalName: "td" or "th" }
                        )
                    );
                    break;
                default:
                    strays.AddRange(Content([child], style));
                    break;
            }
        }
    }

    private FlowCell ReadCell(IElement cell, Style style) =>
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
            Content(cell.ChildNodes, Looked(cell, style))
        );

    private FlowDefinitions? ReadDefinitions(IElement element, Style style)
    {
        var entries = new List<(Inline?, IReadOnlyList<Flow>)>();
        void Read(IElement parent)
        {
            foreach (var child in parent.ChildNodes)
            {
                if (child is IElement { LocalName: "dt" } dt)
                {
                    var term = InlineOf(dt);
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
                        ? Content(child.ChildNodes, style)
                        : Content([child], style);
                    if (meaning.Count > 0)
                        entries.Add((null, meaning));
                }
            }
        }

        Read(element);
        return entries.Count > 0 ? new FlowDefinitions(entries) : null;
    }

    private List<Flow> ReadDetails(IElement element, Style style)
    {
        var summaries = element.Children.Where(child => child.LocalName is "summary").ToArray();
        var text = new InlineBuilder();
        foreach (var part in summaries)
        {
            text.Boundary();
            Collect(part.ChildNodes, text, default, skip: null);
        }

        var summary = text.Build();
        var content = Content(element.ChildNodes, style, node => node is IElement { LocalName: "summary" });
        if (summary.IsEmpty)
            return content;
        return [new FlowDetails(summary, content)];
    }
}
