using System.Net;
using System.Reflection;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Cms.Docs;

/// <summary>A guide: a Markdown file beside this one, as HTML.</summary>
/// <param name="Name">Its file and its address.</param>
/// <param name="Lead">Its first paragraph, as plain text.</param>
/// <param name="Sections">Its headings of the second level: anchor and text.</param>
internal sealed record Guide(
    string Name,
    string Title,
    string Lead,
    string Html,
    IReadOnlyList<(string Anchor, string Text)> Sections
)
{
    private static readonly Assembly House = typeof(Guide).Assembly;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .DisableHtml()
        .Build();

    /// <param name="tables">Tables that are made from the code, by the name that the text has in double braces.</param>
    public static Guide Read(string name, IReadOnlyDictionary<string, string> tables)
    {
        var text = Source(name);
        foreach (var (table, rows) in tables)
            text = text.Replace("{{" + table + "}}", rows, StringComparison.Ordinal);
        var document = Markdown.Parse(text, Pipeline);
        var headings = document.OfType<HeadingBlock>().ToList();
        return new Guide(
            name,
            Plain(headings[0]),
            Plain(document.OfType<ParagraphBlock>().First()),
            ToHtml(document),
            [.. headings.Where(h => h.Level == 2).Select(h => (h.GetAttributes().Id!, Plain(h)))]
        );
    }

    /// <summary>The file's text.</summary>
    public static string Source(string name) => Resource($"{name}.md");

    public static string Resource(string file)
    {
        using var reader = new StreamReader(House.GetManifestResourceStream($"Docs/{file}")!);
        return reader.ReadToEnd();
    }

    private static string ToHtml(MarkdownDocument document)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HeadingRenderer>(new Headings());
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new Code());
        renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new Tables());
        renderer.Render(document);
        return writer.ToString();
    }

    private static string Plain(LeafBlock block) =>
        string.Concat(
            block
                .Inline!.Descendants()
                .Select(inline =>
                    inline switch
                    {
                        LiteralInline literal => literal.Content.ToString(),
                        CodeInline code => code.Content,
                        LineBreakInline => " ",
                        _ => "",
                    }
                )
        );

    private static string PlainCell(TableCell cell) => string.Concat(cell.OfType<LeafBlock>().Select(Plain));

    /// <summary>Each heading links to itself.</summary>
    private sealed class Headings : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
        {
            var id = heading.GetAttributes().Id;
            renderer.Write($"<h{heading.Level} id=\"{id}\">");
            if (heading.Level > 1)
                renderer.Write($"<a class=\"anchor\" href=\"#{id}\">");
            renderer.WriteLeafInline(heading);
            renderer.Write(heading.Level > 1 ? "</a>" : "").WriteLine($"</h{heading.Level}>");
        }
    }

    /// <summary>Requests show their form for a shell too; answers look unlike requests.</summary>
    private sealed class Code : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock block)
        {
            var text = block.Lines.ToString();
            var language = (block as FencedCodeBlock)?.Info ?? "";
            var request = language == "http" ? HttpExample.Parse(text) : null;
            var kind =
                request is not null || language is "sh" or "console" ? "request"
                : language is "http" or "json" or "text" ? "answer"
                : "code";
            renderer.Write($"<figure class=\"{kind}\">");
            WriteText(renderer, text);
            if (request is not null)
            {
                renderer.Write("<details><summary>As a curl command</summary>");
                WriteText(renderer, request.ToCurl());
                renderer.Write("</details>");
            }
            renderer.WriteLine("</figure>");
        }

        // A keyboard can scroll what it can focus.
        private static void WriteText(HtmlRenderer renderer, string text) =>
            renderer.Write($"<pre tabindex=\"0\"><code>{WebUtility.HtmlEncode(text)}</code></pre>");
    }

    /// <summary>A table that is too wide scrolls within the page.</summary>
    private sealed class Tables : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            // Narrow screens show cells below each other, each with its column's name.
            var rows = table.OfType<TableRow>().ToList();
            var names = rows[0].OfType<TableCell>().Select(PlainCell).ToList();
            foreach (
                var cell in rows.Skip(1).SelectMany(row => row.OfType<TableCell>().Select((c, i) => (c, i)))
            )
                cell.c.GetAttributes().AddProperty("data-label", names[cell.i]);
            renderer.Write("<div class=\"table\" tabindex=\"0\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
