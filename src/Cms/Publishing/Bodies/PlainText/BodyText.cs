using System.Text;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.Html;

namespace Cms.Publishing.Bodies.PlainText;

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
            HtmlBlock html => [FreeText.Write(html.Html, marked: false)],
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
            case ParagraphBlock or HeadingBlock or CodeBlock:
                return Pieces(block).Single();
            case HtmlBlock html:
                return FreeText.Write(html.Html, marked: true);
            case ListBlock list:
                var items = new StringBuilder();
                WriteList(items, ListNumbers.Of(list), list.Items, "");
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
        ListNumbers numbers,
        IReadOnlyList<ListItem> items,
        string indent
    )
    {
        long number = numbers.First(items.Count);
        foreach (var item in items)
        {
            number = item.Value ?? number;
            var marker = numbers.Ordered ? ListNumber.Write(number, numbers.Numbering) + ". " : "- ";
            number += numbers.Step;
            var inner = indent + new string(' ', marker.Length);
            text.Append(indent)
                .Append(marker)
                .Append(Line(item.Html).Replace("\n", "\n" + inner, StringComparison.Ordinal))
                .Append('\n');
            if (item.List is not null)
                WriteList(text, ListNumbers.Of(item.List), item.List.Items, inner);
        }
    }
}
