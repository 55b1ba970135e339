using Cms.Images.Files;
using NetVips;

namespace Cms.Images;

/// <summary>A picture's tiny preview as a data URI: at most 16 × 16 pixels of WebP, some 100 to 200 bytes, to show until the file is there.</summary>
internal static class Placeholder
{
    private const int Side = 16;
    private const int Quality = 30;

    /// <param name="file">A sound file.</param>
    /// <param name="ct">Gives up before the work begins.</param>
    public static Task<string> MakeAsync(ReadOnlyMemory<byte> file, CancellationToken ct) =>
        Task.Run(
            () =>
            {
                Libvips.Prepare();
                using var thumbnail = Image.ThumbnailBuffer(
                    file.ToArray(),
                    Side,
                    height: Side,
                    size: Enums.Size.Down
                );
                var bytes = thumbnail.WebpsaveBuffer(q: Quality, keep: Enums.ForeignKeep.None);
                return "data:image/webp;base64," + Convert.ToBase64String(bytes);
            },
            ct
        );
}
