using System.Text;
using Cms.Publishing.Bodies.Html;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>What a stretch of text is marked as.</summary>
[Flags]
internal enum Marks
{
    None = 0,
    Strong = 1,
    Em = 2,
    S = 4,
    Mark = 8,
    Sub = 16,
    Sup = 32,
    Code = 64,
}

/// <summary>Where a stretch of text leads.</summary>
internal sealed record Link(string Href, string? Title, string? Rel);

/// <summary>How a stretch of text looks.</summary>
internal readonly record struct Style(Marks Marks, Link? Link)
{
    public Style With(Marks marks) => this with { Marks = Marks | marks };

    public Style And(Style other) => new(Marks & other.Marks, Equals(Link, other.Link) ? Link : null);
}

/// <summary>Text in one style. A <c>\n</c> is a line break.</summary>
internal readonly record struct Run(string Text, Style Style);

/// <summary>
/// Text with marks, flat: each stretch knows all its marks. Inline HTML is read into this and written from it, so there
/// is one spelling for each text, nothing nests deeper than there are marks, and nothing can come out that is not a
/// mark.
/// </summary>
internal sealed class Inline(IReadOnlyList<Run> runs)
{
    /// <summary>Marks and their elements, outermost first; a link is outside all of them.</summary>
    public static readonly (Marks Mark, string Element)[] Elements =
    [
        (Marks.Strong, "strong"),
        (Marks.Em, "em"),
        (Marks.S, "s"),
        (Marks.Mark, "mark"),
        (Marks.Sub, "sub"),
        (Marks.Sup, "sup"),
        (Marks.Code, "code"),
    ];

    public IReadOnlyList<Run> Runs { get; } = runs;

    /// <summary>Whether there is nothing to see.</summary>
    public bool IsEmpty { get; } = !runs.Any(run => run.Text.Any(Plain.IsVisible));

    /// <summary>The text without marks; line breaks as <c>\n</c>.</summary>
    public string ToText() => string.Concat(Runs.Select(run => run.Text));

    public string ToHtml()
    {
        var html = new StringBuilder();
        var open = new List<(Marks Mark, string Element)>();
        Link? link = null;
        foreach (var run in Runs)
        {
            var kept = Equals(link, run.Style.Link)
                ? open.TakeWhile((mark, i) => Stays(open, i, run.Style.Marks)).Count()
                : 0;
            for (var i = open.Count - 1; i >= kept; i--)
                html.Append("</").Append(open[i].Element).Append('>');
            open.RemoveRange(kept, open.Count - kept);

            if (!Equals(link, run.Style.Link))
            {
                if (link is not null)
                    html.Append("</a>");
                link = run.Style.Link;
                if (link is not null)
                    WriteOpening(html, link);
            }

            foreach (var mark in Elements)
            {
                if ((run.Style.Marks & mark.Mark) != Marks.None && !open.Contains(mark))
                {
                    open.Add(mark);
                    html.Append('<').Append(mark.Element).Append('>');
                }
            }

            WriteText(html, run.Text);
        }

        for (var i = open.Count - 1; i >= 0; i--)
            html.Append("</").Append(open[i].Element).Append('>');
        if (link is not null)
            html.Append("</a>");
        return html.ToString();
    }

    public static void WriteOpening(StringBuilder html, Link link)
    {
        html.Append("<a href=\"");
        Plain.Escape(html, link.Href, attribute: true);
        if (link.Title is not null)
        {
            html.Append("\" title=\"");
            Plain.Escape(html, link.Title, attribute: true);
        }

        if (link.Rel is not null)
            html.Append("\" rel=\"").Append(link.Rel);
        html.Append("\">");
    }

    // A mark stays open when it and all before it go on, and no mark that belongs outside it begins.
    private static bool Stays(List<(Marks Mark, string Element)> open, int index, Marks next)
    {
        var mark = open[index].Mark;
        if ((next & mark) == Marks.None)
            return false;
        foreach (var (other, _) in Elements)
        {
            if (other == mark)
                return true;
            if ((next & other) != Marks.None && !open.Take(index).Any(o => o.Mark == other))
                return false;
        }

        return true;
    }

