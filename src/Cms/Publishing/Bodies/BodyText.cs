using System.Globalization;
using System.Net;
using System.Text;

namespace Cms.Publishing.Bodies;

/// <summary>The words of blocks without any markup.</summary>
internal static class BodyText
{
    /// <summary>The texts of a block, one after the other, without markers.</summary>
    public static IEnumerable<string> Pieces(Block block) =>
        block switch
        {
            ParagraphBlock paragraph => [Line(paragraph.Html)],
            HeadingBlock heading => [Line(heading.Html)],
            ListBlock list => Pieces(list.Items),
            QuoteBlock quote => quote.Attribution is null
                ? quote.Paragraphs.Select(Line)
                : quote.Paragraphs.Append(quote.Attribution).Select(Line),
            CodeBlock code => [code.Code],
            TableBlock table => (table.Header ?? [])
                .Concat(table.Rows.SelectMany(row => row))
                .Prepend(table.Caption ?? "")
                .Select(Line),
            HtmlBlock html => [Free(html.Html)],
            _ => [],
        };

    public static string Write(Body body) => string.Join("\n\n", Blocks(body));

    /// <summary>The text of each block that has any, when it is asked for.</summary>
    public static IEnumerable<string> Blocks(Body body) =>
        body.Blocks.Select(block => Write(block).Trim('\n')).Where(written => written.Length > 0);

    /// <summary>The text of inline HTML; line breaks as <c>\n</c>.</summary>
    public static string Line(string html) =>
        html.AsSpan().ContainsAny('<', '&') ? BodyReader.ReadInline(html)?.ToText() ?? "" : html;

    private static string Write(Block block)
    {
        switch (block)
        {
            case ParagraphBlock or HeadingBlock or CodeBlock or HtmlBlock:
                return Pieces(block).Single();
            case ListBlock list:
                var items = new StringBuilder();
                WriteList(items, list.Ordered, list.Start, list.Items, "");
                return items.ToString();
            case QuoteBlock quote:
                var words = string.Join("\n\n", quote.Paragraphs.Select(Line));
                return quote.Attribution is null ? words : $"{words}\n— {Line(quote.Attribution)}";
            case ImageBlock { Image: var image }:
                return string.Join(
                    ' ',
                    new[] { image.Caption, image.Credit }.Where(said => !string.IsNullOrEmpty(said))
                );
            case EmbedBlock embed:
                return embed.Title is null ? embed.Url : $"{embed.Title}\n{embed.Url}";
            case TableBlock table:
                var rows = table.Header is null ? table.Rows : table.Rows.Prepend(table.Header);
                var lines = rows.Select(row =>
                    string.Join('\t', row.Select(cell => Line(cell).Replace('\n', ' '))).TrimEnd('\t')
                );
                return string.Join('\n', table.Caption is null ? lines : lines.Prepend(Line(table.Caption)));
            default:
                return "";
        }
    }

    public static IEnumerable<string> Pieces(IReadOnlyList<ListItem> items) =>
        items.SelectMany(item =>
            item.List is null ? [Line(item.Html)] : Pieces(item.List.Items).Prepend(Line(item.Html))
        );

    private static void WriteList(
        StringBuilder text,
        bool ordered,
        int? start,
        IReadOnlyList<ListItem> items,
        string indent
    )
    {
        long number = start ?? 1;
        foreach (var item in items)
        {
            var marker = ordered ? string.Create(CultureInfo.InvariantCulture, $"{number++}. ") : "- ";
            var inner = indent + new string(' ', marker.Length);
            text.Append(indent)
                .Append(marker)
                .Append(Line(item.Html).Replace("\n", "\n" + inner, StringComparison.Ordinal))
                .Append('\n');
            if (item.List is not null)
                WriteList(text, item.List.Ordered, item.List.Start, item.List.Items, inner);
        }
    }

    // Free HTML as FlowWriter writes it: every "<" in it opens a tag.
    private static string Free(string html)
    {
        var text = new StringBuilder();
        var rest = html.AsSpan();
        while (rest.Length > 0)
        {
            var tag = rest.IndexOf('<');
            text.Append(WebUtility.HtmlDecode((tag < 0 ? rest : rest[..tag]).ToString()));
            if (tag < 0)
                break;
            rest = rest[(tag + 1)..];
            var end = rest.IndexOf('>');
            if (end < 0)
                break;
            var name = rest[..end].TrimStart('/');
            var length = name.IndexOf(' ');
            Separate(text, length < 0 ? name : name[..length], closes: rest[0] == '/');
            rest = rest[(end + 1)..];
        }

        return text.ToString().Trim('\n', ' ', '\t');
    }

    private static void Separate(StringBuilder text, ReadOnlySpan<char> name, bool closes)
    {
        if (name is "td" or "th")
        {
            if (closes)
                text.Append('\t');
        }
        else if (
            name
            is "p"
                or "h2"
                or "h3"
                or "h4"
                or "figure"
                or "blockquote"
                or "table"
                or "pre"
                or "details"
                or "ul"
                or "ol"
                or "dl"
        )
        {
            while (
                text.Length > 0 && text.Length < 2
                || (text.Length >= 2 && !(text[^1] == '\n' && text[^2] == '\n'))
            )
                text.Append('\n');
        }
        else if (name is "li" or "tr" or "dt" or "dd" or "br" or "figcaption" or "summary" or "caption")
        {
            if (text.Length > 0 && (text[^1] != '\n' || name is "br"))
                text.Append('\n');
            if (name is "li" && !closes)
                text.Append("- ");
        }
    }
}
