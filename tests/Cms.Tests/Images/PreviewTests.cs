using Cms.Images.Previews;
using NetVips;

namespace Cms.Tests.Images;

/// <summary>What pages show of pictures before their files are there.</summary>
public sealed class PreviewTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Made by the reference implementation, the npm package thumbhash 0.1.1.
    [Theory]
    [InlineData(60, 40, false, "2/cFFY4EsUVzd4dxiAiHewzLU7Do")]
    [InlineData(40, 60, false, "HAgKFRIwSHV3R4dYh3JYuGC8B4S3")]
    [InlineData(50, 50, true, "3veFFQooCJuUiIUnOQmWiKCoQFlXaYd3dw==")]
    [InlineData(100, 3, false, "T9gGMYZSRcKgiHeIbE8owHc=")]
    [InlineData(1, 1, false, "AAgCBwAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData(3, 100, true, "0ReBEQATgMWXd4h/OwWIinZ4cHiIeIg=")]
    public void A_thumb_hash_is_that_of_the_reference(int width, int height, bool isTransparent, string hash)
    {
        var pixels = new byte[4 * width * height];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            (
                (ReadOnlySpan<byte>)
                    [
                        (byte)(x * 7),
                        (byte)(y * 11),
                        (byte)(x * y),
                        isTransparent ? (byte)((x * 5) + y) : (byte)255,
                    ]
            ).CopyTo(pixels.AsSpan(4 * ((y * width) + x)));

        Assert.Equal(hash, Convert.ToBase64String(ThumbHash.Of(pixels, width, height)));
    }

    [Fact]
    public async Task The_dominant_colour_is_one_that_the_picture_has()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var red = Flat(200, 120, [230, 20, 20]);
        using var blue = Flat(200, 80, [20, 20, 230]);
        using var both = red.Join(blue, Enums.Direction.Vertical);

        Assert.Matches(
            "^#e[56]1[345]1[345]$",
            (await Preview.MakeAsync(both.PngsaveBuffer(), Ct))!.DominantColor
        );
    }

    [Fact]
    public async Task Pictures_of_every_kind_have_a_preview()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var colour = Flat(300, 20, [200, 100, 50]);
        using var grey = colour.Colourspace(Enums.Interpretation.Bw);
        using var deep = colour.Colourspace(Enums.Interpretation.Rgb16);
        using var printed = colour.IccTransform("cmyk", inputProfile: "srgb");
        using var clear = colour.Bandjoin(0);
        using var dot = Flat(1, 1, [200, 100, 50]);

        foreach (
            var file in new[]
            {
                grey.PngsaveBuffer(),
                deep.PngsaveBuffer(),
                printed.JpegsaveBuffer(),
                dot.GifsaveBuffer(),
                clear.WebpsaveBuffer(lossless: true),
            }
        )
        {
            var preview = (await Preview.MakeAsync(file, Ct))!;
            Assert.InRange(preview.Placeholder.Length, 50, 400);
            Assert.InRange(preview.ThumbHash.Length, 20, 44);
        }
        Assert.Null((await Preview.MakeAsync(clear.PngsaveBuffer(), Ct))!.DominantColor);
        // Brown in print is still brown.
        Assert.Matches(
            "^#[b-d][0-9a-f][5-7][0-9a-f][2-5][0-9a-f]$",
            (await Preview.MakeAsync(printed.JpegsaveBuffer(q: 95), Ct))!.DominantColor
        );
    }

    private static Image Flat(int width, int height, double[] colour)
    {
        using var image = Image.Black(width, height, bands: 3).Linear([1], colour);
        using var bytes = image.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb);
    }
}