    private static void WriteText(StringBuilder html, ReadOnlySpan<char> text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Start.Value > 0)
                html.Append("<br>");
            Plain.Escape(html, text[line]);
        }
    }

    /// <summary>
    /// Its start where it is longer than the room: up to the end of a sentence, or of a word with an ellipsis; empty
    /// where not even a word fits.
    /// </summary>
    public Inline Start(int room)
    {
        var text = ToText();
        var (left, ellipsis) = TextCut.AtSentence(text, room);
        var start = new List<Run>();
        foreach (var run in Runs)
        {
            if (left <= run.Text.Length)
            {
                if (left > 0)
                    start.Add(run with { Text = run.Text[..left] + (ellipsis ? "…" : "") });
                break;
            }

            start.Add(run);
            left -= run.Text.Length;
        }

        return new Inline(start);
    }

    /// <summary>One text of several, a line break between them.</summary>
    public static Inline Join(IEnumerable<Inline> lines)
    {
        var all = new InlineBuilder();
        foreach (var line in lines)
        {
            all.Boundary();
            foreach (var run in line.Runs)
                all.AppendRun(run);
        }

        return all.Build();
    }

    /// <summary>
    /// Reads what <see cref="ToHtml"/> writes, and nothing else. Bodies at rest are made of that, so they need no HTML
    /// parser; everything unexpected gets one.
    /// </summary>
    public static Inline? ReadCanonical(string html)
    {
        var builder = new InlineBuilder();
        var open = new Stack<(string Element, Style Before)>();
        var style = default(Style);
        var rest = html.AsSpan();
        while (rest.Length > 0)
        {
            var next = rest.IndexOfAny('<', '&');
            if (next < 0)
                next = rest.Length;
            builder.Append(rest[..next], style);
            rest = rest[next..];
            if (rest.Length == 0)
                break;

            if (rest[0] == '&')
            {
                if (!TryEntity(ref rest, out var c))
                    return null;
                builder.Append([c], style);
                continue;
            }

            var end = rest.IndexOf('>');
            if (end < 0)
                return null;
            var tag = rest[1..end];
            rest = rest[(end + 1)..];
            if (tag is "br")
            {
                builder.Break(style);
            }
            else if (tag.Length > 0 && tag[0] == '/')
            {
                if (open.Count == 0 || !tag[1..].SequenceEqual(open.Peek().Element))
                    return null;
                style = open.Pop().Before;
            }
            else if (tag.StartsWith("a href=\"", StringComparison.Ordinal))
            {
                if (style.Link is not null || ReadLink(tag) is not { } link)
                    return null;
                open.Push(("a", style));
                style = style with { Link = link };
            }
            else
            {
                if (MarkOf(tag) is not { } mark || (style.Marks & mark.Mark) != Marks.None)
                    return null;
                open.Push((mark.Element, style));
                style = style.With(mark.Mark);
            }
        }

        return open.Count == 0 ? builder.Build() : null;
    }

    private static (Marks Mark, string Element)? MarkOf(ReadOnlySpan<char> tag)
    {
        foreach (var mark in Elements)
        {
            if (tag.SequenceEqual(mark.Element))
                return mark;
        }

        return null;
    }

    // a href="…"[ title="…"][ rel="…"]
    private static Link? ReadLink(ReadOnlySpan<char> tag)
    {
        var rest = tag[1..];
        if (!TryAttribute(ref rest, " href=\"", out var href) || href is null)
            return null;
        if (
            !TryAttribute(ref rest, " title=\"", out var title)
            || !TryAttribute(ref rest, " rel=\"", out var rel)
        )
            return null;
        return rest.Length == 0 ? HtmlPolicy.MakeLink(href, title, rel) : null;
    }

    private static bool TryAttribute(ref ReadOnlySpan<char> rest, string name, out string? value)
    {
        value = null;
        if (!rest.StartsWith(name, StringComparison.Ordinal))
            return true;
        rest = rest[name.Length..];
        var end = rest.IndexOf('"');
        if (end < 0)
            return false;
        var raw = rest[..end];
        rest = rest[(end + 1)..];
        var text = new StringBuilder(raw.Length);
        while (raw.Length > 0)
        {
            if (raw[0] != '&')
            {
                text.Append(raw[0]);
                raw = raw[1..];
            }
            else if (TryEntity(ref raw, out var c))
            {
                text.Append(c);
            }
            else
            {
                return false;
            }
        }

        value = text.ToString();
        return true;
    }

    private static bool TryEntity(ref ReadOnlySpan<char> rest, out char c)
    {
        foreach (var (entity, meaning) in Entities)
        {
            if (rest.StartsWith(entity, StringComparison.Ordinal))
            {
                rest = rest[entity.Length..];
                c = meaning;
                return true;
            }
        }

        c = default;
        return false;
    }

    private static readonly (string Entity, char Meaning)[] Entities =
    [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
    ];
}
