using System.Globalization;
using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Publishing.Bodies.Html;

internal sealed partial class FlowReader
{
    private FlowList? ReadList(IElement element, Style style)
    {
        var items = new List<(List<Flow> Content, int? Value)>();
        foreach (var child in element.ChildNodes)
        {
            if (child is IElement { LocalName: "li" } li)
            {
                items.Add((Content(li.ChildNodes, Looked(li, style)), ListNumberOf(li, "value")));
                continue;
            }

            // Not valid, but common: a list directly in a list belongs to the item before it.
            var stray = Content([child], style);
            if (
                items.Count > 0
                && stray.Count == 1
                && stray[0] is FlowList
                && items[^1].Content is not [.., FlowList]
            )
                items[^1].Content.AddRange(stray);
            else
                items.Add((stray, null));
        }

        items.RemoveAll(item => item.Content.Count == 0);
        if (items.Count == 0)
            return null;
        var (numbers, values) = ListNumbers.Of(
            element.LocalName is "ol",
            ListNumberOf(element, "start"),
            element.HasAttribute("reversed"),
            ListNumber.OfType(element.GetAttribute("type")),
            [.. items.Select(item => item.Value)]
        );
        return new FlowList(
            numbers,
            [.. items.Zip(values, (item, value) => new FlowItem(item.Content, value))]
        );
    }

    private int? ListNumberOf(IElement element, string attribute)
    {
        var number = Number(element, attribute, 0, BodyLimits.ListStart, null);
        if (number is null && element.HasAttribute(attribute) && element.LocalName is "ol" or "li")
            losses?.Tell(
                "changed-number",
                element,
                $"The number {Losses.Quote(element.GetAttribute(attribute))} of a list was left out: a "
                    + $"number is from 0 to {BodyLimits.ListStart}."
            );
        return number;
    }

    // The normal value goes without saying and is read as null.
    private static int? Number(IElement element, string attribute, int least, int most, int? normal) =>
        int.TryParse(
            element.GetAttribute(attribute),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
        && number >= least
        && number <= most
        && number != normal
            ? number
            : null;
}
