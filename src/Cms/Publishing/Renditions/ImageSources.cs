using System.Globalization;

namespace Cms.Publishing.Renditions;

/// <summary>A picture in one format and several widths, for a <c>source</c> of <c>picture</c>.</summary>
internal sealed record ImageSource
{
    /// <summary>The format.</summary>
    /// <example>image/avif</example>
    public required string Type { get; init; }

    /// <summary>Addresses with their widths, as the attribute <c>srcset</c> takes them.</summary>
    /// <example>/media/01981f5e-0004-7000-8000-000000000001/w640-avif 640w</example>
    public required string Srcset { get; init; }
}

/// <summary>A picture cropped to some proportions.</summary>
internal sealed record ImageCrop
{
    /// <summary>Of the largest one, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Of the largest one, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The best format first.</summary>
    public required IReadOnlyList<ImageSource> Sources { get; init; }
}

/// <summary>The renditions of an image that pages usually need, as HTML takes them.</summary>
internal static class ImageSources
{
    // Phones, tablets and desktops, with one and two pixels for each CSS pixel.
    private static readonly int[] Usual = [320, 640, 960, 1280, 1920, 2560];

    private static readonly RenditionFormat[] Still =
    [
        RenditionFormat.Avif,
        RenditionFormat.Webp,
        RenditionFormat.Jpeg,
    ];

    /// <param name="image">The image.</param>
    /// <param name="crop">The proportions; null: the image's own.</param>
    public static IReadOnlyList<ImageSource> Of(ImageView image, Proportions? crop = null)
    {
        var widths = WidthsOf(image.Width, image.Height, crop).ToArray();
        return
        [
            .. FormatsOf(image.MayMove)
                .Select(format => new ImageSource
                {
                    Type = $"image/{Rendition.NameOf(format)}",
                    Srcset = string.Join(
                        ", ",
                        widths.Select(w =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{AddressOf(image, w.Rendition with { Format = format })} {w.Frame.Width}w"
                            )
                        )
                    ),
                }),
        ];
    }

    /// <summary>The same as names of renditions, without a version.</summary>
    public static IEnumerable<Rendition> NamesOf(int width, int height, bool mayMove, Proportions? crop) =>
        from step in WidthsOf(width, height, crop)
        from format in FormatsOf(mayMove)
        select step.Rendition with
        {
            Format = format,
        };

    /// <summary>The crops that have a name, by it.</summary>
    public static IReadOnlyDictionary<string, ImageCrop> CropsOf(ImageView image) =>
        Proportions.Named.ToDictionary(
            crop => crop.ToString(),
            crop =>
            {
                var largest = WidthsOf(image.Width, image.Height, crop).Last().Frame;
                return new ImageCrop
                {
                    Width = largest.Width,
                    Height = largest.Height,
                    Sources = Of(image, crop),
                };
            },
            StringComparer.Ordinal
        );

    /// <summary>Steps up to the first that has all pixels of the original.</summary>
    private static IEnumerable<(Rendition Rendition, Frame Frame)> WidthsOf(
        int originalWidth,
        int originalHeight,
        Proportions? crop
    )
    {
        var before = 0;
        foreach (var width in Steps(MediaUrl.Widths))
        {
            var rendition = new Rendition { Width = width, Crop = crop };
            var frame = Frame.Of(rendition, originalWidth, originalHeight);
            if (frame.Width == before)
                yield break;
            before = frame.Width;
            yield return (rendition, frame);
            if (frame.Width < width)
                yield break;
        }
    }

    // What may be animated would stand still in the other formats.
    private static RenditionFormat[] FormatsOf(bool mayMove) => mayMove ? [RenditionFormat.Webp] : Still;

    private static IEnumerable<int> Steps(IReadOnlyList<int> widths)
    {
        var usual = widths.Intersect(Usual).ToArray();
        return usual.Length >= 3 ? usual : widths;
    }

    private static string AddressOf(ImageView image, Rendition rendition) =>
        MediaUrl.Of(image.Id, (rendition with { Version = image.PictureVersion }).ToString());
}
