using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NetVips;

namespace Cms.Testing;

/// <summary>Files that are not what they say, or cost more than they look.</summary>
internal static class HostilePictures
{
    private const string Script = "<script>alert(document.domain)</script>";

    /// <summary>What each is called, its bytes, and the code of the answer to its upload.</summary>
    public static IEnumerable<(string Name, byte[] File, string Code)> Refused()
    {
        const string Unsupported = "unsupported-media-type";
        yield return ("nothing.jpg", [], Unsupported);
        yield return (
            "drawing.jpg",
            Utf8($"<svg xmlns='http://www.w3.org/2000/svg'>{Script}</svg>"),
            Unsupported
        );
        yield return (
            "drawing.png",
            Utf8($"\uFEFF<?xml version='1.0'?>\n<!-- x -->\n<svg>{Script}</svg>"),
            Unsupported
        );
        yield return ("page.jpg", Utf8($"<!DOCTYPE html><html>{Script}</html>"), Unsupported);
        yield return (
            "phone.jpg",
            [0, 0, 0, 24, .. "ftypheic\0\0\0\0mif1heic"u8, .. new byte[200]],
            Unsupported
        );
        yield return ("scan.jpg", [.. "II*\0"u8, .. new byte[200]], Unsupported);
        // The first bytes of one format, and the others of another.
        yield return (
            "magic.png",
            [.. (byte[])[0x89, .. "PNG\r\n\x1A\n"u8], .. Pictures.Photograph(64, 64)],
            "image-damaged"
        );
        yield return ("magic.jpg", [0xFF, 0xD8, 0xFF, .. Pictures.Png()], "image-damaged");
        yield return ("script.gif", Utf8($"GIF89a=1;alert(document.domain)//{Script}"), "image-damaged");
        yield return ("bomb.png", Bomb(50_000, 50_000), "image-too-large");
        yield return ("bomb.gif", FlatGif.Of(100, 100, frames: 10_000), "image-too-large");
        yield return ("small.webp", Lying(16, 16), "image-damaged");
        yield return ("large.webp", Lying(16_384, 16_384), "image-too-large");
    }

    /// <summary>Pictures that are something else as well: what comes after the picture.</summary>
    public static IEnumerable<(string Name, byte[] File)> Polyglots()
    {
        var page = Utf8($"<html>{Script}</html>");
        yield return ("page.jpg", [.. Pictures.Photograph(64, 64), .. page]);
        yield return ("page.png", [.. Pictures.Png(), .. page]);
        yield return ("page.gif", [.. FlatGif.Of(16, 16, frames: 2), .. page]);
        yield return ("archive.png", [.. Pictures.Png(), .. Archive(page)]);
    }

    /// <summary>A PNG of one colour that is much larger than its file.</summary>
    private static byte[] Bomb(int width, int height)
    {
        // One bit for each pixel. The header alone is enough to know it, so the lines need not all be there.
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (var line = 0; line < 1_000; line++)
                zlib.Write(new byte[1 + (width / 8)]);
        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        return
        [
            0x89,
            .. "PNG\r\n\x1A\n"u8,
            .. Chunk("IHDR", header),
            .. Chunk("IDAT", packed.ToArray()),
            .. Chunk("IEND", []),
        ];
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] chunk = [0, 0, 0, 0, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        var sum = ChecksumOf(chunk.AsSpan(4, data.Length + 4));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(data.Length + 8), sum);
        return chunk;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++)
                sum = (sum >> 1) ^ ((sum & 1) * 0xEDB88320);
        }
        return ~sum;
    }

    /// <summary>A WebP of 300 × 200 pixels that says of itself that it has others.</summary>
    private static byte[] Lying(int width, int height)
    {
        Cms.Images.Files.Libvips.Prepare();
        using var picture = Image.NewFromBuffer(Pictures.Photograph(300, 200));
        var plain = picture.WebpsaveBuffer(keep: Enums.ForeignKeep.None);
        byte[] canvas =
        [
            .. "VP8X"u8,
            .. (byte[])[10, 0, 0, 0, 0, 0, 0, 0],
            .. (byte[])[(byte)(width - 1), (byte)((width - 1) >> 8), (byte)((width - 1) >> 16)],
            .. (byte[])[(byte)(height - 1), (byte)((height - 1) >> 8), (byte)((height - 1) >> 16)],
        ];
        byte[] file = [.. plain[..12], .. canvas, .. plain[12..]];
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        return file;
    }

    private static byte[] Archive(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("index.html", CompressionLevel.NoCompression).Open())
            entry.Write(content);
        return bytes.ToArray();
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
