using Cms.Images.Files;
using Cms.Publishing;
using Cms.Publishing.Renditions;
using NetVips;

namespace Cms.Images.Renditions;

/// <summary>Makes a rendition from the bytes of an original.</summary>
internal static class RenditionMaker
{
    /// <summary>Part of each stored rendition's key: a change of what is made needs another one.</summary>
    public const int Version = 1;

    private const int AvifQuality = 55;
    private const int OtherQuality = 78;

    // The next step takes four times as long, and saves 4 %.
    private const int AvifEffort = 3;
    private const int WebpEffort = 4;

    // No frame of an animation is decoded beyond what one picture at the limit would cost.
    private const long MaxPixels = ImageLimits.MaxPixels;

    /// <param name="original">A sound file.</param>
    /// <param name="rendition">What is wanted of it.</param>
    /// <param name="encoding">In which format.</param>
    /// <param name="focalPoint">What must stay in the picture; null: what catches the eye.</param>
    /// <param name="over">Gives up.</param>
    /// <exception cref="VipsException">It cannot be decoded, or the token was cancelled.</exception>
    public static byte[] Make(
        byte[] original,
        Rendition rendition,
        RenditionEncoding encoding,
        FocalPoint? focalPoint,
        CancellationToken over
    )
    {
        Libvips.Prepare();
        using var first = Image.NewFromBuffer(original, access: Enums.Access.Sequential);
        var frames = first.Contains("n-pages") ? (int)first.Get("n-pages") : 1;
        var isAnimated =
            frames > 1
            && !rendition.IsStill
            && encoding == RenditionEncoding.Webp
            && first.Get("vips-loader") is "gifload_buffer" or "webpload_buffer";
        var (width, height) = Turned(first) ? (first.Height, first.Width) : (first.Width, first.Height);
        var frame = Frame.Of(rendition, width, height);
        var affordable = (int)Math.Max(1, MaxPixels / ((long)width * height));
        using var made = isAnimated
            ? Animated(original, Math.Min(frames, affordable), frame, focalPoint)
            : Still(original, frame, focalPoint, over);
        made.EndWith(over);
        return Save(made, encoding, rendition.Quality);
    }

    private static Image Still(byte[] original, Frame frame, FocalPoint? focalPoint, CancellationToken over)
    {
        using var scaled = Image.ThumbnailBuffer(
            original,
            frame.ScaledWidth,
            height: frame.ScaledHeight,
            size: Enums.Size.Force,
            outputProfile: "srgb",
            intent: Enums.Intent.Relative,
            failOn: Enums.FailOn.None
        );
        scaled.EndWith(over);
        using var plain = EightBits(scaled);
        return Cut(plain, frame, focalPoint);
    }

    private static Image Animated(byte[] original, int frames, Frame frame, FocalPoint? focalPoint)
    {
        using var scaled = Image.ThumbnailBuffer(
            original,
            frame.ScaledWidth,
            optionString: $"[n={frames}]",
            height: frame.ScaledHeight,
            size: Enums.Size.Force
        );
        if (!frame.IsCropped)
            return scaled.Copy();
        // All frames lie below each other in one image. Each is cut at the same place.
        using var whole = scaled.CopyMemory();
        var (left, top) = frame.At(focalPoint?.X ?? 0.5, focalPoint?.Y ?? 0.5);
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

    private static void CopyArray(Image from, MutableImage to, string name)
    {
        if (from.Contains(name))
            to.Set(GValue.ArrayIntType, name, (int[])from.Get(name));
    }

    private static Image Cut(Image scaled, Frame frame, FocalPoint? focalPoint)
    {
        if (!frame.IsCropped)
            return scaled.Copy();
        if (focalPoint is { } point)
        {
            var (left, top) = frame.At(point.X, point.Y);
            return scaled.ExtractArea(left, top, frame.Width, frame.Height);
        }
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

    private static bool Turned(Image image) =>
        image.Contains("orientation") && image.Get("orientation") is int and >= 5 and <= 8;

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
                    q: quality ?? AvifQuality,
                    compression: Enums.ForeignHeifCompression.Av1,
                    effort: AvifEffort,
                    keep: Keep
                );
            case RenditionEncoding.Webp:
                return image.WebpsaveBuffer(q: quality ?? OtherQuality, effort: WebpEffort, keep: Keep);
            case RenditionEncoding.Png:
                return image.PngsaveBuffer(keep: Keep);
            default:
                using (var opaque = image.HasAlpha() ? image.Flatten(background: [255.0]) : image.Copy())
                    return opaque.JpegsaveBuffer(
                        q: quality ?? OtherQuality,
                        optimizeCoding: true,
                        interlace: true,
                        keep: Keep
                    );
        }
    }
}

/// <summary>What a rendition is encoded as.</summary>
internal enum RenditionEncoding
{
    Avif,
    Webp,
    Jpeg,
    Png,

    /// <summary>PNG where the picture is transparent somewhere, otherwise JPEG.</summary>
    JpegOrPng,
}
