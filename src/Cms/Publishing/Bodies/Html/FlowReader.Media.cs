using AngleSharp.Dom;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html;

/// <content>Pictures, embeds and figures.</content>
internal sealed partial class FlowReader
{
    private static FlowImage? ReadImage(IElement element, Link? link)
    {
        var url = Links.CleanSource(element.GetAttribute("src"));
        Guid? id = null;
        if (Guid.TryParseExact(element.GetAttribute("data-image"), "D", out var stated))
            id = stated;
        else if (Links.TryImage(url, out var found))
            id = found;
        if (id is null && url is null)
            return null;

        return new FlowImage(id, id is null ? url : null)
        {
            Alt = Said(element, "data-alt", element.GetAttribute("alt")),
            Caption = Said(element, "data-caption", element.GetAttribute("title")),
            Width = id is null ? Number(element, "width", 1, 100_000, null) : null,
            Height = id is null ? Number(element, "height", 1, 100_000, null) : null,
            Link = link is null ? null : link with { Title = null },
        };
    }

    // Nothing said means the image's own words; "none" is how the written forms say that there are to be none.
    private static string? Said(IElement element, string mark, string? text)
    {
        if (element.GetAttribute(mark) is "none")
            return "";
        var line = Plain.Line(text ?? "");
        return line.Any(Plain.IsVisible) ? line : null;
    }

    private FlowEmbed? ReadFrame(IElement element)
    {
        var url = Links.CleanAbsolute(element.GetAttribute("src"));
        if (url is null)
        {
            losses?.Tell(
                "removed-media",
                element,
                $"An embed was left out: {Losses.Quote(element.GetAttribute("src"))} is no absolute "
                    + "http or https address."
            );
            return null;
        }

        var title = Plain.Line(element.GetAttribute("title") ?? "");
        return new FlowEmbed(
            url,
            title.Any(Plain.IsVisible) && !string.Equals(title, url, StringComparison.Ordinal) ? title : null
        );
    }

    private List<Flow> ReadFigure(IElement element, Style style)
    {
        if (
            element.GetAttribute("data-block") is "embed"
            && element.QuerySelector("img,iframe") is null
            && element.QuerySelector("a") is { } a
            && Links.CleanAbsolute(a.GetAttribute("href")) is { } url
        )
        {
            var title = Plain.Line(element.TextContent);
            return
            [
                new FlowEmbed(
                    url,
                    title.Any(Plain.IsVisible) && !string.Equals(title, url, StringComparison.Ordinal)
                        ? title
                        : null
                ),
            ];
        }

        var captions = element.Children.Where(child => child.LocalName is "figcaption").ToArray();
        var content = Content(
            element.ChildNodes,
            style,
            node => node is IElement { LocalName: "figcaption" }
        );
        if (content is [FlowImage image])
            return [WithCaption(image, element, captions)];
        var said = new InlineBuilder();
        foreach (var part in captions)
        {
            said.Boundary();
            Collect(part.ChildNodes, said, Looked(part, default), skip: null);
        }

        var caption = said.Build();
        switch (content)
        {
            case [_] when caption.IsEmpty:
                return content;
            case [FlowQuote { Attribution: null } quote]:
                return [quote with { Attribution = CleanAttribution(caption) }];
            case [FlowEmbed { Title: null } embed]:
                TellPlain(captions);
                var title = Plain.Line(caption.ToText());
                return
                [
                    embed with
                    {
                        Title = string.Equals(title, embed.Url, StringComparison.Ordinal) ? null : title,
                    },
                ];
            case [FlowTable { Caption: null } table]:
                return [table with { Caption = caption }];
            default:
                if (!caption.IsEmpty)
                    content.Add(new FlowText(0, caption));
                return content;
        }
    }

    // <figcaption>caption <cite>credit</cite></figcaption>
    private FlowImage WithCaption(FlowImage image, IElement figure, IElement[] captions)
    {
        TellPlain(captions);
        var credits = captions.SelectMany(Credits).ToArray();
        var caption = new InlineBuilder();
        var credit = new InlineBuilder();
        foreach (var part in captions)
        {
            caption.Boundary();
            Collect(part.ChildNodes, caption, default, skip: credits.Contains);
        }

        foreach (var cite in credits)
        {
            credit.Boundary();
            Collect(cite.ChildNodes, credit, default, skip: null);
        }

        return image with
        {
            Caption = Said(figure, "data-caption", caption.Build().ToText()) ?? image.Caption,
            Credit = Said(figure, "data-credit", credit.Build().ToText()),
        };
    }

    // A cite at the end says whose picture it is; one that the words run on after is the title of a work.
    private static IEnumerable<IElement> Credits(IElement caption)
    {
        var last = Last(caption);
        while (last is IElement { LocalName: "p" or "div" or "span" } wrapper)
            last = Last(wrapper);
        return (last?.Parent?.ChildNodes ?? Enumerable.Empty<INode>())
            .Reverse()
            .Where(Matters)
            .TakeWhile(node => node is IElement { LocalName: "cite" })
            .Cast<IElement>()
            .Reverse();
    }

    private void TellPlain(IElement[] captions)
    {
        foreach (var link in captions.SelectMany(caption => caption.QuerySelectorAll("a[href]")))
            losses?.Tell(
                "removed-link",
                link,
                "A link was left out, its words stay, for captions and titles are plain text: "
                    + $"{Losses.Quote(link.GetAttribute("href"))}."
            );
    }
}
