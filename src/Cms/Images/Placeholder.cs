using Cms.Images.Files;
using NetVips;

namespace Cms.Images;

/// <summary>
/// A picture's tiny preview as a data URI: at most 16 × 16 pixels of WebP, some 100 to 200 bytes, to show until the
/// file is there.
/// </summary>
internal static class Placeholder
{
    private const int Side = 16;
    private const int Quality = 30;

    /// <summary>Makes it; null when that fails: a picture without a preview is better than none.</summary>
    /// <param name="file">A sound file.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<string?> MakeAsync(ReadOnlyMemory<byte> file, CancellationToken ct)
    {
        try
        {
            return await Decoding.RunAsync(over => Make(file, over), ImageLimits.MaxDecode, ct);
        }
        catch (Exception e) when (e is ImageRefusedException or VipsException)
        {
            return null;
        }
    }

    private static string Make(ReadOnlyMemory<byte> file, CancellationToken over)
    {
        Libvips.Prepare();
        using var thumbnail = Image.ThumbnailBuffer(
            Libvips.ArrayOf(file),
            Side,
            height: Side,
            size: Enums.Size.Down
        );
        thumbnail.EndWith(over);
        var bytes = thumbnail.WebpsaveBuffer(q: Quality, keep: Enums.ForeignKeep.None);
        return "data:image/webp;base64," + Convert.ToBase64String(bytes);
    }
}
