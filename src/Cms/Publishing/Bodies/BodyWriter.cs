using System.Globalization;
using System.Text;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Html;
using Cms.Publishing.Bodies.Markdown;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies;

/// <summary>
/// Writes a body as HTML, Markdown or plain text. HTML and Markdown read back as the same blocks, but for one thing: an
/// image's own words are shown, so they come back as said in this place (<see cref="Body.InheritFrom"/> undoes that).
/// </summary>
internal static class BodyWriter
{
    /// <summary>HTML, one block a line. An image that the lookup does not find is left out.</summary>
    public static string ToHtml(Body body, Func<Guid, BodyImage?> image)
    {
        var html = new StringBuilder();
        foreach (var block in body.Blocks)
        {
            var start = html.Length;
            if (start > 0)
                html.Append('\n');
            var written = html.Length;
            WriteBlock(html, block, image, oneLine: false);
            if (html.Length == written)
                html.Length = start;
        }

        return html.ToString();
    }

    /// <summary>
    /// CommonMark with pipe tables and <c>~~strikethrough~~</c>; what Markdown has no sign for is HTML in it.
    /// </summary>
    public static string ToMarkdown(Body body, Func<Guid, BodyImage?> image) =>
        new MarkdownWriter(image).Write(body);

    /// <summary>
    /// Plain text, blocks separated by blank lines. Alternative texts are not in it, and of a picture only what this
    /// place says.
    /// </summary>
    public static string ToText(Body body) => BodyText.Write(body);

    /// <summary>One block as HTML; nothing for an image that is not found.</summary>
    public static void WriteBlock(StringBuilder html, Block block, Func<Guid, BodyImage?> image, bool oneLine)
    {
        switch (block)
        {
            case ParagraphBlock paragraph:
                html.Append("<p>").Append(paragraph.Html).Append("</p>");
                break;
            case HeadingBlock heading:
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<h{heading.Level}>{heading.Html}</h{heading.Level}>"
                );
                break;
            case ListBlock list:
                WriteList(html, ListNumbers.Of(list), list.Items);
                break;
            case QuoteBlock quote:
                html.Append(quote.Attribution is null ? "<blockquote>" : "<figure><blockquote>");
                foreach (var paragraph in quote.Paragraphs)
                    html.Append("<p>").Append(paragraph).Append("</p>");
                html.Append("</blockquote>");
                if (quote.Attribution is not null)
                    html.Append("<figcaption>").Append(quote.Attribution).Append("</figcaption></figure>");
                break;
            case ImageBlock shown:
                if (image(shown.Image.Id) is { } own)
                    WriteImage(html, shown, own);
                break;
            case EmbedBlock embed:
                FlowWriter.WriteEmbed(html, embed.Url, embed.Title);
                break;
            case CodeBlock code:
                FlowWriter.WriteCode(html, code.Code, code.Language, oneLine);
                break;
            case TableBlock table:
                WriteTable(html, table);
                break;
            case DividerBlock:
                html.Append("<hr>");
                break;
            case HtmlBlock free:
                html.Append("<div data-block=\"html\">")
                    .Append(FlowWriter.Renewed(free.Html))
                    .Append("</div>");
                break;
            default:
                throw new InvalidOperationException($"No way to write {block.GetType().Name}.");
        }
    }

    private static void WriteList(StringBuilder html, ListNumbers numbers, IReadOnlyList<ListItem> items)
    {
        FlowWriter.OpenList(html, numbers, items.Count);
        foreach (var item in items)
        {
            FlowWriter.OpenItem(html, item.Value);
            html.Append(item.Html);
            if (item.List is { } below)
                WriteList(html, ListNumbers.Of(below), below.Items);
            html.Append("</li>");
        }

        html.Append(numbers.Ordered ? "</ol>" : "</ul>");
    }

    private static void WriteImage(StringBuilder html, ImageBlock block, BodyImage own)
    {
        var use = block.Image;
        FlowWriter.OpenFigure(html, use.Caption, use.Credit);
        if (block.Href is not null)
            Inline.WriteOpening(html, new Link(block.Href, null, block.Rel));
        var tells = Links.TryImage(own.Url, out var id) && id == use.Id;
        FlowWriter.WritePicture(
            html,
            own.Url,
            use.Alt ?? Own(own.Alt),
            use.Alt,
            own.Width,
            own.Height,
            tells ? null : use.Id,
            isExternal: false,
            own.Sources
        );
        if (block.Href is not null)
            html.Append("</a>");
        FlowWriter.WriteCaption(html, use.Caption ?? Own(own.Caption), use.Credit ?? Own(own.Credit));
        html.Append("</figure>");
    }

    private static string? Own(string? text) => text is null ? null : Plain.Line(text);

    private static void WriteTable(StringBuilder html, TableBlock table)
    {
        html.Append("<table>");
        if (table.Caption is not null)
            html.Append("<caption>").Append(table.Caption).Append("</caption>");
        if (table.Header is not null)
        {
            html.Append("<thead>");
            WriteRow(html, table.Header, table.Alignments, heading: true);
            html.Append("</thead>");
        }

        if (table.Rows.Count > 0)
        {
            html.Append("<tbody>");
            foreach (var row in table.Rows)
                WriteRow(html, row, table.Alignments, heading: false);
            html.Append("</tbody>");
        }

        html.Append("</table>");
    }

    private static void WriteRow(
        StringBuilder html,
        IReadOnlyList<string> cells,
        IReadOnlyList<ColumnAlignment>? alignments,
        bool heading
    )
    {
        html.Append("<tr>");
        for (var i = 0; i < cells.Count; i++)
        {
            FlowWriter.OpenCell(html, heading, alignments?[i] ?? ColumnAlignment.None);
            html.Append(cells[i]).Append(heading ? "</th>" : "</td>");
        }

        html.Append("</tr>");
    }
}
