using System.Globalization;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Markdown;

/// <content>Text within a block: marks, links, and what has to be escaped.</content>
internal sealed partial class MarkdownWriter
{
    private void WriteInline(string html, Place place, string indent)
    {
        _lineStart = _markdown.Length;
        if (html.Length > 0 && BodyReader.ReadInline(html) is { } inline)
            WriteRuns(inline.Runs, 0, ' ', place, indent, level: -1);
    }

    /// <summary>
    /// Stretches that share a mark are written together: the link first (level -1), then marks from the outside in.
    /// </summary>
    private void WriteRuns(
        IReadOnlyList<Run> runs,
        int from,
        char after,
        Place place,
        string indent,
        int level
    )
    {
        for (var i = from; i < runs.Count; )
        {
            var end = i + 1;
            while (end < runs.Count && Same(runs[i].Style, runs[end].Style, level))
                end++;
            var part = runs.Skip(i).Take(end - i).ToArray();
            var next = end < runs.Count ? runs[end].Text[0] : after;
            if (level == Inline.Elements.Length)
                WriteText(runs[i].Text, next, place, indent);
            else if (level < 0 && runs[i].Style.Link is { } link)
                WriteLink(part, link, next, place, indent);
            else if (level >= 0 && (runs[i].Style.Marks & Inline.Elements[level].Mark) != Marks.None)
                WriteMarked(part, Inline.Elements[level], next, place, indent, level);
            else
                WriteRuns(part, 0, next, place, indent, level + 1);
            i = end;
        }
    }

    private static bool Same(Style one, Style other, int level)
    {
        if (level < 0)
            return Equals(one.Link, other.Link);
        return level < Inline.Elements.Length
            && (one.Marks & Inline.Elements[level].Mark) == (other.Marks & Inline.Elements[level].Mark);
    }

    private void WriteLink(Run[] part, Link link, char next, Place place, string indent)
    {
        if (link.Rel is not null)
        {
            _markdown.Append("<a href=\"");
            Plain.Escape(_markdown, link.Href, attribute: true);
            if (link.Title is not null)
            {
                _markdown.Append("\" title=\"");
                WriteReferences(link.Title);
            }

            _markdown.Append("\" rel=\"").Append(link.Rel).Append("\">");
            WriteRuns(part, 0, '<', place, indent, level: 0);
            _markdown.Append("</a>");
            return;
        }

        // "!" before a link would make it a picture.
        if (_markdown.Length > 0 && _markdown[^1] == '!')
        {
            _markdown.Length--;
            _markdown.Append("\\!");
        }

        _markdown.Append('[');
        _inLabel = true;
        WriteRuns(part, 0, ']', place, indent, level: 0);
        _inLabel = false;
        _markdown.Append("](");
        WriteAddress(link.Href);
        WriteTitle(link.Title);
        _markdown.Append(')');
    }

    private void WriteAddress(string href)
    {
        foreach (var c in href)
        {
            if (c is '(' or ')')
                _markdown.Append('\\').Append(c);
            else if (c == '&')
                _markdown.Append("&amp;");
            else
                _markdown.Append(c);
        }
    }

    // Punctuation as character references: they mean the same in HTML and in Markdown, in a cell and out of it.
    private void WriteReferences(string text)
    {
        foreach (var c in text)
        {
            if (c is ' ' || char.IsLetterOrDigit(c) || char.IsSurrogate(c))
                _markdown.Append(c);
            else
                _markdown.Append(CultureInfo.InvariantCulture, $"&#{(int)c};");
        }
    }

    private void WriteMarked(
        Run[] part,
        (Marks Mark, string Element) mark,
        char next,
        Place place,
        string indent,
        int level
    )
    {
        if (mark.Mark is Marks.Code && TryWriteCode(part[0].Text, place))
            return;

        var sign = mark.Mark switch
        {
            Marks.Strong => "**",
            Marks.Em => "_",
            Marks.S => "~~",
            _ => null,
        };
        if (
            sign is not null
            && CanOpen(sign[0])
            && CanClose(next)
            && IsInside(part[0].Text[0])
            && IsInside(part[^1].Text[^1])
        )
        {
            _markdown.Append(sign);
            WriteRuns(part, 0, sign[0], place, indent, level + 1);
            _markdown.Append(sign);
            return;
        }

        _markdown.Append('<').Append(mark.Element).Append('>');
        WriteRuns(part, 0, '<', place, indent, level + 1);
        _markdown.Append("</").Append(mark.Element).Append('>');
    }

