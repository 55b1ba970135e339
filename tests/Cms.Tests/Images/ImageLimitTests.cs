using System.IO.Compression;
using Cms.Images.Files;
using Cms.Images.Previews;
using NetVips;

namespace Cms.Tests.Images;

/// <summary>What a picture may cost whoever decodes it, and that a refusal names the limit.</summary>
public sealed class ImageLimitTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> LongPictures =>
        new()
        {
            { "png", Png(1, 100_000_000) },
            { "png", Png(32_768, 1) },
            { "jpeg", [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0xFF, 0xFF, 0, 1, 1, 1, 0x11, 0] },
            { "jpeg", [0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8, 0, 1, 0x80, 0, 1, 1, 0x11, 0] },
            { "gif", [.. "GIF89a"u8, 1, 0, 0xFF, 0xFF, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 0xFF, 0xFF, 0] },
            { "webp", WebpCanvas(0x100_0000, 1) },
            { "avif", AvifOf(1, 40_000) },
        };

    [Theory]
    [MemberData(nameof(LongPictures))]
    public void A_picture_that_is_too_long_is_known_by_its_header(string format, byte[] file) =>
        AssertTooLarge(format, file, "32767");

    [Fact]
    public async Task The_longest_picture_that_is_taken_is_decoded_and_has_a_preview()
    {
        foreach (var (width, height) in new[] { (1, ImageLimits.MaxSide), (ImageLimits.MaxSide, 1) })
        {
            using var line = Image.Black(width, height, bands: 3);

            var inspection = ImageFile.Inspect(line.PngsaveBuffer());

            Assert.True(inspection.IsSound, inspection.Fault?.Detail);
            Assert.StartsWith(
                "data:",
                (await Preview.MakeAsync(inspection.File.Bytes, Ct))?.Placeholder,
                StringComparison.Ordinal
            );
        }
    }

    public static TheoryData<string, byte[]> LongAnimations =>
        new()
        {
            { "gif", Gif(1, 1, ImageLimits.MaxFrames + 1) },
            { "webp", Webp(1, 1, ImageLimits.MaxFrames + 1) },
            { "png", Apng(1, 1, ImageLimits.MaxFrames + 1) },
            { "avif", AvifSequence((uint)ImageLimits.MaxFrames + 1) },
        };

    [Theory]
    [MemberData(nameof(LongAnimations))]
    public void An_animation_of_too_many_frames_is_refused(string format, byte[] file) =>
        AssertTooLarge(format, file, "2000 frames");

    public static TheoryData<string, byte[]> LargeAnimations =>
        new()
        {
            { "gif", Gif(10_000, 10_000, 11) },
            { "webp", Webp(10_000, 10_000, 11) },
            { "png", Apng(10_000, 10_000, 11) },
        };

    [Theory]
    [MemberData(nameof(LargeAnimations))]
    public void An_animation_of_too_many_pixels_is_refused(string format, byte[] file) =>
        AssertTooLarge(format, file, "1000 megapixels");

    [Fact]
    public void A_jpeg_that_goes_over_a_large_picture_again_and_again_is_refused()
    {
        // Empty scans: a decoder visits each block of each of them all the same.
        AssertTooLarge("jpeg", Jpeg(10_000, 10_000, scans: 21), "21 scans");
        AssertTooLarge("jpeg", Jpeg(8, 8, scans: 101), "100 scans");
        Assert.NotEqual(
            ImageFault.ImageTooLarge,
            ImageFile.Inspect(Jpeg(1_000, 1_000, scans: 60)).Fault?.Code
        );
    }

    [Fact]
    public void An_avif_is_not_put_together_from_more_than_its_picture_needs()
    {
        // The same samples under many names: each is decoded.
        var (file, items) = AvifOfTiles(10_000, 10_000, 5, references: 0);
        AssertTooLarge("avif", file, "400 million");
        Assert.Equal(5, items);
        // One tile, named often.
        AssertTooLarge("avif", AvifOfTiles(10_000, 10_000, 1, references: 5).File, "400 million");
    }

    [Fact]
    public void Items_of_an_avif_that_claim_the_file_again_and_again_are_damaged()
    {
        var file = Avif(
            [.. Enumerable.Range(1, 4).Select(id => (Id: id, From: 0, Length: 3_000))],
            new byte[3_000],
            references: 0
        );

        Assert.Equal(ImageFault.ImageDamaged, ImageFile.Inspect(file).Fault?.Code);
    }

    [Fact]
    public void A_colour_profile_that_is_a_burden_is_refused()
    {
        using var squeezed = new MemoryStream();
        using (var zlib = new ZLibStream(squeezed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(new byte[ImageLimits.MaxProfileBytes + 1]);
        var piece = new byte[60_000];
        "ICC_PROFILE\0"u8.CopyTo(piece);

        AssertTooLarge(
            "png",
            Pictures.Png([Pictures.PngChunk("iCCP", [.. "x\0\0"u8, .. squeezed.ToArray()])]),
            "4 MiB"
        );
        AssertTooLarge(
            "jpeg",
            Pictures.Jpeg(Enumerable.Repeat(Pictures.JpegSegment(0xE2, piece), 70)),
            "4 MiB"
        );
        AssertTooLarge(
            "webp",
            Pictures.Webp([Pictures.WebpChunk("ICCP", new byte[ImageLimits.MaxProfileBytes + 1])]),
            "4 MiB"
        );
    }

    [Fact]
    public async Task Work_that_takes_too_long_is_given_up_and_answered()
    {
        using var ended = new ManualResetEventSlim();
        var told = new TaskCompletionSource();

        var refused = await Assert.ThrowsAsync<ImageRefusedException>(() =>
            Decoding.RunAsync(
                over =>
                {
                    over.Register(told.SetResult);
                    // As a decoder that does not look up.
                    ended.Wait(CancellationToken.None);
                    return true;
                },
                TimeSpan.FromMilliseconds(50),
                Ct
            )
        );
        ended.Set();

        Assert.Equal(ImageFault.ImageTooLarge, refused.Fault.Code);
        Assert.Contains("0.05 seconds", refused.Fault.Detail, StringComparison.Ordinal);
        await told.Task.WaitAsync(Ct);
        // The place is free again: as many as there are can be had at once.
        Assert.True(await Decoding.RunAsync(_ => true, ImageLimits.MaxDecode, Ct));
    }

    [Fact]
    public async Task The_library_gives_up_when_it_is_told()
    {
        Libvips.Prepare();
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        using var image = Image.PngloadBuffer(
            Pictures.Draw(i => i.PngsaveBuffer(), width: 2_000, height: 2_000),
            access: Enums.Access.Sequential
        );
        image.EndWith(over.Token);

        Assert.ThrowsAny<VipsException>(() => image.Avg());
    }

    private static void AssertTooLarge(string format, byte[] file, string limit)
    {
        var fault = ImageFile.Inspect(file).Fault;

        Assert.True(fault?.Code is ImageFault.ImageTooLarge, $"{format}: {fault?.Code} {fault?.Detail}");
        Assert.Contains(limit, fault!.Detail, StringComparison.Ordinal);
    }

    private static byte[] Png(int width, int height) =>
        [
            .. Pictures.Plain("png")[..8],
            .. Header(width, height),
            .. Pictures.PngChunk("IDAT", []),
            .. Pictures.PngChunk("IEND", []),
        ];

    private static byte[] Header(int width, int height) =>
        Pictures.PngChunk("IHDR", [.. Blocks.BigEndian(width), .. Blocks.BigEndian(height), 1, 0, 0, 0, 0]);

    private static byte[] Apng(int width, int height, int frames)
    {
        byte[] control =
        [
            0,
            0,
            0,
            0,
            .. Blocks.BigEndian(width),
            .. Blocks.BigEndian(height),
            .. new byte[14],
        ];
        return
        [
            .. Pictures.Plain("png")[..8],
            .. Header(width, height),
            .. Enumerable.Repeat(Pictures.PngChunk("fcTL", control), frames).SelectMany(c => c),
            .. Pictures.PngChunk("IEND", []),
        ];
    }

    private static byte[] Gif(int width, int height, int frames)
    {
        byte[] size = [(byte)width, (byte)(width >> 8), (byte)height, (byte)(height >> 8)];
        byte[] frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        return
        [
            .. "GIF89a"u8,
            .. size,
            0x80,
            0,
            0,
            .. new byte[6],
            .. Enumerable.Repeat(frame, frames).SelectMany(f => f),
            0x3B,
        ];
    }

    private static byte[] WebpCanvas(int width, int height) =>
        Riff(Pictures.WebpChunk("VP8X", [0x02, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]));

    private static byte[] Webp(int width, int height, int frames)
    {
        byte[] picture = [0x2F, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] frame = Pictures.WebpChunk("ANMF", [.. new byte[16], .. Pictures.WebpChunk("VP8L", picture)]);
        return Riff([
            .. WebpCanvas(width, height)[12..],
            .. Enumerable.Repeat(frame, frames).SelectMany(f => f),
        ]);
    }

    private static byte[] Riff(byte[] chunks) =>
        [.. "RIFF"u8, .. BitConverter.GetBytes(chunks.Length + 4), .. "WEBP"u8, .. chunks];

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static byte[] Jpeg(int width, int height, int scans)
    {
        byte[] scan = [.. Pictures.JpegSegment(0xDA, [1, 1, 0, 0, 63, 0]), 0];
        return
        [
            0xFF,
            0xD8,
            .. Pictures.JpegSegment(
                0xC2,
                [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]
            ),
            .. Enumerable.Repeat(scan, scans).SelectMany(s => s),
            0xFF,
            0xD9,
        ];
    }

    private static byte[] AvifOf(int width, int height)
    {
        var file = (byte[])Pictures.Plain("avif").Clone();
        var at = file.AsSpan().IndexOf("ispe"u8) + 8;
        Blocks.BigEndian(width).CopyTo(file, at);
        Blocks.BigEndian(height).CopyTo(file, at + 4);
        return file;
    }

    private static byte[] AvifSequence(uint frames) =>
        [
            .. Pictures.Plain("avif"),
            .. AvifFile.Box(
                "moov",
                AvifFile.Box(
                    "trak",
                    AvifFile.Box(
                        "mdia",
                        AvifFile.Box(
                            "minf",
                            AvifFile.Box(
                                "stbl",
                                AvifFile.Box("stsz", [.. new byte[8], .. Blocks.BigEndian((int)frames)])
                            )
                        )
                    )
                )
            ),
        ];

    /// <summary>Items of one AV1 sequence header each, whose frames have the size.</summary>
    private static (byte[] File, int Items) AvifOfTiles(int width, int height, int tiles, int references)
    {
        // A reduced header of a still picture: 16 bits for each side.
        var bits = "000" + "1" + "1" + "00000" + "1111" + "1111" + Bits(width - 1) + Bits(height - 1);
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        var header = Enumerable
            .Range(0, bits.Length / 8)
            .Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))
            .ToArray();
        byte[] samples = [0x12, 0x00, 0x0A, (byte)header.Length, .. header];
        var data = Enumerable.Repeat(samples, tiles).SelectMany(s => s).ToArray();
        var items = Enumerable
            .Range(0, tiles)
            .Select(i => (Id: i + 1, From: i * samples.Length, samples.Length))
            .ToArray();
        return (Avif(items, data, references), items.Length);

        static string Bits(int value) => Convert.ToString(value, 2).PadLeft(16, '0');
    }

    private static byte[] Avif((int Id, int From, int Length)[] items, byte[] data, int references)
    {
        byte[] Meta(int dataAt) =>
            AvifFile.Box(
                "meta",
                [
                    0,
                    0,
                    0,
                    0,
                    .. AvifFile.Box("hdlr", [.. new byte[8], .. "pict"u8, .. new byte[13]]),
                    .. AvifFile.Box("pitm", [0, 0, 0, 0, 0, 1]),
                    .. AvifFile.Box(
                        "iinf",
                        [
                            0,
                            0,
                            0,
                            0,
                            0,
                            (byte)items.Length,
                            .. items.SelectMany(i =>
                                AvifFile.Box("infe", [2, 0, 0, 0, 0, (byte)i.Id, 0, 0, .. "av01"u8, 0])
                            ),
                        ]
                    ),
                    .. AvifFile.Box(
                        "iloc",
                        [
                            0,
                            0,
                            0,
                            0,
                            0x44,
                            0,
                            0,
                            (byte)items.Length,
                            .. items.SelectMany(i =>
                                (byte[])
                                    [
                                        0,
                                        (byte)i.Id,
                                        0,
                                        0,
                                        0,
                                        1,
                                        .. Blocks.BigEndian(dataAt + i.From),
                                        .. Blocks.BigEndian(i.Length),
                                    ]
                            ),
                        ]
                    ),
                    .. AvifFile.Box(
                        "iref",
                        [
                            0,
                            0,
                            0,
                            0,
                            .. AvifFile.Box(
                                "dimg",
                                [
                                    0,
                                    9,
                                    0,
                                    (byte)references,
                                    .. Enumerable.Repeat(new byte[] { 0, 1 }, references).SelectMany(r => r),
                                ]
                            ),
                        ]
                    ),
                ]
            );
        byte[] brand = AvifFile.Box("ftyp", [.. "avif"u8, 0, 0, 0, 0, .. "avifmif1"u8]);
        var meta = Meta(0);
        return [.. brand, .. Meta(brand.Length + meta.Length + 8), .. AvifFile.Box("mdat", data)];
    }
}
