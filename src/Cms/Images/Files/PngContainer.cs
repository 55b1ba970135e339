using System.Buffers.Binary;
using System.IO.Compression;

namespace Cms.Images.Files;

/// <summary>A PNG, chunk by chunk: what the picture needs is copied, what describes it is written anew or left out.</summary>
internal static class PngContainer
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] WithoutLocation(ReadOnlySpan<byte> file)
    {
        using var output = new MemoryStream(file.Length);
        output.Write(Signature);
        var reader = new ByteReader(file, Signature.Length);
        var (header, exif, xmp) = (false, false, false);

        while (true)
        {
            var start = reader.Position;
            var length = reader.UInt32();
            var type = reader.Take(4);
            if (!header)
                CheckHeader(type, file[reader.Position..]);
            header = true;

            var data = reader.Take(length);
            reader.Take(4);
            var chunk = file[start..reader.Position];

            if (IsNeeded(type) || (IsText(type) && IsKeptText(data)))
            {
                output.Write(chunk);
                if (type.SequenceEqual("IEND"u8))
                    return output.ToArray();
            }
            else if (type.SequenceEqual("eXIf"u8) && !exif)
            {
                var tiff = data.StartsWith("Exif\0\0"u8) ? data[6..] : data;
                if (ExifBlock.WithoutLocation(tiff) is { } kept)
                {
                    exif = true;
                    Write(output, "eXIf"u8, kept);
                }
            }
            else if (type.SequenceEqual("iTXt"u8) && !xmp && data.StartsWith(XmpKeyword))
            {
                if (XmpOf(data) is { } packet && XmpPacket.WithoutLocation(packet) is { } kept)
                {
                    xmp = true;
                    Write(output, "iTXt"u8, [.. XmpKeyword, 0, 0, 0, 0, .. kept]);
                }
            }
            else if ((type[0] & 0x20) == 0)
            {
                throw ImageRefusedException.Unsupported("The PNG needs a chunk that PNG does not define.");
            }
        }
    }

    private static ReadOnlySpan<byte> XmpKeyword => "XML:com.adobe.xmp\0"u8;

    private static void CheckHeader(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (!type.SequenceEqual("IHDR"u8) || data.Length < 13)
            throw ImageRefusedException.Damaged("The PNG has no header.");
        ImageLimits.Check(
            BinaryPrimitives.ReadUInt32BigEndian(data),
            BinaryPrimitives.ReadUInt32BigEndian(data[4..])
        );
    }

    private static bool IsNeeded(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IHDR"u8)
        || type.SequenceEqual("PLTE"u8)
        || type.SequenceEqual("IDAT"u8)
        || type.SequenceEqual("IEND"u8)
        || type.SequenceEqual("tRNS"u8)
        || type.SequenceEqual("cHRM"u8)
        || type.SequenceEqual("gAMA"u8)
        || type.SequenceEqual("iCCP"u8)
        || type.SequenceEqual("sBIT"u8)
        || type.SequenceEqual("sRGB"u8)
        || type.SequenceEqual("cICP"u8)
        || type.SequenceEqual("mDCV"u8)
        || type.SequenceEqual("cLLI"u8)
        || type.SequenceEqual("bKGD"u8)
        || type.SequenceEqual("hIST"u8)
        || type.SequenceEqual("pHYs"u8)
        || type.SequenceEqual("tIME"u8)
        || type.SequenceEqual("acTL"u8)
        || type.SequenceEqual("fcTL"u8)
        || type.SequenceEqual("fdAT"u8);

    private static bool IsText(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("tEXt"u8) || type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8);

    // Others hold whatever a program thought of, the old "Raw profile type exif" among it.
    private static bool IsKeptText(ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        if (end < 0)
            return false;
        var keyword = data[..end];
        return keyword.SequenceEqual("Title"u8)
            || keyword.SequenceEqual("Author"u8)
            || keyword.SequenceEqual("Description"u8)
            || keyword.SequenceEqual("Copyright"u8)
            || keyword.SequenceEqual("Creation Time"u8)
            || keyword.SequenceEqual("Software"u8)
            || keyword.SequenceEqual("Disclaimer"u8)
            || keyword.SequenceEqual("Source"u8);
    }

    private static byte[]? XmpOf(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new ByteReader(text, XmpKeyword.Length);
            var compressed = reader.Byte();
            var method = reader.Byte();
            reader.UntilNul();
            reader.UntilNul();
            var packet = reader.Take(reader.Remaining).ToArray();
            return compressed switch
            {
                0 => packet,
                1 when method == 0 => Inflate(packet),
                _ => null,
            };
        }
        catch (ImageRefusedException)
        {
            return null;
        }
    }

    private static byte[]? Inflate(byte[] packet)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(packet), CompressionMode.Decompress);
            var plain = new byte[ImageLimits.MaxMetadataBytes + 1];
            var length = zlib.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
            return length < plain.Length ? plain[..length] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Write(MemoryStream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, (uint)data.Length);
        output.Write(number);
        output.Write(type);
        output.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        output.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
            crc = CrcTable[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var n = 0u; n < 256; n++)
        {
            var c = n;
            for (var k = 0; k < 8; k++)
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }
}
