using Cms.Images.Files;
using Cms.Publishing.Renditions;
using NetVips;

namespace Cms.Images.Renditions;

/// <summary>Makes a rendition from the bytes of an original.</summary>
internal static class RenditionMaker
{
    /// <summary>Part of each stored rendition's key: a change of what is made needs another one.</summary>
    public const int Version = 3;

    private const int AvifQuality = 55;
    private const int OtherQuality = 78;

    // The next step takes four times as long, and saves 4 %.
    private const int AvifEffort = 3;
    private const int WebpEffort = 4;

    /// <summary>
    /// Of all frames of an animation together, as they are decoded: what costs more stands still. It is never cut
    /// short.
    /// </summary>
    private const long MaxMovingPixels = ImageLimits.MaxPixels;

    /// <summary>The usual quality of a format.</summary>
    public static int QualityOf(RenditionEncoding encoding) =>
        encoding == RenditionEncoding.Avif ? AvifQuality : OtherQuality;

    /// <param name="original">A sound file.</param>
    /// <param name="order">What is wanted of it.</param>
    /// <param name="over">Gives up.</param>
    /// <exception cref="VipsException">It cannot be decoded, or the token was cancelled.</exception>
    public static byte[] Make(byte[] original, RenditionOrder order, CancellationToken over) =>
        Make(original, [order], over)[0];

    /// <summary>The same for several encodings of one picture, which is decoded once.</summary>
    public static byte[][] Make(byte[] original, IReadOnlyList<RenditionOrder> orders, CancellationToken over)
    {
        var order = orders[0];
        Libvips.Prepare();
        using var made = Drawn(original, order, over);
        made.EndWith(over);
        if (orders.Count == 1)
            return [Save(made, order.Encoding, order.Quality)];
        using var whole = made.CopyMemory();
        whole.EndWith(over);
        return [.. orders.Select(each => Save(whole, each.Encoding, each.Quality))];
    }

    private static Image Drawn(byte[] original, RenditionOrder order, CancellationToken over)
    {
        using var first = Image.NewFromBuffer(original, access: Enums.Access.Sequential);
        // What has no profile is in sRGB already. To convert it all the same takes twice as long as all else.
        var isConverted =
            first.Contains("icc-profile-data") || first.Interpretation == Enums.Interpretation.Cmyk;
        var profile = isConverted ? "srgb" : null;
        return order.Moves && IsAnimated(first)
            ? Animated(original, order, profile, over)
            : Still(original, order, profile, over);
    }

    private static bool IsAnimated(Image first)
    {
        var frames = first.Contains("n-pages") ? (int)first.Get("n-pages") : 1;
        return frames > 1 && (long)frames * first.Width * first.Height <= MaxMovingPixels;
    }

    private static Image Still(byte[] original, RenditionOrder order, string? profile, CancellationToken over)
    {
        using var scaled = Scaled(original, order.Frame, "", profile, over);
        using var plain = EightBits(scaled);
        return Cut(plain, order);
    }

    private static Image Animated(
        byte[] original,
        RenditionOrder order,
        string? profile,
        CancellationToken over
    )
    {
        var frame = order.Frame;
        using var scaled = Scaled(original, frame, "[n=-1]", profile, over);
        if (!frame.IsCropped)
            return scaled.Copy();
        // All frames lie below each other in one image.
        using var whole = scaled.CopyMemory();
        var (left, top) = order.Place!.Value;
        var pages = new Image[whole.Height / frame.ScaledHeight];
        try
        {
            for (var i = 0; i < pages.Length; i++)
                pages[i] = whole.ExtractArea(left, (i * frame.ScaledHeight) + top, frame.Width, frame.Height);
            using var joined = Image.Arrayjoin(pages, across: 1);
            return joined.Mutate(image =>
            {
                image.Set(GValue.GIntType, "page-height", frame.Height);
                CopyArray(whole, image, "delay");
                if (whole.Contains("loop"))
                    image.Set(GValue.GIntType, "loop", (int)whole.Get("loop"));
            });
        }
        finally
        {
            foreach (var page in pages)
                page?.Dispose();
        }
    }

    private static Image Scaled(
        byte[] original,
        Frame frame,
        string options,
        string? profile,
        CancellationToken over
    )
    {
        var scaled = Image.ThumbnailBuffer(
            original,
            frame.ScaledWidth,
            optionString: options,
            height: frame.ScaledHeight,
            size: Enums.Size.Force,
            outputProfile: profile,
            intent: Enums.Intent.Relative,
            failOn: Enums.FailOn.None
        );
        scaled.EndWith(over);
        return scaled;
    }

    private static void CopyArray(Image from, MutableImage to, string name)
    {
        if (from.Contains(name))
            to.Set(GValue.ArrayIntType, name, (int[])from.Get(name));
    }

    private static Image Cut(Image scaled, RenditionOrder order)
    {
        var frame = order.Frame;
        if (!frame.IsCropped)
            return scaled.Copy();
        if (order.Place is var (left, top))
            return scaled.ExtractArea(left, top, frame.Width, frame.Height);
        using var whole = scaled.CopyMemory();
        return whole.Smartcrop(frame.Width, frame.Height, interesting: Enums.Interesting.Attention);
    }

    /// <summary>Some sources have 16 bits for each colour. Screens, and three of the formats, take 8.</summary>
    private static Image EightBits(Image image)
    {
        var isGrey = image.Interpretation is Enums.Interpretation.Bw or Enums.Interpretation.Grey16;
        using var coloured = image.Colourspace(isGrey ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
        return coloured.Cast(Enums.BandFormat.Uchar);
    }

    private static byte[] Save(Image image, RenditionEncoding encoding, int? quality)
    {
        // Originals only have credit, copyright and licence in theirs (ImageFile).
        const Enums.ForeignKeep Keep = Enums.ForeignKeep.Xmp | Enums.ForeignKeep.Iptc;
        if (encoding == RenditionEncoding.JpegOrPng)
            encoding = image.HasAlpha() ? RenditionEncoding.Png : RenditionEncoding.Jpeg;
        switch (encoding)
        {
            case RenditionEncoding.Avif:
                return image.HeifsaveBuffer(
                    q: quality,
                    compression: Enums.ForeignHeifCompression.Av1,
                    effort: AvifEffort,
                    keep: Keep
                );
            case RenditionEncoding.Webp:
                return image.WebpsaveBuffer(q: quality, effort: WebpEffort, keep: Keep);
            case RenditionEncoding.Png:
                return image.PngsaveBuffer(keep: Keep);
            default:
                using (var opaque = image.HasAlpha() ? image.Flatten(background: [255.0]) : image.Copy())
                    return opaque.JpegsaveBuffer(
                        q: quality,
                        optimizeCoding: true,
                        interlace: true,
                        keep: Keep
                    );
        }
    }
}
