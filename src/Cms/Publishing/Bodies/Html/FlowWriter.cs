using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;
using Cms.Publishing.Renditions;

namespace Cms.Publishing.Bodies.Html;

/// <summary>Writes <see cref="Flow"/> as free HTML, on one line, that reads back as the same.</summary>
internal static partial class FlowWriter
{
    private const string NoReferrer = " referrerpolicy=\"no-referrer\"";

    public static string Write(IReadOnlyList<Flow> flows)
    {
        var html = new StringBuilder();
        WriteAll(html, flows);
        return html.ToString();
    }

    private static void WriteAll(StringBuilder html, IReadOnlyList<Flow> flows)
    {
        foreach (var flow in flows)
            Write(html, flow);
    }

    // In an item or a cell a lone paragraph needs no element of its own.
    private static void WriteContent(StringBuilder html, IReadOnlyList<Flow> flows)
    {
        if (flows is [FlowText { Level: 0 } only])
            html.Append(only.Text.ToHtml());
        else
            WriteAll(html, flows);
    }

    private static void Write(StringBuilder html, Flow flow)
    {
        switch (flow)
        {
            case FlowText text:
                var name =
                    text.Level == 0 ? "p" : string.Create(CultureInfo.InvariantCulture, $"h{text.Level}");
                html.Append('<')
                    .Append(name)
                    .Append('>')
                    .Append(text.Text.ToHtml())
                    .Append("</")
                    .Append(name)
                    .Append('>');
                break;
            case FlowImage image:
                WriteImage(html, image);
                break;
            case FlowEmbed embed:
                WriteEmbed(html, embed.Url, embed.Title);
                break;
            case FlowCode code:
                WriteCode(html, code.Code, code.Language, oneLine: true);
                break;
            case FlowDivider:
                html.Append("<hr>");
                break;
            case FlowList list:
                WriteList(html, list);
                break;
            case FlowQuote quote:
                html.Append(quote.Attribution is null ? "<blockquote>" : "<figure><blockquote>");
                WriteAll(html, quote.Content);
                html.Append("</blockquote>");
                if (quote.Attribution is not null)
                    html.Append("<figcaption>")
                        .Append(quote.Attribution.ToHtml())
                        .Append("</figcaption></figure>");
                break;
            case FlowTable table:
                WriteTable(html, table);
                break;
            case FlowDefinitions definitions:
                WriteDefinitions(html, definitions);
                break;
            case FlowDetails details:
                html.Append("<details><summary>").Append(details.Summary.ToHtml()).Append("</summary>");
                WriteAll(html, details.Content);
                html.Append("</details>");
                break;
            case FlowFree free:
                WriteAll(html, free.Content);
                break;
            default:
                throw new InvalidOperationException($"No way to write {flow.GetType().Name}.");
        }
    }

    private static void WriteList(StringBuilder html, FlowList list)
    {
        OpenList(html, list.Numbers, list.Items.Count);
        foreach (var item in list.Items)
        {
            OpenItem(html, item.Value);
            WriteContent(html, item.Content);
            html.Append("</li>");
        }

        html.Append(list.Numbers.Ordered ? "</ol>" : "</ul>");
    }

    // A reversed list says where it begins, so that its text can be written without counting ahead.
    public static void OpenList(StringBuilder html, ListNumbers numbers, int items)
    {
        html.Append(numbers.Ordered ? "<ol" : "<ul");
        if (numbers.Start is not null || numbers.Reversed is true)
            html.Append(CultureInfo.InvariantCulture, $" start=\"{numbers.First(items)}\"");
        if (numbers.Reversed is true)
            html.Append(" reversed=\"\"");
        if (ListNumber.TypeOf(numbers.Numbering) is { } type)
            html.Append(" type=\"").Append(type).Append('"');
        html.Append('>');
    }

    public static void OpenItem(StringBuilder html, int? value)
    {
        html.Append("<li");
        if (value is not null)
            html.Append(CultureInfo.InvariantCulture, $" value=\"{value}\"");
        html.Append('>');
    }

    private static void WriteTable(StringBuilder html, FlowTable table)
    {
        html.Append("<table>");
        if (table.Caption is not null)
            html.Append("<caption>").Append(table.Caption.ToHtml()).Append("</caption>");
        foreach (var part in table.Rows.GroupBy(row => row.Head))
        {
            html.Append(part.Key ? "<thead>" : "<tbody>");
            foreach (var row in part)
            {
                html.Append("<tr>");
                foreach (var cell in row.Cells)
                    WriteCell(html, cell);
                html.Append("</tr>");
            }

            html.Append(part.Key ? "</thead>" : "</tbody>");
        }

        html.Append("</table>");
    }

    private static void WriteCell(StringBuilder html, FlowCell cell)
    {
        OpenCell(html, cell.Heading, cell.Align);
        html.Length--;
        if (cell.Columns > 1)
            html.Append(CultureInfo.InvariantCulture, $" colspan=\"{cell.Columns}\"");
        if (cell.Rows > 1)
            html.Append(CultureInfo.InvariantCulture, $" rowspan=\"{cell.Rows}\"");
        html.Append('>');
        WriteContent(html, cell.Content);
        html.Append(cell.Heading ? "</th>" : "</td>");
    }

