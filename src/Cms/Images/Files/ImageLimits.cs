using System.Runtime.InteropServices;

namespace Cms.Images.Files;

/// <summary>How much of an image is taken in.</summary>
internal static class ImageLimits
{
    public const int MaxBytes = 25 * 1024 * 1024;

    /// <summary>
    /// Of one frame. A decoder may need six to eight bytes for each, so this also bounds the memory of a decode.
    /// </summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>
    /// The maximum side of a frame: no browser draws more. Decoding costs time for each line and column, not only for
    /// pixels.
    /// </summary>
    public const int MaxSide = 32_767;

    /// <summary>Of an animation.</summary>
    public const int MaxFrames = 2_000;

    /// <summary>Of all frames of an animation together: a viewer draws each of them.</summary>
    public const long MaxAnimationPixels = 1_000_000_000;

    /// <summary>
    /// Of all scans of a progressive JPEG together: each scan visits all pixels again. Encoders write about ten.
    /// </summary>
    public const long MaxScannedPixels = 2_000_000_000;

    /// <summary>
    /// Of all parts of which an AVIF is put together: tiles, layers, transparency, and a small picture beside the large
    /// one.
    /// </summary>
    public const long MaxPartPixels = 4 * MaxPixels;

    /// <summary>Of a colour profile; those of printing presses have two or three megabytes.</summary>
    public const int MaxProfileBytes = 4 * 1024 * 1024;

    /// <summary>
    /// How long a decode may take. A picture at all other limits takes a few seconds (ten on a busy machine); this
    /// limit covers cases that they miss.
    /// </summary>
    public static readonly TimeSpan MaxDecode = TimeSpan.FromSeconds(30);

    /// <summary>How long reading what a file says of its picture may take; it takes milliseconds.</summary>
    public static readonly TimeSpan MaxMetadata = TimeSpan.FromSeconds(5);

    /// <summary>Of one metadata block that is read at all; a longer one is dropped.</summary>
    public const int MaxMetadataBytes = 1024 * 1024;

    /// <summary>Refuses dimensions before anything is allocated for them.</summary>
    public static void Check(long width, long height)
    {
        if (width <= 0 || height <= 0)
            throw ImageRefusedException.Damaged("The image has no width or no height.");
        if (width > MaxSide || height > MaxSide)
            throw TooLarge($"The image is {width} × {height} pixels; each side may have at most {MaxSide}.");
        if (width * height > MaxPixels)
            throw TooLarge(
                $"The image is {width} × {height} pixels; it may have at most {MaxPixels / 1_000_000} megapixels."
            );
    }

    /// <summary>Refuses a colour profile that is too large.</summary>
    public static void CheckProfile(long bytes)
    {
        if (bytes > MaxProfileBytes)
            throw TooLarge(
                $"The image's colour profile is larger than {MaxProfileBytes / 1024 / 1024} MiB, which is the limit."
            );
    }

    /// <summary>Refuses a JPEG whose scans would be decoded for minutes.</summary>
    public static void CheckScans(int scans, long pixels)
    {
        if (scans * pixels > MaxScannedPixels)
            throw TooLarge(
                $"The JPEG's {scans} scans visit {scans * pixels} pixels; the limit is {MaxScannedPixels}."
            );
    }

    /// <summary>Refuses an AVIF that is composed of too many parts.</summary>
    public static void CheckParts(long pixels)
    {
        if (pixels > MaxPartPixels)
            throw TooLarge(
                $"The AVIF's parts have {pixels} pixels together; the limit is {MaxPartPixels / 1_000_000} million."
            );
    }

    public static ImageRefusedException TooLarge(FormattableString detail) =>
        new(ImageFault.TooLarge(FormattableString.Invariant(detail)));
}

/// <summary>Counts the frames of an animation, and refuses it when they are too many.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct FrameCount
{
    private int _frames;
    private long _pixels;

    public void Add(long width, long height, long frames = 1)
    {
        _frames = (int)Math.Min(_frames + frames, int.MaxValue);
        if (_frames > ImageLimits.MaxFrames)
            throw ImageLimits.TooLarge(
                $"The animation has more than {ImageLimits.MaxFrames} frames, which is the limit."
            );
        ImageLimits.Check(width, height);
        _pixels += width * height * frames;
        const long megapixels = ImageLimits.MaxAnimationPixels / 1_000_000;
        if (_pixels > ImageLimits.MaxAnimationPixels)
            throw ImageLimits.TooLarge(
                $"The animation's frames have more than {megapixels} megapixels together, which is the limit."
            );
    }
}
