using System.Globalization;
using System.Text;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Markdown;

/// <summary>
/// Writes blocks as Markdown that reads back as the same blocks; whatever Markdown's signs could garble is written as
/// HTML in it.
/// </summary>
internal sealed partial class MarkdownWriter(Func<Guid, BodyImage?> image)
{
    private readonly StringBuilder _markdown = new();

    // Where the text of the current line begins, behind markers: only there do "#", "1." and their like mean something.
    private int _lineStart;

    // Whether the text goes between the brackets of a link or a picture.
    private bool _inLabel;

    private enum Place
    {
        Paragraph,
        Heading,
        Cell,
    }

    public string Write(Body body)
    {
        Block? before = null;
        var alternate = false;
        foreach (var block in body.Blocks)
        {
            var start = _markdown.Length;
            if (start > 0)
                _markdown.Append("\n\n");
            // Lists that follow one another would grow together; another marker keeps them apart.
            alternate = before is ListBlock && block is ListBlock && !alternate;
            var written = _markdown.Length;
            WriteBlock(block, alternate);
            if (_markdown.Length == written)
                _markdown.Length = start;
            else
                before = block;
        }

        return _markdown.ToString();
    }

    private void WriteBlock(Block block, bool alternate)
    {
        switch (block)
        {
            case ParagraphBlock paragraph:
                WriteInline(paragraph.Html, Place.Paragraph, "");
                break;
            case HeadingBlock heading:
                _markdown.Append('#', heading.Level).Append(' ');
                WriteInline(heading.Html, Place.Heading, "");
                break;
            case ListBlock list when IsPlain(ListNumbers.Of(list), list.Items):
                WriteList(list.Ordered, list.Start, list.Items, "", alternate);
                break;
            case QuoteBlock { Attribution: null } quote:
                for (var i = 0; i < quote.Paragraphs.Count; i++)
                {
                    _markdown.Append(i > 0 ? "\n>\n> " : "> ");
                    WriteInline(quote.Paragraphs[i], Place.Paragraph, "> ");
                }

                break;
            case ImageBlock { Image: var use } shown:
                if (image(use.Id) is { } own && !TryWriteImage(shown, own))
                    BodyWriter.WriteBlock(_markdown, block, image, oneLine: true);
                break;
            case CodeBlock code:
                WriteCode(code);
                break;
            case TableBlock table
                when table is { Header: not null, Caption: null }
                    && table.Header.Any(cell => cell.Length > 0)
                    && table.Rows.Count > 0:
                WriteTable(table, table.Header);
                break;
            case DividerBlock:
                _markdown.Append("---");
                break;
            default:
                BodyWriter.WriteBlock(_markdown, block, image, oneLine: true);
                break;
        }
    }

    private void WriteList(
        bool ordered,
        int? start,
        IReadOnlyList<ListItem> items,
        string indent,
        bool alternate
    )
    {
        long number = start ?? 1;
        for (var i = 0; i < items.Count; i++)
        {
            // CommonMark reads nine digits; of a list only the first number counts.
            var marker = ordered
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Math.Min(number++, BodyLimits.ListStart)}{(alternate ? ')' : '.')} "
                )
                : (alternate ? "* " : "- ");
            if (i > 0)
                _markdown.Append('\n').Append(indent);
            _markdown.Append(marker);
            var inner = indent + new string(' ', marker.Length);
            WriteInline(items[i].Html, Place.Paragraph, inner);
            if (items[i].List is { } below)
            {
                // A list that does not begin at 1 cannot follow text without a blank line.
                _markdown.Append(below.Start is null ? "\n" : "\n\n").Append(inner);
                WriteList(below.Ordered, below.Start, below.Items, inner, alternate: false);
            }
        }
    }

    // Letters, Roman numbers and numbers that go down or jump have no signs.
    private static bool IsPlain(ListNumbers numbers, IReadOnlyList<ListItem> items) =>
        numbers.IsPlain
        && items.All(item =>
            item.Value is null && (item.List is null || IsPlain(ListNumbers.Of(item.List), item.List.Items))
        );

    private bool TryWriteImage(ImageBlock block, BodyImage own)
    {
        var use = block.Image;
        if (
            block.Rel is not null
            || use.Alt is ""
            || use.Caption is ""
            || use.Credit is ""
            || !string.IsNullOrEmpty(use.Credit ?? own.Credit)
        )
            return false;
        var url =
            Links.TryImage(own.Url, out var id)
            && id == use.Id
            && own.Url.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or ':' or '.' or '-')
                ? own.Url
                : $"/media/{use.Id:D}/original";
        if (block.Href is not null)
            _markdown.Append('[');
        _markdown.Append("![");
        _inLabel = true;
        WriteText(Plain.Line(use.Alt ?? own.Alt ?? ""), ']', Place.Heading, "");
        _inLabel = false;
        _markdown.Append("](").Append(url);
        WriteTitle(Plain.Line(use.Caption ?? own.Caption ?? ""));
        _markdown.Append(')');
        if (block.Href is not null)
        {
            _markdown.Append("](");
            WriteAddress(block.Href);
            _markdown.Append(')');
        }

        return true;
    }

    private void WriteTitle(string? title)
    {
        if (string.IsNullOrEmpty(title))
            return;
        _markdown.Append(" \"");
        foreach (var c in title)
        {
            if (
                c is '"' or '\\' or '&' or '|' or '<' or '>' or '[' or ']' or '`' or '*' or '_' or '~'
                || (char.IsWhiteSpace(c) && c != ' ')
            )
                _markdown.Append(CultureInfo.InvariantCulture, $"&#{(int)c};");
            else
                _markdown.Append(c);
        }

        _markdown.Append('"');
    }

    private void WriteCode(CodeBlock block)
    {
        var longest = 0;
        var run = 0;
        foreach (var c in block.Code)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        var fence = new string('`', Math.Max(3, longest + 1));
        _markdown
            .Append(fence)
            .Append(Escaped(block.Language))
            .Append('\n')
            .Append(block.Code)
            .Append('\n')
            .Append(fence);
    }

    private static string Escaped(string? language) =>
        language?.Replace("_", "\\_", StringComparison.Ordinal) ?? "";

    private void WriteTable(TableBlock table, IReadOnlyList<string> header)
    {
        WriteRow(header);
        _markdown.Append("\n|");
        for (var i = 0; i < header.Count; i++)
        {
            _markdown.Append(
                table.Alignments?[i] switch
                {
                    ColumnAlignment.Left => " :-- |",
                    ColumnAlignment.Center => " :-: |",
                    ColumnAlignment.Right => " --: |",
                    _ => " --- |",
                }
            );
        }

        foreach (var row in table.Rows)
        {
            _markdown.Append('\n');
            WriteRow(row);
        }
    }

    private void WriteRow(IReadOnlyList<string> cells)
    {
        _markdown.Append('|');
        foreach (var cell in cells)
        {
            _markdown.Append(' ');
            WriteInline(cell, Place.Cell, "");
            _markdown.Append(" |");
        }
    }
}
