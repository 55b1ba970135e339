using System.Buffers.Binary;

namespace Cms.Images.Files.Containers;

/// <summary>
/// A JPEG, segment by segment: what the picture needs is copied, what describes it is written anew or left out.
/// </summary>
/// <remarks>
/// The file ends at the first image's end. What phones append (second pictures, gain maps, films) has metadata of its
/// own in formats of its own; without it the picture is the same, only its HDR layer is gone.
/// </remarks>
internal static class JpegContainer
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    private const int MaxScans = 100;
    private const int MaxSegmentBytes = ushort.MaxValue - 2;

    private static ReadOnlySpan<byte> Exif => "Exif\0"u8;

    private static ReadOnlySpan<byte> Xmp => "http://ns.adobe.com/xap/1.0/\0"u8;

    public static byte[] ForReaders(ReadOnlySpan<byte> file)
    {
        using var output = new MemoryStream(file.Length);
        output.Write([0xFF, StartOfImage]);
        var reader = new ByteReader(file, 2);
        var (exif, xmp, scans, profile) = (false, false, 0, 0L);
        long? pixels = null;

        while (true)
        {
            var marker = NextMarker(ref reader);
            if (marker == EndOfImage)
                break;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
                continue;
            if (marker == StartOfImage)
                throw ImageRefusedException.Damaged("A second image begins before the first has ended.");

            var length = reader.UInt16();
            var body = reader.Take(length - 2);
            switch (marker)
            {
                case StartOfScan:
                    if (++scans > MaxScans)
                        throw ImageLimits.TooLarge(
                            $"The JPEG has more than {MaxScans} scans, which is the limit."
                        );
                    ImageLimits.CheckScans(scans, pixels ?? 0);
                    Write(output, marker, body);
                    output.Write(reader.Take(ScanLength(file[reader.Position..])));
                    break;

                case 0xC4
                or 0xCC
                or 0xDB
                or 0xDC
                or 0xDD:
                    Write(output, marker, body);
                    break;

                case >= 0xC0
                and <= 0xCF
                and not 0xC8:
                    if (body.Length < 6)
                        throw ImageRefusedException.Damaged("The frame header is too short.");
                    if (pixels is not null)
                        throw ImageRefusedException.Unsupported("The JPEG holds more than one frame.");
                    var (width, height) = (
                        BinaryPrimitives.ReadUInt16BigEndian(body[3..]),
                        BinaryPrimitives.ReadUInt16BigEndian(body[1..])
                    );
                    ImageLimits.Check(width, height);
                    pixels = (long)width * height;
                    Write(output, marker, body);
                    break;

                default:
                    WriteDescription(output, marker, body, ref exif, ref xmp, ref profile);
                    break;
            }
        }

        if (pixels is null || scans == 0)
            throw ImageRefusedException.Damaged("The file holds no picture.");
        output.Write([0xFF, EndOfImage]);
        return output.ToArray();
    }

    // Comments, maker segments, Content Credentials (their seal would be broken anyway) and all that is unknown are
    // left out.
    private static void WriteDescription(
        MemoryStream output,
        byte marker,
        ReadOnlySpan<byte> body,
        ref bool exif,
        ref bool xmp,
        ref long profile
    )
    {
        switch (marker)
        {
            case 0xE0 when body.StartsWith("JFIF\0"u8) && body.Length >= 14:
                // Without its thumbnail.
                Write(output, marker, [.. body[..12], 0, 0]);
                break;

            case 0xE1 when !exif && body.StartsWith(Exif) && body.Length > 6:
                exif = TryWrite(output, marker, "Exif\0\0"u8, ExifBlock.ForReaders(body[6..]));
                break;

            case 0xE1 when !xmp && body.StartsWith(Xmp):
                xmp = TryWrite(output, marker, Xmp, XmpPacket.ForReaders(body[Xmp.Length..]));
                break;

            case 0xE2 when body.StartsWith("ICC_PROFILE\0"u8):
                ImageLimits.CheckProfile(profile += body.Length);
                Write(output, marker, body);
                break;

            case 0xEE when body.StartsWith("Adobe"u8) && body.Length >= 12:
                // How colours are coded; the rest is padding.
                Write(output, marker, body[..12]);
                break;

            case 0xED when body.StartsWith(PhotoshopResources.Signature):
                TryWrite(output, marker, [], PhotoshopResources.ForReaders(body));
                break;
        }
    }

    // Bytes that belong to no segment are passed over, and so are not delivered.
    private static byte NextMarker(ref ByteReader reader)
    {
        while (true)
        {
            while (reader.Byte() != 0xFF) { }

            byte marker;
            do marker = reader.Byte();
            while (marker == 0xFF);

            if (marker != 0)
                return marker;
        }
    }

    // Up to the next marker that is not part of the scan: stuffed zeros and restarts are.
    private static int ScanLength(ReadOnlySpan<byte> data)
    {
        var at = 0;
        while (true)
        {
            var next = data[at..].IndexOf((byte)0xFF);
            if (next < 0 || at + next + 1 >= data.Length)
                throw ImageRefusedException.Damaged("The file ends before its image does.");
            at += next;
            if (data[at + 1] is 0 or (>= 0xD0 and <= 0xD7))
                at += 2;
            else if (data[at + 1] == 0xFF)
                at++;
            else
                return at;
        }
    }

    private static bool TryWrite(MemoryStream output, byte marker, ReadOnlySpan<byte> prefix, byte[]? block)
    {
        if (block is null || prefix.Length + block.Length > MaxSegmentBytes)
            return false;
        Write(output, marker, [.. prefix, .. block]);
        return true;
    }

    private static void Write(MemoryStream output, byte marker, ReadOnlySpan<byte> body)
    {
        Span<byte> head = [0xFF, marker, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)(body.Length + 2));
        output.Write(head);
        output.Write(body);
    }
}