    // Signs only where CommonMark's rules for them cannot be in doubt: a gap or plain punctuation outside, none inside.
    private bool CanOpen(char sign)
    {
        if (_markdown.Length == 0)
            return true;
        var before = _markdown[^1];
        return before is ' ' or '\n' or '(' or '[' or '"' or '\'' or '/' or '-' or '—' or '–' or '“' or '‘'
            || (
                before is '*' or '_' or '~' && before != sign && _markdown.Length > 1 && _markdown[^2] != '\\'
            );
    }

    private static bool CanClose(char next) =>
        next
            is ' '
                or '\n'
                or '.'
                or ','
                or ';'
                or ':'
                or '!'
                or '?'
                or ')'
                or ']'
                or '"'
                or '\''
                or '/'
                or '-'
                or '—'
                or '–'
                or '”'
                or '’'
                or '…'
                or '*'
                or '_'
                or '~'
                or '<';

    private static bool IsInside(char c) => char.IsLetterOrDigit(c);

    private bool TryWriteCode(string code, Place place)
    {
        // Markdown may take a space off both ends; another backtick in front would be one sign with ours.
        if (code[0] == ' ' || code[^1] == ' ' || (_markdown.Length > 0 && _markdown[^1] == '`'))
            return false;
        if (
            code.Any(c =>
                c == '`'
                || (c == '|' && place is Place.Cell)
                || (c is '[' or ']' or '\\' && _inLabel)
                || (c != ' ' && char.IsWhiteSpace(c))
            )
        )
            return false;
        _markdown.Append('`').Append(code).Append('`');
        return true;
    }

    /// <summary>Writes text so that no renderer reads markup in it.</summary>
    /// <param name="next">The character after the text; a space at the end of a block.</param>
    private void WriteText(string text, char next, Place place, string indent)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n')
            {
                if (place is Place.Paragraph)
                    _markdown.Append("\\\n").Append(indent);
                else
                    _markdown.Append("<br>");
                _lineStart = _markdown.Length;
                continue;
            }

            var starts = place is Place.Paragraph && _markdown.Length == _lineStart;
            if (starts && char.IsAsciiDigit(c))
                i = WriteNumber(text, i);
            else if (starts && c is '#' or '+' or '-' or '=' or ':')
                _markdown.Append('\\').Append(c);
            else if (BeginsAddress(text, i) && !IsPlainAddress(text.AsSpan(i + 1), next, place))
                _markdown.Append('\\').Append(c);
            else if (Written(c, place) is { } written)
                _markdown.Append(written);
            else
                _markdown.Append(c);
        }
    }

    /// <summary>The escaped form of a special character; null: as it is.</summary>
    private string? Written(char c, Place place) =>
        c switch
        {
            // Some renderers take the backslashes off brackets in a label before they look for links in it.
            '[' or ']' when _inLabel => Reference(c),
            // Not with a backslash: a renderer that does not treat it as an escape would see markup.
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\\' or '`' or '*' or '_' or '[' or ']' or '~' or '|' => $"\\{c}",
            '#' when place is Place.Heading => "\\#",
            '\uFEFF' => Reference(c),
            not ' ' when char.IsWhiteSpace(c) => Reference(c),
            _ => null,
        };

    private static string Reference(char c) => string.Create(CultureInfo.InvariantCulture, $"&#{(int)c};");

    // The ":" of "https://" and the "." of "www.".
    private static bool BeginsAddress(string text, int i)
    {
        var before = text.AsSpan(0, i);
        var rest = text.AsSpan(i);
        return rest[0] switch
        {
            ':' => rest.StartsWith("://") && before.Length > 0 && char.IsAsciiLetter(before[^1]),
            '.' => before.EndsWith("www", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    // GFM makes a link of a bare address and includes everything up to the next white space, also our backslashes,
    // entities and marks. So an address may be bare only if none of these comes before the white space.
    private bool IsPlainAddress(ReadOnlySpan<char> rest, char next, Place place)
    {
        foreach (var c in rest)
        {
            if (c == ' ')
                return true;
            if (c == '\n' || Written(c, place) is not null)
                return false;
        }

        return next == ' ';
    }

    // "1984. It was" is not a list that begins at 1984.
    private int WriteNumber(string text, int i)
    {
        var end = i;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        _markdown.Append(text, i, end - i);
        if (end < text.Length && text[end] is '.' or ')')
            _markdown.Append('\\').Append(text[end++]);
        return end - 1;
    }
}
