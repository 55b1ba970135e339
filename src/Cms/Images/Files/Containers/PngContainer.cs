using System.Buffers.Binary;
using System.IO.Compression;

namespace Cms.Images.Files.Containers;

/// <summary>
/// A PNG, chunk by chunk: what the picture needs is copied, what describes it is written anew or left out.
/// </summary>
internal static class PngContainer
{
    // Of a name or a copyright notice.
    private const int MaxTextBytes = 2 * 1024;

    private static readonly uint[] CrcTable = MakeCrcTable();

    public static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static byte[] ForReaders(ReadOnlySpan<byte> file)
    {
        using var output = new MemoryStream(file.Length);
        output.Write(Signature);
        var reader = new ByteReader(file, Signature.Length);
        var (header, exif, xmp) = (false, false, false);
        var frames = new FrameCount();

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

            if (IsNeeded(type))
            {
                if (type.SequenceEqual("fcTL"u8))
                    CheckFrame(data, ref frames);
                if (type.SequenceEqual("iCCP"u8))
                    WriteProfile(output, data);
                else
                    output.Write(chunk);
                if (type.SequenceEqual("IEND"u8))
                    return output.ToArray();
            }
            else if (type.SequenceEqual("eXIf"u8) && !exif)
            {
                var tiff = data.StartsWith("Exif\0\0"u8) ? data[6..] : data;
                if (ExifBlock.ForReaders(tiff) is { } kept)
                {
                    exif = true;
                    Write(output, "eXIf"u8, kept);
                }
            }
            else if (type.SequenceEqual("iTXt"u8) && !xmp && data.StartsWith(XmpKeyword))
            {
                if (XmpOf(data) is { } packet && XmpPacket.ForReaders(packet) is { } kept)
                {
                    xmp = true;
                    Write(output, "iTXt"u8, [.. XmpKeyword, 0, 0, 0, 0, .. kept]);
                }
            }
            else if (IsText(type))
            {
                WriteText(output, type, data);
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
        || type.SequenceEqual("acTL"u8)
        || type.SequenceEqual("fcTL"u8)
        || type.SequenceEqual("fdAT"u8);

    private static bool IsText(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("tEXt"u8) || type.SequenceEqual("zTXt"u8) || type.SequenceEqual("iTXt"u8);

    // Captions, comments, the program's name and the time are not for readers, and any other keyword holds whatever a
    // program thought of, the old "Raw profile type exif" among it. What is compressed is written plain: nobody shall
    // have to trust its length.
    private static void WriteText(MemoryStream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        if (end < 0 || !(data[..end].SequenceEqual("Author"u8) || data[..end].SequenceEqual("Copyright"u8)))
            return;

        var keyword = data[..end];
        if (type.SequenceEqual("iTXt"u8))
        {
            if (TextOf(data, end + 1) is { Length: <= MaxTextBytes } text)
                Write(output, "iTXt"u8, [.. keyword, 0, 0, 0, 0, 0, .. text]);
        }
        else
        {
            var text =
                type.SequenceEqual("tEXt"u8) ? data[(end + 1)..].ToArray()
                : data.Length > end + 2 && data[end + 1] == 0
                    ? Inflate(data[(end + 2)..].ToArray(), MaxTextBytes)
                : null;
            if (text is { Length: <= MaxTextBytes })
                Write(output, "tEXt"u8, [.. keyword, 0, .. text]);
        }
    }

    private static void CheckFrame(ReadOnlySpan<byte> control, ref FrameCount frames)
    {
        if (control.Length < 26)
            throw ImageRefusedException.Damaged("A frame of the PNG has no size.");
        frames.Add(
            BinaryPrimitives.ReadUInt32BigEndian(control[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(control[8..])
        );
    }

    // A profile is inflated whole by whoever shows the picture. What it is called is of no use to them.
    private static void WriteProfile(MemoryStream output, ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        if (end < 0 || data.Length <= end + 2)
            return;
        ImageLimits.CheckProfile(
            InflatedLength(data[(end + 2)..].ToArray(), ImageLimits.MaxProfileBytes + 1)
        );
        Write(output, "iCCP"u8, [.. "icc"u8, .. data[end..]]);
    }

    private static byte[]? XmpOf(ReadOnlySpan<byte> chunk) => TextOf(chunk, XmpKeyword.Length);

    /// <summary>
    /// The text of an international chunk behind its keyword; null when it is too long or cannot be read.
    /// </summary>
    private static byte[]? TextOf(ReadOnlySpan<byte> chunk, int at)
    {
        try
        {
            var reader = new ByteReader(chunk, at);
            var compressed = reader.Byte();
            var method = reader.Byte();
            reader.UntilNul();
            reader.UntilNul();
            var packet = reader.Take(reader.Remaining).ToArray();
            return compressed switch
            {
                0 when packet.Length <= ImageLimits.MaxMetadataBytes => packet,
                1 when method == 0 => Inflate(packet, ImageLimits.MaxMetadataBytes),
                _ => null,
            };
        }
        catch (ImageRefusedException)
        {
            return null;
        }
    }

    private static byte[]? Inflate(byte[] packet, int longest)
    {
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(packet), CompressionMode.Decompress);
            var plain = new byte[longest + 1];
            var length = zlib.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
            return length < plain.Length ? plain[..length] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>
    /// How long the data is when inflated, as far as <paramref name="most"/>; what is damaged ends where it is damaged.
    /// </summary>
    private static int InflatedLength(byte[] data, int most)
    {
        var length = 0;
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
            var piece = new byte[16 * 1024];
            while (length < most && zlib.Read(piece) is > 0 and var read)
                length += read;
        }
        catch (InvalidDataException)
        {
            // Left to the decoder, which passes over a profile that it cannot read.
        }

        return length;
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
