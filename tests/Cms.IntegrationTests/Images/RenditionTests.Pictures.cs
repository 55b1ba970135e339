using System.Text;
using Cms.IntegrationTests.Http;
using Microsoft.Extensions.DependencyInjection;
using NetVips;

namespace Cms.IntegrationTests.Images;

/// <content>What the pictures show.</content>
public sealed partial class RenditionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Renditions_are_upright(int orientation)
    {
        var id = await UploadAsync(Turned(orientation));

        var bytes = await (await GetAsync($"{id}/w64-png")).BytesAsync();

        // Upright, the top left quarter is red.
        using var image = Image.NewFromBuffer(bytes);
        Assert.Equal((64, 32), (image.Width, image.Height));
        Assert.True(image[8, 8] is [> 200, < 60, ..], $"{orientation}: {string.Join(' ', image[8, 8])}");
        Assert.False(image[56, 24] is [> 200, < 60, ..]);
    }

    [Fact]
    public async Task An_animation_stays_one_as_webp_and_still_gives_its_first_frame()
    {
        var id = await UploadAsync(Animation());

        using var moving = Image.NewFromBuffer(await (await GetAsync($"{id}/w32", Browser)).BytesAsync());
        Assert.Equal(4, (int)moving.Get("n-pages"));
        using var cropped = Image.NewFromBuffer(
            await (await GetAsync($"{id}/w16-1x1")).BytesAsync(),
            "[n=-1]"
        );
        Assert.Equal((16, 64), (cropped.Width, cropped.Height));
        Assert.Equal(16, cropped.PageHeight);
        Assert.Equal([70, 70, 70, 70], (int[])cropped.Get("delay"));
        using var still = Image.NewFromBuffer(
            await (await GetAsync($"{id}/w32-still", Browser)).BytesAsync()
        );
        Assert.True(!still.Contains("n-pages") || (int)still.Get("n-pages") == 1);
    }

    [Fact]
    public async Task An_animation_that_would_cost_too_much_stands_still_and_is_never_cut_short()
    {
        var id = await UploadAsync(FlatGif.Of(2_000, 2_000, frames: 26, drawnWidth: 500, drawnHeight: 500));

        using var made = Image.NewFromBuffer(await (await GetAsync($"{id}/w16", Browser)).BytesAsync());

        Assert.Equal(1, made.Contains("n-pages") ? (int)made.Get("n-pages") : 1);
        Assert.Equal((16, 16), (made.Width, made.Height));
    }

    [Fact]
    public async Task The_colours_of_an_animation_are_converted_too()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var flat = Flat(64, 128, 220, 40, 40);
        using var wide = flat.IccTransform("p3", inputProfile: "srgb");
        using var frames = wide.Mutate(i =>
        {
            i.Set(GValue.GIntType, "page-height", 64);
            i.Set(GValue.ArrayIntType, "delay", new[] { 70, 70 });
        });
        // Frames that are alike would become one.
        using var dot = Flat(8, 8, 0, 0, 0);
        using var told = frames.Insert(dot, 40, 100);
        var id = await UploadAsync(told.WebpsaveBuffer(lossless: true));

        using var made = Image.NewFromBuffer(
            await (await GetAsync($"{id}/w32-webp-q95")).BytesAsync(),
            "[n=-1]"
        );

        Assert.Equal((32, 64), (made.Width, made.Height));
        using var pixel = made.ExtractArea(5, 5, 1, 1);
        using var wanted = Flat(1, 1, 220, 40, 40);
        using var difference = pixel.ExtractBand(0, n: 3).DE00(wanted);
        Assert.InRange(difference[0, 0][0], 0, 2.5);
    }

    [Fact]
    public async Task Transparency_stays_where_the_format_has_it_and_becomes_white_elsewhere()
    {
        var id = await UploadAsync(Transparent());

        foreach (var format in new[] { "avif", "webp", "png" })
        {
            using var image = Image.NewFromBuffer(await (await GetAsync($"{id}/w32-{format}")).BytesAsync());
            Assert.True(image.HasAlpha(), format);
            Assert.InRange(image[16, 16][^1], 0, 3);
        }
        Assert.Equal("image/png", (await GetAsync($"{id}/w32")).Field("Content-Type"));
        using var opaque = Image.NewFromBuffer(await (await GetAsync($"{id}/w32-jpeg")).BytesAsync());
        Assert.All(opaque[16, 16], band => Assert.InRange(band, 250, 255));
    }

    [Fact]
    public async Task Sixteen_bits_and_printing_colours_become_eight_bits_of_srgb()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var grey = Image.Black(64, 64).Linear([1], [32_768]).Cast(Enums.BandFormat.Ushort);
        using var deep = grey.Bandjoin(grey, grey).Copy(interpretation: Enums.Interpretation.Rgb16);
        using var plain = Image
            .Black(64, 64, bands: 3)
            .Linear([1], [230, 40, 40])
            .Cast(Enums.BandFormat.Uchar);
        using var red = plain.Copy(interpretation: Enums.Interpretation.Srgb);
        using var printed = red.IccTransform("cmyk", inputProfile: "srgb");

        using var fromDeep = Image.NewFromBuffer(
            await (await GetAsync($"{await UploadAsync(deep.PngsaveBuffer())}/w32-png")).BytesAsync()
        );
        using var fromPrinted = Image.NewFromBuffer(
            await (await GetAsync($"{await UploadAsync(printed.JpegsaveBuffer(q: 95))}/w32-png")).BytesAsync()
        );

        Assert.Equal(Enums.BandFormat.Uchar, fromDeep.Format);
        Assert.All(fromDeep[5, 5], band => Assert.InRange(band, 126, 130));
        Assert.Equal(3, fromPrinted.Bands);
        Assert.InRange(fromPrinted[5, 5][0], 200, 255);
        Assert.InRange(fromPrinted[5, 5][1], 0, 90);
    }

    [Fact]
    public async Task Wide_colours_are_converted_and_the_profile_is_gone()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var plain = Image
            .Black(64, 64, bands: 3)
            .Linear([1], [200, 100, 50])
            .Cast(Enums.BandFormat.Uchar);
        using var srgb = plain.Copy(interpretation: Enums.Interpretation.Srgb);
        using var wide = srgb.IccTransform("p3", inputProfile: "srgb");
        Assert.NotEqual(200, wide[5, 5][0]);
        var id = await UploadAsync(wide.PngsaveBuffer());

        using var back = Image.NewFromBuffer(await (await GetAsync($"{id}/w32-png")).BytesAsync());

        Assert.False(back.Contains("icc-profile-data"));
        using var wanted = Image
            .Black(1, 1, bands: 3)
            .Linear([1], [200, 100, 50])
            .Copy(interpretation: Enums.Interpretation.Srgb);
        using var difference = back.ExtractArea(5, 5, 1, 1).DE00(wanted);
        Assert.InRange(difference[0, 0][0], 0, 2);
    }

    [Fact]
    public async Task Credit_stays_and_nothing_else_that_the_camera_wrote()
    {
        Cms.Images.Files.Libvips.Prepare();
        const string Packet = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
                photoshop:Credit="Ines Okafor" photoshop:City="Secretville"/></rdf:RDF></x:xmpmeta>
            """;
        using var image = Image.NewFromBuffer(Pictures.Photograph(300, 200));
        using var told = image.Mutate(i =>
            i.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes(Packet))
        );
        var id = await UploadAsync(told.JpegsaveBuffer());

        foreach (var format in new[] { "jpeg", "webp", "png", "avif" })
        {
            using var made = Image.NewFromBuffer(await (await GetAsync($"{id}/w64-{format}")).BytesAsync());
            var text = Encoding.UTF8.GetString((byte[])made.Get("xmp-data"));
            Assert.Contains("Ines Okafor", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Secretville", text, StringComparison.Ordinal);
        }
    }

    private static bool IsRed(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        return image[image.Width / 2, image.Height / 2] is [> 200, < 60, ..];
    }

    /// <summary>The left half is red, the other one green.</summary>
    private static byte[] HalfRed(int width, int height)
    {
        Cms.Images.Files.Libvips.Prepare();
        using var red = Flat(width / 2, height, 230, 20, 20);
        using var green = Flat(width / 2, height, 20, 230, 20);
        using var both = red.Join(green, Enums.Direction.Horizontal);
        return both.PngsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    /// <summary>A JPEG that shows 128 × 64 pixels with a red quarter at the top left, stored in another way.</summary>
    private static byte[] Turned(int orientation)
    {
        Cms.Images.Files.Libvips.Prepare();
        using var white = Flat(128, 64, 250, 250, 250);
        using var quarter = Flat(64, 32, 230, 20, 20);
        using var upright = white.Insert(quarter, 0, 0).CopyMemory();
        // What turns the stored picture upright is undone here.
        using var stored = orientation switch
        {
            2 => upright.Flip(Enums.Direction.Horizontal),
            3 => upright.Rot180(),
            4 => upright.Flip(Enums.Direction.Vertical),
            5 => upright.Rot90().Flip(Enums.Direction.Horizontal),
            6 => upright.Rot270(),
            7 => upright.Rot270().Flip(Enums.Direction.Horizontal),
            8 => upright.Rot90(),
            _ => upright.Copy(),
        };
        using var told = stored.Mutate(i => i.Set(GValue.GIntType, "orientation", orientation));
        return told.JpegsaveBuffer(q: 95);
    }

    private static byte[] Animation()
    {
        Cms.Images.Files.Libvips.Prepare();
        Image[] frames = [.. Enumerable.Range(0, 4).Select(i => Flat(64, 48, 60 * i, 20, 200))];
        using var all = Image.Arrayjoin(frames, across: 1);
        using var told = all.Mutate(i =>
        {
            i.Set(GValue.GIntType, "page-height", 48);
            i.Set(GValue.ArrayIntType, "delay", new[] { 70, 70, 70, 70 });
        });
        return told.GifsaveBuffer();
    }

    private static byte[] Transparent()
    {
        Cms.Images.Files.Libvips.Prepare();
        using var colour = Flat(64, 64, 20, 20, 230);
        using var alpha = Image.Black(64, 64).Cast(Enums.BandFormat.Uchar);
        using var both = colour.Bandjoin(alpha);
        return both.PngsaveBuffer();
    }

    private static Image Flat(int width, int height, int red, int green, int blue)
    {
        using var image = Image.Black(width, height, bands: 3).Linear([1], [red, green, blue]);
        using var bytes = image.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Srgb).CopyMemory();
    }
}
