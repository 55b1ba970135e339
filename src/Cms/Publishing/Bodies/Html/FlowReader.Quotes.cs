using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html;

internal sealed partial class FlowReader
{
    private List<Flow> ReadQuote(IElement element, Style style)
    {
        var source = Attribution(element);
        var content = Content(element.ChildNodes, style, node => node == source);
        var attribution = source is null ? null : CleanAttribution(InlineOf(source));
        if (content.Count == 0)
            return attribution is null ? [] : [new FlowQuote([new FlowText(0, attribution)], null)];
        return [new FlowQuote(content, attribution)];
    }

    // A footer, or a cite in a line or paragraph of its own, as the last thing. A cite that the words run into is the
    // title of a work.
    private static IElement? Attribution(IElement quote)
    {
        if (Last(quote) is not IElement last)
            return null;
        return last.LocalName switch
        {
            "footer" => last,
            "cite"
                when Before(last) is IElement before
                    && (before.LocalName is "br" || IsBlock(before.LocalName)) => last,
            "p"
            or "div"
                when last.Children.Length > 0
                    && Before(last) is not null
                    && last.ChildNodes.All(IsCiteOrSpace) => last,
            _ => null,
        };
    }

    private static bool IsCiteOrSpace(INode node) =>
        node is IElement { LocalName: "cite" }
        || (node is IText text && text.Data.All(Plain.IsSpace))
        || node is IComment;

    /// <summary>The last child that is not only space.</summary>
    public static INode? Last(INode parent) => parent.ChildNodes.LastOrDefault(Matters);

    /// <summary>The sibling before, passing over space.</summary>
    public static INode? Before(INode node)
    {
        INode? before = null;
        foreach (var sibling in node.Parent?.ChildNodes ?? Enumerable.Empty<INode>())
        {
            if (sibling == node)
                return before;
            if (Matters(sibling))
                before = sibling;
        }

        return null;
    }

    private static bool Matters(INode node) =>
        node is IElement || (node is IText text && !text.Data.All(Plain.IsSpace));

    /// <summary>Without the dash before it, which the written forms add.</summary>
    public static Inline? CleanAttribution(Inline attribution)
    {
        var text = new InlineBuilder();
        var started = false;
        foreach (var run in attribution.Runs)
        {
            var rest = started ? run.Text : run.Text.TrimStart('—', '–', '―', '-', ' ', '\n', '\u00A0');
            started |= rest.Length > 0;
            text.AppendRun(run with { Text = rest });
        }

        var clean = text.Build();
        return clean.IsEmpty ? null : clean;
    }
}
