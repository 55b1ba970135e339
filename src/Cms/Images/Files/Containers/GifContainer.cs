using System.Buffers.Binary;

namespace Cms.Images.Files.Containers;

/// <summary>
/// A GIF, block by block: what the picture needs is copied, what describes it is written anew or left out.
/// </summary>
internal static class GifContainer
{
    // XMP is written raw, not in sub-blocks; whoever walks the sub-blocks lands in these and slides to the end.
    private static readonly byte[] XmpTrailer =
    [
        0x01,
        .. Enumerable.Range(0, 256).Select(i => (byte)(255 - i)),
        0x00,
    ];

    public static byte[] ForReaders(ReadOnlySpan<byte> file)
    {
        using var output = new MemoryStream(file.Length);
        var reader = new ByteReader(file);
        reader.Take(6);
        var screen = reader.Take(7);
        var (width, height) = (UInt16(screen), UInt16(screen[2..]));
        reader.Take(ColorTableLength(screen[4]));
        output.Write(file[..reader.Position]);
        var (picture, xmp) = (false, false);
        var frames = new FrameCount();

        while (true)
        {
            var start = reader.Position;
            switch (reader.Byte())
            {
                case 0x3B:
                    if (!picture)
                        throw ImageRefusedException.Damaged("The file holds no picture.");
                    output.WriteByte(0x3B);
                    return output.ToArray();

                case 0x2C:
                    picture = true;
                    var frame = reader.Take(9);
                    // A frame may lie outside its screen, and decoders then enlarge the screen. They draw the whole
                    // screen for each.
                    frames.Add(
                        Math.Max(width, UInt16(frame) + UInt16(frame[4..])),
                        Math.Max(height, UInt16(frame[2..]) + UInt16(frame[6..]))
                    );
                    reader.Take(ColorTableLength(frame[8]));
                    reader.Take(1);
                    SkipSubBlocks(ref reader);
                    output.Write(file[start..reader.Position]);
                    break;

                case 0x21:
                    var label = reader.Byte();
                    var bodyAt = reader.Position;
                    SkipSubBlocks(ref reader);
                    var body = file[bodyAt..reader.Position];
                    if (label == 0xF9 && body.Length >= 6 && body[0] == 4)
                        output.Write([0x21, 0xF9, .. body[..5], 0]);
                    else if (label == 0xFF && IsLoop(body))
                        output.Write([0x21, 0xFF, .. body[..16], 0]);
                    else if (label == 0xFF && !xmp && body.StartsWith("\u000BXMP DataXMP"u8))
                        xmp = TryWriteXmp(output, body);
                    break;

                default:
                    throw ImageRefusedException.Damaged("The GIF holds a block that GIF does not define.");
            }
        }
    }

    // How often an animation repeats. Other application blocks may contain anything, and so may further sub-blocks of
    // this one.
    private static bool IsLoop(ReadOnlySpan<byte> application) =>
        application.Length >= 17
        && (application.StartsWith("\u000BNETSCAPE2.0"u8) || application.StartsWith("\u000BANIMEXTS1.0"u8))
        && application[12] == 3
        && application[13] == 1;

    private static bool TryWriteXmp(MemoryStream output, ReadOnlySpan<byte> body)
    {
        if (!body.EndsWith(XmpTrailer))
            return false;
        if (XmpPacket.ForReaders(body[12..^XmpTrailer.Length]) is not { } kept)
            return false;

        output.Write([0x21, 0xFF]);
        output.Write(body[..12]);
        output.Write(kept);
        output.Write(XmpTrailer);
        return true;
    }

    private static void SkipSubBlocks(ref ByteReader reader)
    {
        byte length;
        while ((length = reader.Byte()) != 0)
            reader.Take(length);
    }

    private static int ColorTableLength(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static int UInt16(ReadOnlySpan<byte> data) => BinaryPrimitives.ReadUInt16LittleEndian(data);
}