    private static void WriteDefinitions(StringBuilder html, FlowDefinitions definitions)
    {
        html.Append("<dl>");
        foreach (var (term, meaning) in definitions.Entries)
        {
            html.Append(term is null ? "<dd>" : "<dt>");
            if (term is null)
                WriteContent(html, meaning);
            else
                html.Append(term.ToHtml());
            html.Append(term is null ? "</dd>" : "</dt>");
        }

        html.Append("</dl>");
    }

    private static void WriteImage(StringBuilder html, FlowImage image)
    {
        OpenFigure(html, image.Caption, image.Credit);
        if (image.Link is not null)
            Inline.WriteOpening(html, image.Link);
        WritePicture(
            html,
            image.Source ?? $"/media/{image.Id:D}/original",
            image.Alt,
            image.Alt,
            image.Width,
            image.Height,
            id: null,
            isExternal: image.Id is null && image.Source?[0] != '/'
        );
        if (image.Link is not null)
            html.Append("</a>");
        WriteCaption(html, image.Caption, image.Credit);
        html.Append("</figure>");
    }

    public static void OpenCell(StringBuilder html, bool heading, ColumnAlignment align)
    {
        html.Append(heading ? "<th" : "<td");
        if (align is not ColumnAlignment.None)
            html.Append(" align=\"").Append(Name(align)).Append('"');
        html.Append('>');
    }

    public static string Name(ColumnAlignment align) =>
        align switch
        {
            ColumnAlignment.Left => "left",
            ColumnAlignment.Center => "center",
            ColumnAlignment.Right => "right",
            _ => "none",
        };

    /// <summary>Opens a figure that says which of the image's own words are not wanted here.</summary>
    public static void OpenFigure(StringBuilder html, string? caption, string? credit)
    {
        html.Append("<figure");
        if (caption is "")
            html.Append(" data-caption=\"none\"");
        if (credit is "")
            html.Append(" data-credit=\"none\"");
        html.Append('>');
    }

    // "alt" is what is shown, "said" what this place says (empty for none at all); "id" is written where the address
    // does not tell it.
    public static void WritePicture(
        StringBuilder html,
        string url,
        string? alt,
        string? said,
        int? width,
        int? height,
        Guid? id,
        bool isExternal,
        IReadOnlyList<ImageSource>? sources = null
    )
    {
        if (sources is not null)
            WriteSources(html, sources);
        html.Append("<img src=\"");
        Plain.Escape(html, url, attribute: true);
        html.Append("\" alt=\"");
        Plain.Escape(html, alt, attribute: true);
        html.Append('"');
        if (width is not null)
            html.Append(CultureInfo.InvariantCulture, $" width=\"{width}\"");
        if (height is not null)
            html.Append(CultureInfo.InvariantCulture, $" height=\"{height}\"");
        if (said is "")
            html.Append(" data-alt=\"none\"");
        if (id is not null)
            html.Append(CultureInfo.InvariantCulture, $" data-image=\"{id:D}\"");
        html.Append(" loading=\"lazy\"");
        if (sources is not null)
            html.Append(" decoding=\"async\"");
        // Without a referrer, an external host does not learn which article shows its picture.
        if (isExternal)
            html.Append(NoReferrer);
        html.Append('>');
        if (sources is not null)
            html.Append("</picture>");
    }

    private static void WriteSources(StringBuilder html, IReadOnlyList<ImageSource> sources)
    {
        html.Append("<picture>");
        foreach (var source in sources)
        {
            html.Append("<source type=\"").Append(source.Type).Append("\" srcset=\"");
            Plain.Escape(html, source.Srcset, attribute: true);
            // A body is as wide as a screen, or narrower. A page that knows better says so in its own markup.
            html.Append("\" sizes=\"(max-width: 760px) 100vw, 760px\">");
        }
    }

    public static void WriteCaption(StringBuilder html, string? caption, string? credit)
    {
        if (string.IsNullOrEmpty(caption) && string.IsNullOrEmpty(credit))
            return;
        html.Append("<figcaption>");
        Plain.Escape(html, caption);
        if (!string.IsNullOrEmpty(credit))
        {
            if (!string.IsNullOrEmpty(caption))
                html.Append(' ');
            html.Append("<cite>");
            Plain.Escape(html, credit);
            html.Append("</cite>");
        }

        html.Append("</figcaption>");
    }

    public static void WriteEmbed(StringBuilder html, string url, string? title)
    {
        html.Append("<figure data-block=\"embed\"><a href=\"");
        Plain.Escape(html, url, attribute: true);
        html.Append("\">");
        Plain.Escape(html, title ?? url);
        html.Append("</a></figure>");
    }

    // New lines as character references, for where a blank line would end the HTML.
    public static void WriteCode(StringBuilder html, string code, string? language, bool oneLine)
    {
        html.Append("<pre><code");
        if (language is not null)
            html.Append(" class=\"language-").Append(language).Append('"');
        html.Append('>');
        var text = new StringBuilder();
        Plain.Escape(text, code);
        if (oneLine)
            text.Replace("\n", "&#10;");
        html.Append(text).Append("</code></pre>");
    }

    /// <summary>
    /// Free HTML that was written before external pictures were shown without a referrer, as it is written now.
    /// </summary>
    public static string Renewed(string html) =>
        html.Contains("<img src=\"http", StringComparison.Ordinal)
            ? ExternalImage().Replace(html, $"${{image}}{NoReferrer}>")
            : html;

    [GeneratedRegex(
        "(?<image><img src=\"https?://[^>]* loading=\"lazy\")>",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex ExternalImage();
}
