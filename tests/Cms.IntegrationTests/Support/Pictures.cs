using NetVips;

namespace Cms.IntegrationTests.Support;

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
        return image.PngsaveBuffer();
    }
}
