using System.Globalization;
using System.Net;
using System.Text;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Html;

/// <summary>
/// The text of free HTML as <see cref="FlowWriter"/> writes it: every "&lt;" in it opens a tag. Lists have their
/// numbers, and what is in an item stands below its text.
/// </summary>
internal sealed class FreeText
{
    private readonly StringBuilder _text = new();
    private readonly Stack<(bool Ordered, long Next, int Step, ListNumbering? Numbering)> _lists = new();
    private readonly Stack<int> _markers = new();
    private readonly bool _marked;
    private int _indent;
    private int _breaks;

    // Where a marker or a cell begins: what comes first in it stays beside it.
    private int _begun = -1;
    private bool _firstCell;
    private string? _embed;

    private FreeText(bool marked) => _marked = marked;

    /// <summary>The text; without markers and addresses of embeds where only its words are wanted.</summary>
    public static string Write(string html, bool marked)
    {
        var text = new FreeText(marked);
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
            text.Read(rest[..end]);
            rest = rest[(end + 1)..];
        }

        return text._text.ToString().Trim('\n', ' ', '\t');
    }

    private void Append(ReadOnlySpan<char> text)
    {
        if (text.Length == 0)
            return;
        if (_text.Length > 0)
            _text.Append('\n', _breaks);
        _breaks = 0;
        foreach (var line in text.Split('\n'))
        {
            if (line.Start.Value > 0)
                _text.Append('\n');
            var words = text[line];
            if (words.Length > 0 && _indent > 0 && (_text.Length == 0 || _text[^1] == '\n'))
                _text.Append(' ', _indent);
            _text.Append(words);
        }
    }

    private void Break(int lines)
    {
        if (_text.Length > 0 && _text.Length != _begun)
            _breaks = Math.Max(_breaks, lines);
    }

    private void Begin(string marker)
    {
        Append(marker);
        _begun = _text.Length;
    }

    private void Read(ReadOnlySpan<char> tag)
    {
        var closes = tag[0] == '/';
        var name = closes ? tag[1..] : tag;
        var space = name.IndexOf(' ');
        var attributes = space < 0 ? [] : name[space..];
        name = space < 0 ? name : name[..space];
        switch (name)
        {
            case "br":
                _breaks++;
                break;
            case "ul" or "ol" when closes:
                _lists.Pop();
                Break(_lists.Count > 0 ? 1 : 2);
                break;
            case "ul" or "ol":
                Break(_lists.Count > 0 ? 1 : 2);
                // Beside its item, also where that is a paragraph.
                if (_lists.Count > 0)
                    _breaks = Math.Min(_breaks, 1);
                _lists.Push(
                    (
                        name is "ol",
                        Number(attributes, " start=\"") ?? 1,
                        attributes.Contains(" reversed=\"", StringComparison.Ordinal) ? -1 : 1,
                        ListNumber.OfType(Attribute(attributes, " type=\"").ToString())
                    )
                );
                break;
            case "li" when closes:
                _indent -= _markers.Pop();
                Break(1);
                break;
            case "li":
                Break(1);
                OpenItem(Number(attributes, " value=\""));
                break;
            case "tr" when !closes:
                Break(1);
                _firstCell = true;
                break;
            case "td" or "th" when !closes:
                Begin(_firstCell ? "" : "\t");
                _firstCell = false;
                break;
            case "a" when _embed is { Length: 0 }:
                _embed = WebUtility.HtmlDecode(Attribute(attributes, " href=\"").ToString());
                break;
            case "figure" when closes && _embed is not null:
                if (_marked && !EndsWith(_embed))
                    Append("\n" + _embed);
                _embed = null;
                Break(2);
                break;
            case "figure" when attributes.Contains("data-block=\"embed\"", StringComparison.Ordinal):
                _embed = "";
                Break(2);
                break;
            case "p"
            or "h2"
            or "h3"
            or "h4"
            or "figure"
            or "blockquote"
            or "table"
            or "pre"
            or "details"
            or "dl"
            or "hr":
                Break(2);
                break;
            case "dt" or "dd" or "figcaption" or "summary" or "caption":
                Break(1);
                break;
            default:
                break;
        }
    }

    private void OpenItem(long? value)
    {
        var list = _lists.Pop();
        var number = value ?? list.Next;
        _lists.Push(list with { Next = number + list.Step });
        var marker =
            !_marked ? ""
            : list.Ordered ? ListNumber.Write(number, list.Numbering) + ". "
            : "- ";
        Begin(marker);
        _markers.Push(marker.Length);
        _indent += marker.Length;
    }

    private bool EndsWith(string end)
    {
        if (_text.Length < end.Length)
            return false;
        for (var i = 1; i <= end.Length; i++)
        {
            if (_text[^i] != end[^i])
                return false;
        }

        return true;
    }

    private static long? Number(ReadOnlySpan<char> attributes, string name) =>
        long.TryParse(
            Attribute(attributes, name),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    private static ReadOnlySpan<char> Attribute(ReadOnlySpan<char> attributes, string name)
    {
        var at = attributes.IndexOf(name, StringComparison.Ordinal);
        if (at < 0)
            return [];
        var value = attributes[(at + name.Length)..];
        return value[..value.IndexOf('"')];
    }
}
