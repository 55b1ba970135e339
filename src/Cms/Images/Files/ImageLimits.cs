using System.Globalization;

namespace Cms.Images.Files;

/// <summary>How much of an image is taken in.</summary>
internal static class ImageLimits
{
    public const int MaxBytes = 25 * 1024 * 1024;

    /// <summary>Of one frame. A decoder may need six to eight bytes for each, so this also bounds the memory of a decode.</summary>
    public const long MaxPixels = 100_000_000;

    /// <summary>Of one metadata block that is read at all; a longer one is dropped.</summary>
    public const int MaxMetadataBytes = 1024 * 1024;

    /// <summary>Refuses dimensions before anything is allocated for them.</summary>
    public static void Check(long width, long height)
    {
        if (width <= 0 || height <= 0)
            throw ImageRefusedException.Damaged("The image has no width or no height.");
        if (width > MaxPixels || height > MaxPixels || width * height > MaxPixels)
            throw new ImageRefusedException(
                ImageFault.TooLarge(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"The image is {width} × {height} pixels; the most is {MaxPixels / 1_000_000} megapixels."
                    )
                )
            );
    }
}
