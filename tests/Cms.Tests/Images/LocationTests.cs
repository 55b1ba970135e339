using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Cms.Images.Files;
using Cms.Images.Files.Containers;
using NetVips;

namespace Cms.Tests.Images;

/// <summary>
/// Where a picture was taken is never delivered, nor anything else that is not for readers; the picture, its rights and
/// its colours are.
/// </summary>
public sealed class LocationTests
{
    public static TheoryData<string, bool> FormatsAndByteOrders =>
        [
            .. from format in (string[])["jpeg", "png", "webp", "gif", "avif"]
            from littleEndian in (bool[])[true, false]
            select (format, littleEndian),
        ];

    [Theory]
    [MemberData(nameof(FormatsAndByteOrders))]
    public void A_place_in_exif_and_xmp_is_gone_and_the_pixels_are_the_same(string format, bool littleEndian)
    {
        var upload = Pictures.Located(format, littleEndian);
        Assert.True(HoldsSecret(upload));

        var bytes = Delivered(upload);

        AssertNoPlace(bytes);
        Assert.Equal(Pictures.Pixels(upload), Pictures.Pixels(bytes));
    }

    [Theory]
    [MemberData(nameof(FormatsAndByteOrders))]
    public void Copyright_credit_orientation_and_profile_stay(string format, bool littleEndian)
    {
        var bytes = Delivered(Pictures.Located(format, littleEndian, orientation: 3)).ToArray();

        var text = Encoding.UTF8.GetString(bytes);
        Assert.Contains(
            $"<rdf:li xml:lang=\"x-default\">{Blocks.Copyright}</rdf:li>",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("photoshop:Credit=\"Morning &amp; Evening\"", text, StringComparison.Ordinal);
        Assert.Contains("<rdf:li>Jo Marsh</rdf:li>", text, StringComparison.Ordinal);
        if (format is "gif")
            return;

        using var image = Image.NewFromBuffer(bytes);
        Assert.Equal(text.Contains("<?xpacket", StringComparison.Ordinal), image.Contains("xmp-data"));
        Assert.Equal(Profile(Pictures.Plain(format)), Profile(bytes));
        Assert.StartsWith(
            Blocks.Copyright,
            (string)image.Get("exif-ifd0-Copyright"),
            StringComparison.Ordinal
        );

        // In AVIF the boxes turn the picture, and EXIF has no say.
        if (format is not "avif")
            Assert.Equal(3, image.Get("orientation"));
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("avif")]
    public void A_place_below_the_exif_directory_is_gone(string format) =>
        AssertNoPlace(
            Delivered(Pictures.With(format, Blocks.Exif(littleEndian: true, gpsBelowExif: true), null))
        );

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("gif")]
    [InlineData("avif")]
    public void Metadata_that_cannot_be_understood_is_dropped_whole(string format)
    {
        var exif = Blocks.Exif(littleEndian: true);
        exif[2] = 0x2B;
        var xmp = Encoding.UTF8.GetBytes("<x>" + Blocks.Secret + " & not XML");

        AssertNoPlace(Delivered(Pictures.With(format, exif, xmp)));
    }

