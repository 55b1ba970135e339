using Markdig;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;

namespace Cms.Publishing.Bodies.Markdown;

/// <summary>
/// Counts the work ahead of Markdig, and stops it if that is too much. Some characters make it scan the rest of their
/// paragraph, and open delimiters nest until the paragraph ends; so a paragraph can cost the square of its length.
/// Markdig cannot be stopped from outside, but it calls its parsers at each line and special character in turn: these
/// are called first, and never match.
/// </summary>
internal sealed class MarkdownMeter : IMarkdownExtension
{
    private static readonly object Key = new();

    /// <summary>The context to parse with, which holds the meter.</summary>
    public static MarkdownParserContext ContextFor(string markdown, CancellationToken ct)
    {
        var context = new MarkdownParserContext();
        context.Properties[Key] = new Meter(
            Math.Max(BodyLimits.MarkdownLeastSteps, (long)BodyLimits.MarkdownSteps * markdown.Length),
            ct
        );
        return context;
    }

    public void Setup(MarkdownPipelineBuilder pipeline)
    {
        pipeline.BlockParsers.Insert(0, new Lines());
        pipeline.InlineParsers.Insert(0, new Signs());
    }

    public void Setup(MarkdownPipeline pipeline, IMarkdownRenderer renderer) { }

    private static Meter MeterOf(MarkdownParserContext? context) => (Meter)context!.Properties[Key];

    private sealed class Meter(long most, CancellationToken ct)
    {
        // Scanning is fast; an open delimiter is a node elsewhere in memory, and takes as long as this many characters.
        private const int Passing = 10;

        private readonly Stack<int> _brackets = new();
        private long _steps;
        private object? _block;
        private int _open;
        private int _cells;

        public void Add(long steps)
        {
            _steps += steps;
            if (_steps > most)
                throw new TooMuchException(
                    "too-complex",
                    "A paragraph or table has too many of the characters < ` [ ] * _ ~ | for its "
                        + "length. Divide it with blank lines, "
                        + "put a backslash before those that are plain text, or send a long table as blocks or HTML."
                );
            ct.ThrowIfCancellationRequested();
        }

        /// <summary>
        /// One step for each character that Markdig will scan, and for each open delimiter that it must pass.
        /// </summary>
        public void Sign(object block, StringSlice slice)
        {
            if (_block != block)
            {
                (_block, _open, _cells) = (block, 0, 0);
                _brackets.Clear();
            }

            var text = slice.AsSpan();
            switch (text[0])
            {
                case '<':
                    Add(Tag(text));
                    break;
                case '`':
                    Add(Code(text));
                    break;
                case '[':
                    _brackets.Push(slice.Start);
                    Add(Passing * ++_open);
                    break;
                case ']':
                    var label = _brackets.TryPop(out var opened) ? slice.Start - opened : 0;
                    _open -= label > 0 ? 1 : 0;
                    Add(label + (Passing * _open) + (text is [_, '(', ..] ? Until(text, ")") : 1));
                    break;
                case '*' or '_' or '~':
                    Add(Passing * ++_open);
                    break;
                case '|':
                    Add(Passing * (++_cells + _open));
                    break;
                case '\n':
                    _cells = 0;
                    Add(1);
                    break;
                default:
                    Add(1);
                    break;
            }
        }

        private static int Tag(ReadOnlySpan<char> text) =>
            text switch
            {
                ['<', '?', ..] => Length(text, text.IndexOf("?>")),
                ['<', '!', '-', ..] => Length(text, text.IndexOf("-->")),
                ['<', '!', '[', ..] => Length(text, text.IndexOf("]]>")),
                _ => Until(text, ">"),
            };

        // To the run of as many backticks that ends it.
        private static int Code(ReadOnlySpan<char> text)
        {
            var ticks = text.IndexOfAnyExcept('`');
            if (ticks < 0)
                return text.Length;
            for (var i = ticks; i < text.Length; )
            {
                var next = text[i..].IndexOf('`');
                if (next < 0)
                    break;
                i += next;
                var run = text[i..].IndexOfAnyExcept('`');
                if (run == ticks)
                    return i;
                if (run < 0)
                    break;
                i += run;
            }

            return text.Length;
        }

        // To a sign that stands outside quotation marks.
        private static int Until(ReadOnlySpan<char> text, string end)
        {
            var quote = '\0';
            for (var i = 1; i < text.Length; i++)
            {
                if (quote != '\0')
                    quote = text[i] == quote ? '\0' : quote;
                else if (text[i] == end[0])
                    return i;
                else if (text[i] is '"' or '\'')
                    quote = text[i];
            }

            return text.Length;
        }

        private static int Length(ReadOnlySpan<char> text, int found) => found < 0 ? text.Length : found;
    }

    private sealed class Lines : BlockParser
    {
        public override BlockState TryOpen(BlockProcessor processor)
        {
            if (processor.Document.Count > BodyLimits.MarkdownBlocks)
                throw new TooMuchException("too-many", $"A body has at most {BodyLimits.Blocks} blocks.");
            MeterOf(processor.Context).Add(1);
            return BlockState.None;
        }
    }

    private sealed class Signs : InlineParser
    {
        public Signs() => OpeningCharacters = ['<', '`', '[', ']', '*', '_', '~', '|', '&', '\\', '\n'];

        public override bool Match(InlineProcessor processor, ref StringSlice slice)
        {
            MeterOf(processor.Context).Sign(processor.Block!, slice);
            return false;
        }
    }
}
