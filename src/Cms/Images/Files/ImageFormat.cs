using Cms.Images.Files.Containers;

namespace Cms.Images.Files;

/// <summary>The formats that are taken in, and delivered as they came.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
    Webp,
    Gif,
    Avif,
}

/// <summary>What a format is called, and how its bytes betray it.</summary>
internal static class ImageFormats
{
    public static string MediaType(this ImageFormat format) =>
        format switch
        {
            ImageFormat.Jpeg => "image/jpeg",
            ImageFormat.Png => "image/png",
            ImageFormat.Webp => "image/webp",
            ImageFormat.Gif => "image/gif",
            ImageFormat.Avif => "image/avif",
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };

    /// <summary>Whether a file of the format may be animated.</summary>
    public static bool MayMove(this ImageFormat format) => format is ImageFormat.Gif or ImageFormat.Webp;

    /// <summary>The format of a media type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of ours.</exception>
    public static ImageFormat Of(string mediaType) =>
        Enum.GetValues<ImageFormat>()
            .Where(format => format.MediaType() == mediaType)
            .Cast<ImageFormat?>()
            .FirstOrDefault()
        ?? throw new ArgumentOutOfRangeException(
            nameof(mediaType),
            mediaType,
            "No image format has this type."
        );

    /// <summary>
    /// Recognises a format by its first bytes; null when it is none of ours, whatever the file is called.
    /// </summary>
    public static ImageFormat? Recognise(ReadOnlySpan<byte> file) =>
        file switch
        {
            _ when file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) => ImageFormat.Jpeg,
            _ when file.StartsWith(PngContainer.Signature) => ImageFormat.Png,
            _ when file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8) => ImageFormat.Gif,
            _ when file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) =>
                ImageFormat.Webp,
            _ when AvifContainer.HasAvifBrand(file) => ImageFormat.Avif,
            _ => null,
        };
}
