using System.Security.Cryptography;
using System.Text;
using Cms.Images.Files;
using Cms.Images.Files.Containers;
using CsCheck;
using NetVips;

namespace Cms.Tests.Images;

/// <summary>What is taken in, what is refused, and with which words.</summary>
public sealed class ImageFileTests
{
    private static readonly string[] Formats = ["jpeg", "png", "webp", "gif", "avif"];

    public static TheoryData<string> AllFormats => [.. Formats];

    public static TheoryData<string, int> FormatsAndOrientations =>
        [
            .. from format in (string[])["jpeg", "png", "webp"]
            from orientation in Enumerable.Range(1, 8)
            select (format, orientation),
        ];

    [Theory]
    [MemberData(nameof(AllFormats))]
    public async Task A_sound_file_is_described(string format)
    {
        var upload = Pictures.Located(format);

        await using var stream = new MemoryStream(upload);
        var inspection = await ImageFile.InspectAsync(stream, TestContext.Current.CancellationToken);

        var file = Assert.IsType<ImageFile>(inspection.File);
        Assert.Null(inspection.Fault);
        Assert.Equal("image/" + format, file.MediaType);
        Assert.Equal((Pictures.Width, Pictures.Height), (file.Width, file.Height));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(upload)), file.Sha256);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file.Bytes.Span)), file.BytesSha256);
    }

    [Theory]
    [MemberData(nameof(AllFormats))]
    public void What_is_delivered_is_taken_in_again_unchanged(string format)
    {
        var once = ImageFile.Inspect(Pictures.Located(format)).File!;

        var twice = ImageFile.Inspect(once.Bytes).File!;

        Assert.Equal(once.BytesSha256, twice.BytesSha256);
    }

    [Theory]
    [MemberData(nameof(FormatsAndOrientations))]
    public void Width_and_height_are_those_of_the_turned_picture(string format, int orientation)
    {
        var file = ImageFile.Inspect(Pictures.Located(format, orientation: (ushort)orientation)).File!;

        var expected =
            orientation >= 5 ? (Pictures.Height, Pictures.Width) : (Pictures.Width, Pictures.Height);
        Assert.Equal(expected, (file.Width, file.Height));
    }

    [Theory]
    [MemberData(nameof(AllFormats))]
    public void A_file_cut_off_anywhere_is_damaged(string format)
    {
        var whole = Pictures.Plain(format);
        foreach (var part in (double[])[0.999, 0.9, 0.5, 0.2])
        {
            var inspection = ImageFile.Inspect(whole.AsMemory(0, (int)(whole.Length * part)));

            Assert.Equal(ImageFault.ImageDamaged, inspection.Fault?.Code);
        }
    }

    [Fact]
    public void A_picture_whose_samples_break_off_within_a_whole_container_is_damaged()
    {
        // Half of the samples in a chunk with the right checksum: only a decode finds it.
        var samples = new byte[20];
        var png = (byte[])
            [
                .. Pictures.Plain("png")[..33],
                .. Pictures.PngChunk("IDAT", [0x78, 0x9C, .. samples]),
                .. Pictures.PngChunk("IEND", []),
            ];

        Assert.Equal(ImageFault.ImageDamaged, ImageFile.Inspect(png).Fault?.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\"/>")]
    [InlineData("<!doctype html><title>picture.jpg</title>")]
    [InlineData("%PDF-1.7\n")]
    [InlineData("BM\u0001\0\0\0\0\0\0\0")]
    [InlineData("II*\0\b\0\0\0\0\0\0\0\0\0\0\0")]
    [InlineData("\0\0\0\u0018ftypheic\0\0\0\0mif1heic")]
    [InlineData("\0\0\0\u0018ftypmp42\0\0\0\0isommp42")]
    [InlineData("RIFF\u0010\0\0\0WAVEfmt ")]
    [InlineData("\0\0\0\u0010ftypheic\0\0\0\0avif is outside")]
    public void What_is_none_of_the_five_formats_is_refused_by_its_bytes(string content)
    {
        var inspection = ImageFile.Inspect(Encoding.Latin1.GetBytes(content));

        Assert.Equal(ImageFault.UnsupportedImage, inspection.Fault?.Code);
    }

    [Fact]
    public void A_heic_that_calls_itself_avif_is_refused()
    {
        var upload = (byte[])Pictures.Plain("avif").Clone();
        var at = upload.AsSpan().IndexOf("av01"u8);
        "hvc1"u8.CopyTo(upload.AsSpan(at));

        Assert.Equal(ImageFault.UnsupportedImage, ImageFile.Inspect(upload).Fault?.Code);
    }

    [Fact]
    public void Loaders_that_are_not_needed_are_blocked()
    {
        Libvips.Prepare();

        Assert.ThrowsAny<VipsException>(() =>
        {
            using var image = Image.NewFromBuffer(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"
            );
        });
        using var picture = Image.Black(4, 4);
        var tiff = picture.TiffsaveBuffer();
        Assert.ThrowsAny<VipsException>(() =>
        {
            using var image = Image.NewFromBuffer(tiff);
        });
    }

    public static TheoryData<string, byte[]> Bombs =>
        new()
        {
            { "png", PngOf(30_000, 30_000) },
            { "png", PngOf(uint.MaxValue, 1) },
            { "jpeg", [0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8, 0x75, 0x30, 0x75, 0x30, 1, 1, 0x11, 0] },
            { "gif", [.. "GIF89a"u8, 0x30, 0x75, 0x30, 0x75, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0] },
            {
                "webp",
                [
                    .. "RIFF"u8,
                    22,
                    0,
                    0,
                    0,
                    .. "WEBPVP8X"u8,
                    10,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0x2F,
                    0x75,
                    0,
                    0x2F,
                    0x75,
                    0,
                ]
            },
        };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_known_by_its_header(string format, byte[] bomb)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        var fault = ImageFile.Inspect(bomb).Fault;

        Assert.True(fault?.Code is ImageFault.ImageTooLarge, format + ": " + fault?.Detail);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void An_avif_bomb_is_known_by_its_header()
    {
        var upload = (byte[])Pictures.Plain("avif").Clone();
        var at = upload.AsSpan().IndexOf("ispe"u8) + 8;
        Blocks.BigEndian(30_000).CopyTo(upload, at);
        Blocks.BigEndian(30_000).CopyTo(upload, at + 4);

        Assert.Equal(ImageFault.ImageTooLarge, ImageFile.Inspect(upload).Fault?.Code);
    }

    [Theory]
    [InlineData("000" + "1" + "1" + "00000")] // a reduced header
    [InlineData("000" + "1" + "0" + "0" + "0" + "00000" + "000000000000" + "00100")] // one operating point
    [InlineData(
        "000"
            + "0"
            + "0"
            + "0"
            + "1"
            + "00001"
            + "000000000000"
            + "01000"
            + "1"
            + "0"
            + "000000000000"
            + "00100"
            + "1"
            + "0000"
    )]
    public void An_avif_that_lies_about_its_size_is_known_by_its_samples(string start)
    {
        byte[] Item(int width, int height)
        {
            var bits = start + "1111" + "1111" + Bits(width - 1) + Bits(height - 1) + "0000000";
            var header = Enumerable
                .Range(0, bits.Length / 8)
                .Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))
                .ToArray();
            return [0x12, 0x00, 0x0A, (byte)header.Length, .. header];
        }

        Av1.CheckSize(Item(10_000, 10_000));
        var refused = Assert.Throws<ImageRefusedException>(() => Av1.CheckSize(Item(10_000, 10_001)));
        Assert.Equal(ImageFault.ImageTooLarge, refused.Fault.Code);

        // The same at the start of a file's samples.
        var upload = (byte[])Pictures.Plain("avif").Clone();
        Item(30_000, 30_000).CopyTo(upload, upload.AsSpan().IndexOf("mdat"u8) + 4);
        Assert.Equal(ImageFault.ImageTooLarge, ImageFile.Inspect(upload).Fault?.Code);

        static string Bits(int value) => Convert.ToString(value, 2).PadLeft(16, '0');
    }

    [Fact]
    public void A_file_that_only_half_claims_its_format_is_refused()
    {
        // Renditions are made by a library that goes by the first brand; it must know what was taken in.
        var upload = (byte[])Pictures.Plain("avif").Clone();
        "K\0\0\0"u8.CopyTo(upload.AsSpan(8));

        Assert.Equal(ImageFault.ImageDamaged, ImageFile.Inspect(upload).Fault?.Code);
    }

    [Fact]
    public void A_file_of_too_many_bytes_is_refused_and_one_at_the_limit_is_not()
    {
        var plain = Pictures.Plain("png");
        var most = new byte[ImageLimits.MaxBytes];
        plain.CopyTo(most, 0);

        Assert.True(ImageFile.Inspect(most).IsSound);
        Assert.Equal(ImageFault.FileTooLarge, ImageFile.Inspect((byte[])[.. most, 0]).Fault?.Code);
    }

    [Theory]
    [InlineData("gif")]
    [InlineData("webp")]
    public void An_animation_keeps_its_frames(string format)
    {
        Libvips.Prepare();
        using var first = Image.Black(16, 16, bands: 3).Copy(interpretation: Enums.Interpretation.Srgb);
        using var frames = Image.Arrayjoin([first, first.Invert(), first + 90], across: 1);
        using var pages = frames
            .Cast(Enums.BandFormat.Uchar)
            .Mutate(i => i.Set(GValue.GIntType, "page-height", 16));
        var upload = format is "gif" ? pages.GifsaveBuffer() : pages.WebpsaveBuffer(lossless: true);

        var file = ImageFile.Inspect(upload).File!;

        Assert.Equal((16, 16), (file.Width, file.Height));
        using var before = Image.NewFromBuffer(upload, "[n=-1]");
        using var after = Image.NewFromBuffer(file.Bytes.ToArray(), "[n=-1]");
        Assert.Equal(48, after.Height);
        Assert.Equal(before.WriteToMemory<byte>(), after.WriteToMemory<byte>());
    }

    [Fact]
    public void A_gray_or_transparent_or_deep_png_is_delivered_as_it_came()
    {
        foreach (var kind in (string[])["gray", "alpha", "deep", "interlaced"])
        {
            var upload = Pictures.Draw(i =>
                kind switch
                {
                    "gray" => i.Colourspace(Enums.Interpretation.Bw).PngsaveBuffer(),
                    "alpha" => i.Bandjoin(128).PngsaveBuffer(),
                    "deep" => i.Colourspace(Enums.Interpretation.Rgb16).PngsaveBuffer(),
                    _ => i.PngsaveBuffer(interlace: true),
                }
            );

            var file = ImageFile.Inspect(upload).File;

            Assert.NotNull(file);
            Assert.Equal(Pictures.Pixels(upload), Pictures.Pixels(file.Bytes));
        }
    }

    [Fact]
    public void A_JPEG_that_does_not_say_how_large_it_is_is_damaged()
    {
        byte[] jpeg = [.. Pictures.Plain("jpeg")];
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        // A comment now.
        jpeg[frame + 1] = 0xFE;

        Assert.Equal("image-damaged", ImageFile.Inspect(jpeg).Fault?.Code);
    }

    /// <summary>Each kilobyte with <c>CMS_DEEP_TESTS</c>, otherwise seven places.</summary>
    [Theory]
    [MemberData(nameof(AllFormats))]
    public void A_file_that_ends_early_is_damaged_wherever_it_ends(string format)
    {
        var file = Pictures.Draw(_ =>
        {
            using var noise = Image.Gaussnoise(600, 400, sigma: 60, seed: 1).Cast(Enums.BandFormat.Uchar);
            using var colour = noise.Bandjoin(noise.Rot180(), noise.Flip(Enums.Direction.Vertical));
            using var plain = colour.Copy(interpretation: Enums.Interpretation.Srgb);
            return format switch
            {
                "jpeg" => plain.JpegsaveBuffer(interlace: true),
                "png" => plain.PngsaveBuffer(),
                "webp" => plain.WebpsaveBuffer(),
                "gif" => plain.GifsaveBuffer(),
                _ => plain.HeifsaveBuffer(compression: Enums.ForeignHeifCompression.Av1, effort: 0),
            };
        });
        Assert.True(ImageFile.Inspect(file).IsSound);
        Assert.True(file.Length > 30_000);
        var step = Environment.GetEnvironmentVariable("CMS_DEEP_TESTS") == "1" ? 1024 : file.Length / 7;

        for (var length = step; length < file.Length; length += step)
            Assert.Equal(
                (length, "image-damaged"),
                (length, ImageFile.Inspect(file.AsMemory(0, length)).Fault?.Code)
            );
        Assert.Equal("image-damaged", ImageFile.Inspect(file.AsMemory(0, file.Length - 1)).Fault?.Code);
    }

    [Fact]
    public void No_mutation_of_a_sound_file_throws_or_hangs()
    {
        var sources = Formats
            .Select(f => Pictures.Located(f))
            .Append(AvifFile.With(Pictures.Plain("avif"), Blocks.Exif(true), Blocks.Xmp(), inMeta: true))
            .ToArray();
        var change = Gen.Select(Gen.Double[0, 1], Gen.Byte, Gen.Int[0, 3]);
        Gen.Select(Gen.Int[0, sources.Length - 1], change.Array[1, 12])
            .Sample(
                (source, changes) =>
                {
                    var bytes = Mutate(sources[source], changes);
                    var inspection = ImageFile.Inspect(bytes);
                    if (inspection.IsSound)
                        _ = Pictures.Pixels(inspection.File.Bytes);
                },
                iter: 1500,
                threads: 1
            );
    }

    private static byte[] Mutate(byte[] source, (double Where, byte Value, int Kind)[] changes)
    {
        var bytes = source.ToList();
        foreach (var (where, value, kind) in changes)
        {
            // Half of the blows fall on the first part, where the structure is.
            var at = (int)(where * where * (bytes.Count - 1));
            switch (kind)
            {
                case 0:
                    bytes[at] = value;
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << (value & 7));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(value / 16, bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat(value, value / 16));
                    break;
            }

            if (bytes.Count == 0)
                return [];
        }

        return [.. bytes];
    }

    private static byte[] PngOf(uint width, uint height) =>
        [
            .. Pictures.Plain("png")[..8],
            .. Pictures.PngChunk(
                "IHDR",
                [.. Blocks.BigEndian((int)width), .. Blocks.BigEndian((int)height), 8, 2, 0, 0, 0]
            ),
            .. Pictures.PngChunk("IEND", []),
        ];
}
