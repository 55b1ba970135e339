using AngleSharp.Dom;

namespace Cms.Publishing.Bodies.Html.Pasted;

/// <content>What is said of what was left out.</content>
internal sealed partial class PastedHtml
{
    private void TellFormatting(IElement element, bool lost)
    {
        if (lost)
            _losses?.Count(
                "removed-formatting",
                element.LocalName,
                $"Looks of `{element.LocalName}` elements (colours, sizes, fonts, underlining, "
                    + $"wrappers) were left out; their words stay.",
                element
            );
    }

    private void TellAttribute(IElement element, string name)
    {
        if (element.GetAttribute(name) is { Length: > 0 } value)
            _losses?.Tell(
                "removed-attribute",
                element,
                $"The {name} of a `{element.LocalName}` was left out: {Losses.Quote(value)}."
            );
    }

    private void TellMedia(IElement element, string what)
    {
        var address = element.GetAttribute("src") ?? element.GetAttribute("srcset");
        _losses?.Tell("removed-media", element, $"{what} was left out: {Losses.Quote(address)}.");
    }

    private bool Remove(IElement element, string code, string what, bool quote = true)
    {
        var text = quote ? Losses.Quote(element.TextContent) : "";
        _losses?.Tell(code, element, text.Length > 0 ? $"{what}: {text}" : $"{what}.");
        foreach (var picture in element.QuerySelectorAll("[src],[data]"))
            _losses?.Tell(
                "removed-media",
                picture,
                "What was in it was left out, too: "
                    + $"{Losses.Quote(picture.GetAttribute("src") ?? picture.GetAttribute("data"))}."
            );
        return Gone(element);
    }

    // Marked, and passed over when the tree is copied: to take one of many siblings out would cost a look at all of
    // them.
    private bool Gone(IElement element)
    {
        _gone = element;
        element.SetAttribute(HtmlPolicy.HiddenAttribute, "");
        return false;
    }

    private bool Say(IElement element, string text)
    {
        _gone = element;
        element.SetAttribute(HtmlPolicy.TextAttribute, text);
        return false;
    }
}
