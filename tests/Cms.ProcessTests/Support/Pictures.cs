using NetVips;

namespace Cms.ProcessTests.Support;

/// <summary>Pictures that the tests draw.</summary>
internal static class Pictures
{
    private static int _shade;

    /// <summary>A PNG that no other test has.</summary>
    public static byte[] Png()
    {
        var shade = Interlocked.Increment(ref _shade);
        using var black = Image.Black(40, 30, bands: 3);
        using var colour = black.Linear([1], [shade % 251, shade / 251 % 251, 7.0]);
        using var image = colour.Cast(Enums.BandFormat.Uchar);
        // Without metadata, so that it is stored as it is.
        return image.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }
}
