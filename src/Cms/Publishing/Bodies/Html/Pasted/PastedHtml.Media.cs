using AngleSharp.Dom;
using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Html.Pasted;

/// <content>Pictures, other media and figures.</content>
internal sealed partial class PastedHtml
{
    private bool ReadImage(IElement image, Looks? looks)
    {
        var address = image.GetAttribute("src");
        var alt = Plain.Line(image.GetAttribute("alt") ?? "");
        if (image.GetAttribute("data-image") is not null)
            return true;
        if (IsEmoji(image, alt))
            return Say(image, alt);
        if (
            looks?.Hidden == true
            || looks?.IsDot == true
            || (IsDot(image, "width") && IsDot(image, "height"))
        )
        {
            _losses?.Tell(
                "removed-tracking",
                image,
                $"A picture that nobody can see was left out: {Losses.Quote(address)}."
            );
            return Gone(image);
        }

        if (image.HasAttribute("srcset"))
            _losses?.Count(
                "removed-attribute",
                "img",
                "Other sizes of pictures (srcset) were left out.",
                image
            );
        if (Links.CleanSource(address) is not null)
            return true;
        if (!_hasPlainCopies)
            foreach (var lazy in (string[])["data-src", "data-lazy-src", "data-original"])
            {
                if (Links.CleanSource(image.GetAttribute(lazy)) is not { } later)
                    continue;
                image.SetAttribute("src", later);
                return true;
            }

        _losses?.Tell(
            "removed-media",
            image,
            "A picture was left out, because readers cannot open its address: "
                + $"{(string.IsNullOrEmpty(address) ? "it has none" : Losses.Quote(address))}. Upload it, and "
                + "use the image's id."
                + (alt.Length > 0 ? $" It says: {Losses.Quote(alt)}" : "")
        );
        return Gone(image);
    }

    // Mail programs and blogs send the characters as pictures.
    private static bool IsEmoji(IElement image, string alt) =>
        alt.Length is > 0 and <= 16
        && (
            image.HasAttribute("data-emoji")
            || image.ClassList.Contains("emoji")
            || image.ClassList.Contains("wp-smiley")
        )
        && !alt.Any(char.IsAsciiLetterOrDigit);

    private static bool IsDot(IElement image, string side) =>
        image.GetAttribute(side)?.Trim() is "0" or "1" or "0px" or "1px";

    /// <summary>Players and frames become embeds, whatever element they were.</summary>
    private bool ReadMedia(IElement media)
    {
        var files = Files(media).ToArray();
        var shown =
            files.FirstOrDefault(file => Links.CleanAbsolute(file) is not null)
            ?? files.FirstOrDefault(file => Links.CleanSource(file) is not null);
        foreach (
            var file in files
                .Append(media.GetAttribute("poster"))
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
        )
            if (!string.Equals(file, shown, StringComparison.Ordinal))
                _losses?.Tell(
                    "removed-media",
                    media,
                    string.Equals(file, media.GetAttribute("poster"), StringComparison.Ordinal)
                        ? $"The picture before a video was left out: {Losses.Quote(file)}."
                        : $"A file of a {media.LocalName} was left out: {Losses.Quote(file)}."
                );
        if (media.GetAttribute("srcdoc") is { Length: > 0 } inner)
            _losses?.Tell(
                "removed-media",
                media,
                $"The page within a frame was left out: {Losses.Quote(inner)}."
            );
        _told.UnionWith(media.Children.Where(child => child.LocalName is "source" or "track" or "param"));
        if (shown is null)
            return media.LocalName is not ("iframe" or "embed" or "bgsound") || Gone(media);

        if (
            media.LocalName is "iframe"
            && string.Equals(media.GetAttribute("src"), shown, StringComparison.Ordinal)
        )
            return true;
        media.SetAttribute(HtmlPolicy.ShownAttribute, shown);
        var words = Plain.Line(media.LocalName is "iframe" ? "" : media.TextContent);
        if (
            words.Length > MaxFallback
            || media.QuerySelectorAll(Addressed).Any(part => !_told.Contains(part))
        )
            return media.LocalName is not "iframe" || Gone(media);
        if (words.Length > 0)
            _losses?.Tell(
                "removed-hidden",
                media,
                $"Words for readers whose browser cannot play it were left out: {words}"
            );
        return Gone(media);
    }

    /// <summary>
    /// Whether a source only has other sizes of the library's image that it stands beside, as the HTML form of a body
    /// has them. They are made anew wherever the image is shown.
    /// </summary>
    private static bool IsRendition(IElement source) =>
        source.ParentElement is { LocalName: "picture" } picture
        && picture.QuerySelector("img")?.GetAttribute("src") is { } shown
        && Links.TryImage(shown, out _)
        && (source.GetAttribute("srcset") ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .All(size => size.StartsWith(shown[..(shown.LastIndexOf('/') + 1)], StringComparison.Ordinal));

    private static IEnumerable<string> Files(IElement media)
    {
        var files = new List<string?>
        {
            media.GetAttribute("src"),
            media.GetAttribute("data"),
            media.GetAttribute("code"),
            media.GetAttribute("data-src"),
        };
        foreach (var part in media.Children)
        {
            if (part.LocalName is "source" or "track")
                files.Add(part.GetAttribute("src") ?? part.GetAttribute("srcset"));
            else if (
                part.LocalName is "param"
                && part.GetAttribute("name")?.ToLowerInvariant() is "movie" or "src" or "url" or "filename"
            )
                files.Add(part.GetAttribute("value"));
        }

        return files.OfType<string>().Where(file => file.Length > 0).Distinct(StringComparer.Ordinal);
    }

    /// <summary>What a player or frame is in a body: a frame, a picture, or a link where it has no host.</summary>
    public static IElement Shown(IElement media, string address)
    {
        var title = media.GetAttribute("title") ?? media.GetAttribute("aria-label");
        IElement shown;
        if (media.LocalName is "object" or "embed" && Picture().IsMatch(address))
        {
            shown = media.Owner!.CreateElement("img");
            shown.SetAttribute("src", address);
            if (title is not null)
                shown.SetAttribute("alt", title);
        }
        else if (Links.CleanAbsolute(address) is not null)
        {
            shown = media.Owner!.CreateElement("iframe");
            shown.SetAttribute("src", address);
            if (title is not null)
                shown.SetAttribute("title", title);
        }
        else
        {
            // An embed has a host; a link need not.
            var link = media.Owner!.CreateElement("a");
            link.SetAttribute("href", address);
            link.TextContent = string.IsNullOrWhiteSpace(title) ? address : title;
            shown = media.Owner!.CreateElement("p");
            shown.AppendChild(link);
        }

        return shown;
    }

    // A block editor's embed is an address alone.
    private bool ReadFigure(IElement figure)
    {
        if (
            figure.ClassName?.Contains("wp-block-embed", StringComparison.Ordinal) != true
            || figure.QuerySelector("div") is not { } wrapper
            || Links.CleanAbsolute(wrapper.TextContent.Trim()) is not { } url
            || wrapper.TextContent.Trim().Any(char.IsWhiteSpace)
        )
            return true;
        var frame = _document.CreateElement("iframe");
        frame.SetAttribute("src", url);
        wrapper.Before(frame);
        wrapper.SetAttribute(HtmlPolicy.HiddenAttribute, "");
        return true;
    }
}
