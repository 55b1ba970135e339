using System.Buffers.Binary;
using System.Text;
using Cms.Images.Files;
using NetVips;

namespace Cms.Tests.Images;

/// <summary>Files of all five formats, drawn here, and the same with metadata put in by hand.</summary>
internal static class Pictures
{
    public const int Width = 48;
    public const int Height = 32;

    private static readonly byte[] JpegPlain = Draw(i =>
        i.JpegsaveBuffer(q: 90, keep: Enums.ForeignKeep.Icc)
    );
    private static readonly byte[] PngPlain = Draw(i => i.PngsaveBuffer(keep: Enums.ForeignKeep.Icc));
    private static readonly byte[] WebpPlain = Draw(i =>
        i.WebpsaveBuffer(q: 80, keep: Enums.ForeignKeep.Icc)
    );
    private static readonly byte[] GifPlain = Draw(i => i.GifsaveBuffer(keep: Enums.ForeignKeep.None));
    private static readonly byte[] AvifPlain = Draw(i =>
        i.HeifsaveBuffer(
            compression: Enums.ForeignHeifCompression.Av1,
            effort: 0,
            keep: Enums.ForeignKeep.Icc
        )
    );

    public static byte[] Plain(string format) =>
        format switch
        {
            "jpeg" => JpegPlain,
            "png" => PngPlain,
            "webp" => WebpPlain,
            "gif" => GifPlain,
            _ => AvifPlain,
        };

    /// <summary>The picture with a place in all its metadata.</summary>
    public static byte[] Located(string format, bool littleEndian = true, ushort orientation = 1) =>
        With(format, Blocks.Exif(littleEndian, orientation), Blocks.Xmp());

    public static byte[] With(string format, byte[]? exif, byte[]? xmp) =>
        format switch
        {
            "jpeg" => Jpeg([
                .. exif is null ? Array.Empty<byte[]>() : [JpegSegment(0xE1, [.. "Exif\0\0"u8, .. exif])],
                .. xmp is null
                    ? Array.Empty<byte[]>()
                    : [JpegSegment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. xmp])],
            ]),
            "png" => Png([
                .. exif is null ? Array.Empty<byte[]>() : [PngChunk("eXIf", exif)],
                .. xmp is null
                    ? Array.Empty<byte[]>()
                    : [PngChunk("iTXt", [.. "XML:com.adobe.xmp\0\0\0\0\0"u8, .. xmp])],
            ]),
            "webp" => Webp([
                .. exif is null ? Array.Empty<byte[]>() : [WebpChunk("EXIF", exif)],
                .. xmp is null ? Array.Empty<byte[]>() : [WebpChunk("XMP ", xmp)],
            ]),
            "gif" => Gif(xmp is null ? [] : [GifXmp(xmp)]),
            _ => AvifFile.With(Plain("avif"), exif, xmp, inMeta: false),
        };

    public static byte[] Jpeg(IEnumerable<byte[]> segments, byte[]? appended = null) =>
        [.. JpegPlain[..2], .. segments.SelectMany(s => s), .. JpegPlain[2..], .. appended ?? []];

    public static byte[] JpegSegment(byte marker, byte[] body) =>
        [0xFF, marker, (byte)((body.Length + 2) >> 8), (byte)(body.Length + 2), .. body];

    public static byte[] Png(IEnumerable<byte[]> chunks) =>
        [.. PngPlain[..33], .. chunks.SelectMany(c => c), .. PngPlain[33..]];

    public static byte[] PngChunk(string type, byte[] data)
    {
        byte[] checkedPart = [.. Encoding.ASCII.GetBytes(type), .. data];
        var crc = uint.MaxValue;
        foreach (var b in checkedPart)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return [.. Blocks.BigEndian(data.Length), .. checkedPart, .. Blocks.BigEndian((int)~crc)];
    }

    public static byte[] Webp(IEnumerable<byte[]> chunks)
    {
        // libvips wrote an extended header already, for the profile.
        byte[] file = [.. WebpPlain, .. chunks.SelectMany(c => c)];
        file[20] |= 0x0C;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    public static byte[] WebpChunk(string type, byte[] data)
    {
        byte[] chunk = [.. Encoding.ASCII.GetBytes(type), 0, 0, 0, 0, .. data, .. new byte[data.Length % 2]];
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), data.Length);
        return chunk;
    }

    public static byte[] Gif(IEnumerable<byte[]> blocks) =>
        [.. GifPlain[..^1], .. blocks.SelectMany(b => b), 0x3B];

    public static byte[] GifXmp(byte[] xmp) =>
        [
            0x21,
            0xFF,
            0x0B,
            .. "XMP DataXMP"u8,
            .. xmp,
            0x01,
            .. Enumerable.Range(0, 256).Select(i => (byte)(255 - i)),
            0x00,
        ];

    /// <summary>The decoded samples, for comparison.</summary>
    public static byte[] Pixels(ReadOnlyMemory<byte> file)
    {
        Libvips.Prepare();
        using var image = Image.NewFromBuffer(file.ToArray());
        return image.RawsaveBuffer(keep: Enums.ForeignKeep.None);
    }

    public static byte[] Draw(Func<Image, byte[]> save, int width = Width, int height = Height)
    {
        Libvips.Prepare();
        using var gradient = Image.Xyz(width, height);
        using var scaled = gradient.Linear([255.0 / width, 255.0 / height], [0.0, 0.0]);
        using var x = scaled[0];
        using var y = scaled[1];
        using var waves = ((x * 7) + (y * 3)) % 256;
        using var color = x.Bandjoin(y, waves);
        using var image = color.Cast(Enums.BandFormat.Uchar).Copy(interpretation: Enums.Interpretation.Srgb);
        using var profiled = image.IccTransform("srgb", embedded: false, inputProfile: "srgb");
        return save(profiled);
    }
}
