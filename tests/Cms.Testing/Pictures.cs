using NetVips;

namespace Cms.Testing;

/// <summary>Pictures that the tests draw.</summary>
internal static class Pictures
{
    private static int _shade;

    /// <summary>A PNG that no other test has.</summary>
    public static byte[] Png(int width = 40, int height = 30)
    {
        var shade = Interlocked.Increment(ref _shade);
        Cms.Images.Files.Libvips.Prepare();
        using var image = Image
            .Black(width, height, bands: 3)
            .Linear([1], [shade % 251, shade / 251 % 251, 7.0])
            .Cast(Enums.BandFormat.Uchar);
        // Without metadata, so that it is stored as it is.
        return image.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    /// <summary>A PNG that hardly gets smaller by compression, and that nobody else has.</summary>
    public static byte[] Noise(int width, int height)
    {
        Cms.Images.Files.Libvips.Prepare();
        using var noise = Image
            .Gaussnoise(width, height, mean: 128, sigma: 40, seed: Random.Shared.Next())
            .Cast(Enums.BandFormat.Uchar);
        return noise.PngsaveBuffer();
    }

    /// <summary>A JPEG in colour as cameras make them, but quickly drawn.</summary>
    public static byte[] Photograph(int width, int height)
    {
        const int Tile = 256;
        Cms.Images.Files.Libvips.Prepare();
        using var grey = Image.Gaussnoise(Tile, Tile, mean: 128, sigma: 20).Cast(Enums.BandFormat.Uchar);
        using var tile = grey.Bandjoin(grey.Rot90(), grey.Rot180())
            .Copy(interpretation: Enums.Interpretation.Srgb)
            .CopyMemory();
        using var whole = tile.Replicate((width / Tile) + 1, (height / Tile) + 1).Crop(0, 0, width, height);
        return whole.JpegsaveBuffer(q: 60, keep: Enums.ForeignKeep.None);
    }

    /// <summary>The same JPEG as another file: with this resolution, which is kept.</summary>
    public static byte[] WithResolution(byte[] jpeg, int dots) =>
        [
            .. jpeg[..2],
            .. (byte[])[0xFF, 0xE0, 0, 16],
            .. "JFIF\0"u8,
            .. (byte[])[1, 2, 1, 0, (byte)dots, 0, (byte)dots, 0, 0],
            .. jpeg[2..],
        ];
}
