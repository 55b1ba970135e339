using System.Globalization;
using Cms.Images.Files;
using NetVips;

namespace Cms.Images.Previews;

/// <summary>What a page can show of a picture before its file is there.</summary>
internal sealed record Preview
{
    private const int PlaceholderSide = 16;
    private const int PlaceholderQuality = 30;

    /// <summary>At most 16 × 16 pixels of WebP as a data URI, some 100 to 200 bytes.</summary>
    public required string Placeholder { get; init; }

    /// <summary>The <see cref="Previews.ThumbHash"/> in Base64.</summary>
    public required string ThumbHash { get; init; }

    /// <summary>As CSS has it, such as <c>#1f4e79</c>; null: nothing of the picture can be seen.</summary>
    public required string? DominantColor { get; init; }

    /// <summary>Makes it; null when that fails: a picture without a preview is better than none.</summary>
    /// <param name="file">A sound file.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<Preview?> MakeAsync(ReadOnlyMemory<byte> file, CancellationToken ct)
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

    private static Preview Make(ReadOnlyMemory<byte> file, CancellationToken over)
    {
        Libvips.Prepare();
        using var scaled = Image.ThumbnailBuffer(
            Libvips.ArrayOf(file),
            Previews.ThumbHash.MaxSide,
            height: Previews.ThumbHash.MaxSide,
            size: Enums.Size.Down,
            outputProfile: "srgb",
            intent: Enums.Intent.Relative
        );
        scaled.EndWith(over);
        using var small = scaled.CopyMemory();
        using var coloured = small.Colourspace(Enums.Interpretation.Srgb);
        using var opaque = coloured.HasAlpha() ? coloured.Copy() : coloured.Bandjoin(255);
        using var bytes = opaque.Cast(Enums.BandFormat.Uchar);
        var pixels = bytes.WriteToMemory<byte>();
        return new()
        {
            Placeholder = PlaceholderOf(bytes),
            ThumbHash = Convert.ToBase64String(Previews.ThumbHash.Of(pixels, bytes.Width, bytes.Height)),
            DominantColor = MostCommon(pixels),
        };
    }

    private static string PlaceholderOf(Image picture)
    {
        using var tiny = picture.ThumbnailImage(
            PlaceholderSide,
            height: PlaceholderSide,
            size: Enums.Size.Down
        );
        var bytes = tiny.WebpsaveBuffer(q: PlaceholderQuality, keep: Enums.ForeignKeep.None);
        return "data:image/webp;base64," + Convert.ToBase64String(bytes);
    }

    /// <summary>
    /// The colour that most pixels have, give or take a sixteenth of each of its parts. An average would be a grey that
    /// is nowhere in the picture.
    /// </summary>
    private static string? MostCommon(ReadOnlySpan<byte> pixels)
    {
        var bins = new (int Count, int Red, int Green, int Blue)[16 * 16 * 16];
        for (var i = 0; i < pixels.Length; i += 4)
        {
            if (pixels[i + 3] < 128)
                continue;
            ref var bin = ref bins[(pixels[i] >> 4 << 8) | (pixels[i + 1] >> 4 << 4) | (pixels[i + 2] >> 4)];
            bin.Count++;
            bin.Red += pixels[i];
            bin.Green += pixels[i + 1];
            bin.Blue += pixels[i + 2];
        }
        var (count, red, green, blue) = bins.MaxBy(bin => bin.Count);
        return count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"#{red / count:x2}{green / count:x2}{blue / count:x2}"
            );
    }
}
