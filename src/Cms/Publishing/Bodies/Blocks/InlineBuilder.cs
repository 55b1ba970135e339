using System.Text;
using Cms.Platform.Unicode;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>
/// Collects text and brings it into its one form: white space collapsed and trimmed, no space inside a mark's edge,
/// line breaks only between texts.
/// </summary>
internal sealed class InlineBuilder
{
    // Not in any cleaned text: the edge of a block inside what can only be one line, which becomes one line break.
    private const char Edge = '\v';

    private readonly StringBuilder _text = new();
    private readonly List<(int Length, Style Style)> _styles = [];

    /// <summary>Text in which white space, also new lines, is a space.</summary>
    public void Append(ReadOnlySpan<char> text, Style style)
    {
        foreach (var c in text)
            _text.Append(
                Plain.IsSpace(c) ? ' '
                : c == Edge ? '\0'
                : c
            );
        Mark(text.Length, style);
    }

    /// <summary>Text as it stands in an <see cref="Inline"/>: a new line is a line break.</summary>
    public void AppendRun(Run run)
    {
        _text.Append(run.Text);
        Mark(run.Text.Length, run.Style);
    }

    public void Break(Style style)
    {
        _text.Append('\n');
        Mark(1, style);
    }

    public void Boundary()
    {
        if (_text.Length == 0 || _text[^1] == Edge)
            return;
        _text.Append(Edge);
        Mark(1, default);
    }

    public bool HasText => _text.Length > 0;

    public Inline Build()
    {
        if (_text.Length == 0)
            return new Inline([]);

        // A pair split by markup is two halves that no one meant to be a pair, so halves are judged in the whole text:
        // what is seen is what counts.
        var raw = _text.ToString();
        _text.Clear();
        var runs = new RunWriter();
        Style? before = null;
        var gap = default(Gap);
        var (part, left) = (0, 0);
        for (var i = 0; i < raw.Length; i++)
        {
            while (left == 0)
                left = _styles[part++].Length;
            left--;
            var style = _styles[part - 1].Style;
            var c = raw[i];
            if (c is ' ' or '\n' or Edge)
            {
                gap.Add(c, style);
                continue;
            }

            if (char.IsSurrogate(c))
            {
                if (char.IsHighSurrogate(c) && i + 1 < raw.Length && char.IsLowSurrogate(raw[i + 1]))
                {
                    runs.Gap(ref gap, before, style);
                    runs.Append(c, style);
                    runs.Append(raw[i + 1], style);
                    before = style;
                    while (left == 0)
                        left = _styles[part++].Length;
                    left--;
                    i++;
                    continue;
                }

                c = '\uFFFD';
            }
            else if (!Allowed(c))
            {
                continue;
            }

            runs.Gap(ref gap, before, style);
            runs.Append(c, style);
            before = style;
        }

        _styles.Clear();
        return runs.ToInline();
    }

    private static bool Allowed(char c) =>
        c >= ' ' && c is not (>= '\u007F' and <= '\u009F') and not '\uFFFE' and not '\uFFFF';

    private void Mark(int length, Style style)
    {
        if (length > 0)
            _styles.Add((length, style));
    }

    /// <summary>White space and breaks between two visible characters.</summary>
    private struct Gap
    {
        private Style? _style;

        public int Breaks { get; private set; }

        public bool HasEdge { get; private set; }

        public readonly bool Any => _style is not null;

        public readonly Style Style => _style ?? default;

        public void Add(char c, Style style)
        {
            if (c == '\n')
                Breaks++;
            HasEdge |= c == '\v';
            _style = _style?.And(style) ?? style;
        }
    }

    private sealed class RunWriter
    {
        private const int MaxBreaks = 2;

        private readonly List<Run> _runs = [];
        private readonly StringBuilder _current = new();
        private Style _style;

        // A space belongs to a mark only if both neighbours do: "<em>word </em>next" is "<em>word</em> next".
        public void Gap(ref Gap gap, Style? before, Style after)
        {
            if (gap.Any && before is { } first)
            {
                var style = gap.Style.And(first).And(after);
                var breaks = Math.Min(Math.Max(gap.Breaks, gap.HasEdge ? 1 : 0), MaxBreaks);
                for (var i = 0; i < breaks; i++)
                    Append('\n', style with { Marks = style.Marks & ~Marks.Code });
                if (breaks == 0)
                    Append(' ', style);
            }

            gap = default;
        }

        public void Append(char c, Style style)
        {
            if (_current.Length > 0 && style != _style)
                End();
            _style = style;
            _current.Append(c);
        }

        public Inline ToInline()
        {
            if (_current.Length > 0)
                End();
            return new Inline(_runs);
        }

        private void End()
        {
            // What came in is in NFC, but not what its entities stand for; and never across tags, whose ">" composes
            // too.
            _runs.Add(new Run(Normalization.Nfc(_current.ToString()), _style));
            _current.Clear();
        }
    }
}
