using System.Diagnostics.CodeAnalysis;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Cms.Publishing.Bodies.Markdown;

/// <summary>
/// Converts Markdown to HTML that must still be sanitised, and refuses input that would take too long.
/// </summary>
internal static class MarkdownReader
{
    private static readonly MarkdownPipeline Pipeline = MakePipeline();

    /// <summary>
    /// Reads CommonMark with pipe tables and <c>~~strikethrough~~</c>; false, and why, where it is too much.
    /// </summary>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static bool TryToHtml(
        string markdown,
        [NotNullWhen(true)] out string? html,
        [NotNullWhen(false)] out TooMuchException? reason,
        CancellationToken ct
    )
    {
        (html, reason) = (null, null);
        try
        {
            RefuseManyDefinitions(markdown);
            var context = MarkdownMeter.ContextFor(markdown, ct);
            var document = Markdig.Markdown.Parse(markdown, Pipeline, context);
            foreach (var table in document.Descendants<Table>())
                StateAlignments(table);
            html = document.ToHtml(Pipeline);
            return true;
        }
        catch (TooMuchException e)
        {
            reason = e;
        }
        catch (ArgumentException)
        {
            // Markdig's way of saying that elements nest beyond its limit.
            reason = new TooMuchException(
                "too-deep",
                "Elements are nested too deeply, or one paragraph has too many marks of emphasis, links or cells. "
                    + "Divide it with blank lines."
            );
        }

        return false;
    }

    private static MarkdownPipeline MakePipeline()
    {
        var builder = new MarkdownPipelineBuilder()
            .UsePipeTables()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough);
        builder.Extensions.Add(new MarkdownMeter());
        return builder.Build();
    }

    // Markdig uses a style attribute, which is always removed here.
    private static void StateAlignments(Table table)
    {
        foreach (var cell in table.Descendants<TableCell>())
        {
            var index = cell.ColumnIndex >= 0 ? cell.ColumnIndex : ((TableRow)cell.Parent!).IndexOf(cell);
            if (
                index < table.ColumnDefinitions.Count
                && table.ColumnDefinitions[index].Alignment is { } alignment
            )
                cell.GetAttributes().AddProperty("align", alignment.ToString().ToLowerInvariant());
        }
    }

    private static void RefuseManyDefinitions(ReadOnlySpan<char> markdown)
    {
        if (markdown.Count("]:") > BodyLimits.MarkdownDefinitions)
            throw new TooMuchException(
                "too-many",
                $"A text may hold at most {BodyLimits.MarkdownDefinitions} link definitions; this has "
                    + $"{markdown.Count("]:")}."
            );
    }
}