    [Fact]
    public void An_xmp_packet_with_a_doctype_or_in_another_encoding_is_dropped_whole()
    {
        var doctype = Encoding.UTF8.GetBytes($"<!DOCTYPE x [<!ENTITY e '{Blocks.Secret}'>]><x>&e;</x>");

        AssertNoPlace(Delivered(Pictures.With("png", null, doctype)));
        Assert.Null(XmpPacket.ForReaders(Encoding.Unicode.GetBytes("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Every_description_of_a_jpeg_is_looked_into(bool littleEndian)
    {
        byte[] exif = [.. "Exif\0\0"u8, .. Blocks.Exif(littleEndian)];
        byte[] extended = [.. "http://ns.adobe.com/xmp/extension/\0"u8, .. Blocks.Xmp()];
        byte[] secret = Encoding.ASCII.GetBytes(Blocks.Secret);
        byte[] iptc =
        [
            .. Enumerable
                .Range(0, 256)
                .SelectMany(number =>
                    number switch
                    {
                        80 => Dataset(2, 80, "Jo Marsh"u8),
                        110 => Dataset(2, 110, "The Agency"u8),
                        116 => Dataset(2, 116, Encoding.ASCII.GetBytes(Blocks.Copyright)),
                        _ => Dataset(2, (byte)number, secret),
                    }
                ),
            .. Dataset(1, 5, secret),
            .. Dataset(3, 80, secret),
            .. Dataset(9, 116, secret),
        ];
        byte[] photoshop =
        [
            .. "Photoshop 3.0\0"u8,
            .. Resource(0x0422, Blocks.Exif(littleEndian)),
            .. Resource(0x0404, iptc),
            .. Resource(0x0424, Blocks.Xmp()),
            .. Resource(0x03ED, [.. new byte[16], .. secret]),
            .. Resource(0x040A, [1, .. secret]),
            .. Resource(0x040C, secret),
        ];
        var second = Pictures.Located("jpeg", littleEndian);
        var upload = Pictures.Jpeg(
            [
                Pictures.JpegSegment(0xE1, exif),
                Pictures.JpegSegment(0xE1, exif),
                Pictures.JpegSegment(0xE1, extended),
                Pictures.JpegSegment(0xE2, [.. "MPF\0"u8, .. secret]),
                Pictures.JpegSegment(0xEB, [.. "JP\0\0"u8, .. secret]),
                Pictures.JpegSegment(0xED, photoshop),
                Pictures.JpegSegment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 1, .. secret]),
                Pictures.JpegSegment(0xFE, secret),
                secret,
            ],
            appended: [.. second, .. secret]
        );

        var bytes = Delivered(upload);

        AssertNoPlace(bytes);
        Assert.Equal(Pictures.Pixels(Pictures.Plain("jpeg")), Pictures.Pixels(bytes));
        using var image = Image.NewFromBuffer(bytes.ToArray());
        var kept = Encoding.ASCII.GetString((byte[])image.Get("iptc-data"));
        Assert.Contains("The Agency", kept, StringComparison.Ordinal);
        Assert.Contains(Blocks.Copyright, kept, StringComparison.Ordinal);
        Assert.Contains("Jo Marsh", kept, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_raw_profiles_and_compressed_packets_of_a_png_are_looked_into()
    {
        var hex = Encoding.ASCII.GetBytes("\nexif\n8\n" + Blocks.Secret);
        var upload = Pictures.Png([
            Pictures.PngChunk("tEXt", [.. "Raw profile type exif\0"u8, .. hex]),
            Pictures.PngChunk("tEXt", [.. "Raw profile type APP1\0"u8, .. hex]),
            Pictures.PngChunk("iTXt", [.. "Raw profile type xmp\0\0\0\0\0"u8, .. hex]),
            Pictures.PngChunk("iTXt", [.. "XML:com.adobe.xmp\0\u0001\0\0\0"u8, .. Squeezed(Blocks.Xmp())]),
            Pictures.PngChunk("eXIf", Blocks.Exif(littleEndian: true)),
            Pictures.PngChunk("eXIf", Blocks.Exif(littleEndian: false)),
            Pictures.PngChunk("caBX", hex),
            Pictures.PngChunk("tEXt", [.. "Copyright\0The Morning Paper"u8]),
            Pictures.PngChunk("zTXt", [.. "Author\0\0"u8, .. Squeezed("Jo Marsh"u8)]),
            .. new[]
            {
                "Title",
                "Description",
                "Comment",
                "Software",
                "Source",
                "Disclaimer",
                "Warning",
            }.SelectMany(keyword =>
                new[]
                {
                    Pictures.PngChunk("tEXt", [.. Encoding.ASCII.GetBytes(keyword), 0, .. hex]),
                    Pictures.PngChunk("iTXt", [.. Encoding.ASCII.GetBytes(keyword), 0, 0, 0, 0, 0, .. hex]),
                }
            ),
            Pictures.PngChunk(
                "iTXt",
                [.. "Author\0\0\0"u8, .. Encoding.ASCII.GetBytes(Blocks.Secret), 0, 0, .. "Jo"u8]
            ),
            Pictures.PngChunk("tEXt", [.. "Copyright\0"u8, .. new byte[3_000], .. hex]),
            Pictures.PngChunk("tIME", hex[^7..]),
        ]);

        var bytes = Delivered((byte[])[.. upload, .. hex]);

        AssertNoPlace(bytes);
        var text = Encoding.UTF8.GetString(bytes.Span);
        Assert.Contains("Copyright\0The Morning Paper", text, StringComparison.Ordinal);
        Assert.Contains("Author\0Jo Marsh", text, StringComparison.Ordinal);
        Assert.DoesNotContain("tIME", text, StringComparison.Ordinal);
        Assert.Contains("Morning &amp; Evening", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_profile_of_a_png_is_called_is_not_delivered()
    {
        var plain = Pictures.Plain("png");
        var (at, length) = (plain.AsSpan().IndexOf("iCCP"u8), 0);
        length = BinaryPrimitives.ReadInt32BigEndian(plain.AsSpan(at - 4));
        var profile = plain.AsSpan(at + 4, length)[plain.AsSpan(at + 4, length).IndexOf((byte)0)..].ToArray();
        byte[] upload =
        [
            .. plain[..(at - 4)],
            .. Pictures.PngChunk("iCCP", [.. Encoding.ASCII.GetBytes(Blocks.Secret), .. profile]),
            .. plain[(at + 8 + length)..],
        ];

        var bytes = Delivered(upload);

        AssertNoPlace(bytes);
        Assert.Equal(Profile(plain), Profile(bytes.ToArray()));
    }

    [Fact]
    public void Addresses_and_times_of_the_films_of_an_avif_are_blank()
    {
        var secret = Encoding.ASCII.GetBytes(Blocks.Secret);
        var times = new byte[100];
        secret.CopyTo(times, 4);
        byte[] upload =
        [
            .. Pictures.Plain("avif"),
            .. AvifFile.Box(
                "moov",
                [
                    .. AvifFile.Box("mvhd", times),
                    .. AvifFile.Box("udta", secret),
                    .. AvifFile.Box(
                        "trak",
                        [
                            .. AvifFile.Box("tkhd", times),
                            .. AvifFile.Box(
                                "mdia",
                                [
                                    .. AvifFile.Box("mdhd", times),
                                    .. AvifFile.Box(
                                        "hdlr",
                                        [.. new byte[8], .. "pict"u8, .. new byte[12], .. secret, 0]
                                    ),
                                    .. AvifFile.Box(
                                        "minf",
                                        [
                                            .. AvifFile.Box(
                                                "dinf",
                                                AvifFile.Box(
                                                    "dref",
                                                    [
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        1,
                                                        .. AvifFile.Box("url ", [0, 0, 0, 1, .. secret, 0]),
                                                    ]
                                                )
                                            ),
                                            .. AvifFile.Box(
                                                "stbl",
                                                AvifFile.Box(
                                                    "stsd",
                                                    [
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        0,
                                                        1,
                                                        .. AvifFile.Box(
                                                            "av01",
                                                            [
                                                                .. new byte[24],
                                                                0,
                                                                9,
                                                                0,
                                                                9,
                                                                .. new byte[15],
                                                                .. secret,
                                                                .. new byte[35 - secret.Length],
                                                                .. AvifFile.Box("note", secret),
                                                            ]
                                                        ),
                                                    ]
                                                )
                                            ),
                                        ]
                                    ),
                                ]
                            ),
                        ]
                    ),
                ]
            ),
        ];
        Assert.True(HoldsSecret(upload));

        var cleaned = AvifContainer.ForReaders(upload);

        Assert.Equal(upload.Length, cleaned.Length);
        Assert.False(HoldsSecret(cleaned));
    }

    [Fact]
    public void Chunks_of_a_png_that_are_written_anew_have_the_right_checksum()
    {
        var bytes = Delivered(Pictures.Located("png")).ToArray();

        var seen = new List<string>();
        for (var at = 8; at < bytes.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            seen.Add(Encoding.ASCII.GetString(bytes, at + 4, 4));
            Assert.Equal(
                Pictures.PngChunk(seen[^1], bytes[(at + 8)..(at + 8 + length)]),
                bytes[at..(at + 12 + length)]
            );
            at += 12 + length;
        }

        Assert.Contains("eXIf", seen, StringComparer.Ordinal);
        Assert.Contains("iTXt", seen, StringComparer.Ordinal);
    }

    [Fact]
    public void The_header_of_a_webp_announces_what_is_left_and_no_more()
    {
        Assert.Equal(0x0C, Delivered(Pictures.Located("webp")).Span[20] & 0x0C);
        Assert.Equal(
            0x08,
            Delivered(Pictures.With("webp", Blocks.Exif(littleEndian: true), null)).Span[20] & 0x0C
        );
        Assert.Equal(0x00, Delivered(Pictures.With("webp", [1, 2, 3], [4, 5])).Span[20] & 0x0C);
    }

    [Fact]
    public void Second_and_unknown_chunks_of_a_webp_and_what_follows_it_are_not_delivered()
    {
        var secret = Encoding.ASCII.GetBytes(Blocks.Secret);
        var upload = Pictures.Webp([
            Pictures.WebpChunk("EXIF", [.. "Exif\0\0"u8, .. Blocks.Exif(littleEndian: true)]),
            Pictures.WebpChunk("EXIF", Blocks.Exif(littleEndian: false)),
            Pictures.WebpChunk("XMP ", Blocks.Xmp()),
            Pictures.WebpChunk("XMP ", Blocks.Xmp()),
            Pictures.WebpChunk("GEOX", secret),
        ]);

        AssertNoPlace(Delivered((byte[])[.. upload, .. secret]));
    }

    [Fact]
    public void Comments_and_unknown_applications_of_a_gif_and_what_follows_it_are_not_delivered()
    {
        var secret = Encoding.ASCII.GetBytes(Blocks.Secret);
        var upload = Pictures.Gif([
            [0x21, 0xFE, (byte)secret.Length, .. secret, 0],
            [0x21, 0xFF, 0x0B, .. "GPS DATA1.0"u8, (byte)secret.Length, .. secret, 0],
            [0x21, 0xFF, 0x0B, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, (byte)secret.Length, .. secret, 0],
            [0x21, 0xFF, 0x0B, .. "ICCRGBG1012"u8, (byte)secret.Length, .. secret, 0],
            [0x21, 0xF9, 4, 0, 0, 0, 0, (byte)secret.Length, .. secret, 0],
            [0x21, 0x01, (byte)secret.Length, .. secret, 0],
        ]);

        AssertNoPlace(Delivered((byte[])[.. upload, .. secret]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Items_of_an_avif_within_the_meta_box_are_looked_into(bool littleEndian)
    {
        var upload = AvifFile.With(
            Pictures.Plain("avif"),
            Blocks.Exif(littleEndian),
            Blocks.Xmp(),
            inMeta: true
        );
        Assert.True(HoldsSecret(upload));

        var bytes = Delivered(upload);

        AssertNoPlace(bytes);
        Assert.Equal(Pictures.Pixels(Pictures.Plain("avif")), Pictures.Pixels(bytes));
        using var image = Image.NewFromBuffer(bytes.ToArray());
        Assert.StartsWith(
            Blocks.Copyright,
            (string)image.Get("exif-ifd0-Copyright"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Unknown_boxes_and_unclaimed_media_data_of_an_avif_are_blank()
    {
        var secret = Encoding.ASCII.GetBytes(Blocks.Secret);
        byte[] upload =
        [
            .. Pictures.Plain("avif"),
            .. AvifFile.Box("uuid", secret),
            .. AvifFile.Box("mdat", secret),
            .. AvifFile.Box("free", secret),
        ];

        var bytes = Delivered(upload);

        Assert.Equal(upload.Length, bytes.Length);
        AssertNoPlace(bytes);
    }

    [Fact]
    public void Names_and_unknown_properties_of_an_avif_are_blank()
    {
        var secret = Encoding.ASCII.GetBytes(Blocks.Secret);
        var upload = AvifFile.WithWords(Pictures.Plain("avif"), secret);
        Assert.True(HoldsSecret(upload));

        var bytes = Delivered(upload);

        AssertNoPlace(bytes);
        Assert.Equal(Pictures.Pixels(Pictures.Plain("avif")), Pictures.Pixels(bytes));
    }

    [Fact]
    public void Hostile_exif_neither_hangs_nor_grows()
    {
        var exif = Blocks.Exif(littleEndian: true);

        // The Exif directory is the image directory; every count is the greatest; the first directory lies outside.
        var loop = (byte[])exif.Clone();
        exif.AsSpan(4, 4).CopyTo(loop.AsSpan(FieldOf(loop, 0x8769) + 8));
        var counts = (byte[])exif.Clone();
        foreach (var tag in (ushort[])[0x010F, 0x8298])
            counts.AsSpan(FieldOf(counts, tag) + 4, 4).Fill(0xFF);
        var beyond = (byte[])exif.Clone();
        beyond.AsSpan(FieldOf(beyond, 0x010F) + 8, 4).Fill(0xFF);
        var outside = (byte[])exif.Clone();
        outside.AsSpan(4, 4).Fill(0xFF);

        foreach (var hostile in (byte[][])[loop, counts, beyond, outside])
        {
            Assert.InRange(ExifBlock.ForReaders(hostile)?.Length ?? 0, 0, hostile.Length);
            AssertNoPlace(Delivered(Pictures.With("jpeg", hostile, null)));
        }

        Assert.Null(ExifBlock.ForReaders(outside));
    }

    [Fact]
    public void A_packet_nested_without_end_is_dropped()
    {
        var deep = string.Concat(Enumerable.Repeat("<x:xmpmeta xmlns:x='adobe:ns:meta/'>", 20_000));

        Assert.Null(XmpPacket.ForReaders(Encoding.UTF8.GetBytes(deep)));
    }

    private static ReadOnlyMemory<byte> Delivered(byte[] upload)
    {
        var inspection = ImageFile.Inspect(upload);
        Assert.True(inspection.IsSound, inspection.Fault?.Detail);
        return inspection.File.Bytes;
    }

    private static void AssertNoPlace(ReadOnlyMemory<byte> bytes)
    {
        Assert.False(HoldsSecret(bytes.Span), "What is not for readers is still in the file.");
        using var image = Image.NewFromBuffer(bytes.ToArray());
        Assert.DoesNotContain(image.GetFields(), f => f.Contains("GPS", StringComparison.OrdinalIgnoreCase));
        if (image.Contains("exif-data"))
        {
            var exif = (byte[])image.Get("exif-data");
            AssertNoGpsTag(exif.AsSpan().StartsWith("Exif\0\0"u8) ? exif[6..] : exif);
        }
    }

    // A walk over all directories that is written apart from the code under test.
    private static void AssertNoGpsTag(byte[] tiff)
    {
        var little = tiff[0] == (byte)'I';
        var pending = new Stack<uint>([Number(4)]);
        while (pending.TryPop(out var at) && at != 0)
        {
            var count = Short(at);
            for (var i = 0u; i < count; i++)
            {
                var field = at + 2 + 12 * i;
                Assert.NotEqual(0x8825, Short(field));
                Assert.NotEqual(0x927C, Short(field));
                if (Short(field) == 0x8769)
                    pending.Push(Number(field + 8));
            }

            Assert.Equal(0u, Number(at + 2 + 12u * count));
        }

        ushort Short(uint at) =>
            little
                ? BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan((int)at))
                : BinaryPrimitives.ReadUInt16BigEndian(tiff.AsSpan((int)at));
        uint Number(uint at) =>
            little
                ? BinaryPrimitives.ReadUInt32LittleEndian(tiff.AsSpan((int)at))
                : BinaryPrimitives.ReadUInt32BigEndian(tiff.AsSpan((int)at));
    }

    private static bool HoldsSecret(ReadOnlySpan<byte> bytes)
    {
        if (
            bytes.IndexOf(Encoding.ASCII.GetBytes(Blocks.Secret)) >= 0
            || bytes.IndexOf(Encoding.Unicode.GetBytes(Blocks.Secret)) >= 0
        )
            return true;
        Span<byte> number = stackalloc byte[4];
        foreach (var part in Blocks.Latitude)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(number, part);
            if (bytes.IndexOf(number) >= 0)
                return true;
            BinaryPrimitives.WriteUInt32BigEndian(number, part);
            if (bytes.IndexOf(number) >= 0)
                return true;
        }

        return false;
    }

    private static byte[] Profile(byte[] file)
    {
        using var image = Image.NewFromBuffer(file);
        return (byte[])image.Get("icc-profile-data");
    }

    private static int FieldOf(byte[] tiff, ushort tag)
    {
        var directory = BinaryPrimitives.ReadInt32LittleEndian(tiff.AsSpan(4));
        for (var at = directory + 2; at + 12 <= tiff.Length; at += 12)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(tiff.AsSpan(at)) == tag)
                return at;
        }

        throw new InvalidOperationException(
            tag.ToString("x4", CultureInfo.InvariantCulture) + " is not there."
        );
    }

    private static byte[] Squeezed(ReadOnlySpan<byte> plain)
    {
        using var squeezed = new MemoryStream();
        using (var zlib = new ZLibStream(squeezed, CompressionLevel.Optimal))
            zlib.Write(plain);
        return squeezed.ToArray();
    }

    private static byte[] Dataset(byte record, byte number, ReadOnlySpan<byte> value) =>
        [0x1C, record, number, 0, (byte)value.Length, .. value];

    private static byte[] Resource(ushort id, byte[] data) =>
        [
            .. "8BIM"u8,
            (byte)(id >> 8),
            (byte)id,
            0,
            0,
            .. Blocks.BigEndian(data.Length),
            .. data,
            .. new byte[data.Length % 2],
        ];
}
