using System.Net;
using System.Text;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>
/// Writes compared blocks as HTML with <c>ins</c> and <c>del</c>. Everything in it was sanitised when it was saved, or
/// is escaped here.
/// </summary>
internal static class ComparisonHtml
{
    public static string Of(ComparedBlock block)
    {
        if (block.Before is null)
            return $"<ins>{Html(block.After!)}</ins>";
        if (block.After is null)
            return $"<del>{Html(block.Before)}</del>";
        if (!block.IsChanged)
            return Html(block.After);
        if (block.Shown is not null)
            return Html(block.Shown);
        if (block.Edits is [{ From: "" }])
            return $"<del>{Html(block.Before)}</del><ins>{Html(block.After)}</ins>";
        return block.After is CodeBlock code
            ? Code(code, block.Edits)
            : Html(block.After) + List(block.Edits);
    }

    /// <summary>The pieces of a text, escaped if they are plain text.</summary>
    public static string Of(IEnumerable<TextPiece> pieces) =>
        string.Concat(
            pieces.Select(p =>
                (p.Change, Text: p.Html ?? Escaped(p.Text!)) switch
                {
                    (PieceChange.Inserted, var text) => $"<ins>{text}</ins>",
                    (PieceChange.Deleted, var text) => $"<del>{text}</del>",
                    var (_, text) => text,
                }
            )
        );

    private static string Code(CodeBlock code, IReadOnlyList<BlockEdit> edits)
    {
        var text = edits.FirstOrDefault(e => e.Pieces is not null) is { } edit
            ? Of(edit.Pieces!)
            : Escaped(code.Code);
        return $"<pre><code>{text}</code></pre>" + List([.. edits.Where(e => e.Pieces is null)]);
    }

    // What a picture or an embed says is not all seen in it: alternative texts, addresses.
    private static string List(IReadOnlyList<BlockEdit> edits) =>
        edits.Count == 0
            ? ""
            : "<dl>"
                + string.Concat(
                    edits.Select(e =>
                        $"<dt>{Escaped((e.To ?? "").Split('/')[^1])}</dt>"
                        + $"<dd>{(e.Pieces is { } pieces ? Of(pieces) : Values(e))}</dd>"
                    )
                )
                + "</dl>";

    private static string Values(BlockEdit edit) =>
        (edit.Before is { } before ? $"<del>{Escaped(before.ToString())}</del> " : "")
        + (edit.After is { } after ? $"<ins>{Escaped(after.ToString())}</ins>" : "");

    // Only what is said here is shown of a picture: its own words may be out of the reader's reach.
    private static string Html(Block block)
    {
        var html = new StringBuilder();
        BodyWriter.WriteBlock(
            html,
            block,
            id => new BodyImage { Id = id, Url = MediaUrl.Original(id, version: 1) },
            oneLine: false
        );
        return html.ToString();
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
