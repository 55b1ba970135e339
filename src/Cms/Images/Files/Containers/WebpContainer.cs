using System.Buffers.Binary;

namespace Cms.Images.Files.Containers;

/// <summary>
/// A WebP, chunk by chunk: what the picture needs is copied, what describes it is written anew or left out.
/// </summary>
internal static class WebpContainer
{
    private const byte ExifFlag = 0x08;
    private const byte XmpFlag = 0x04;

    public static byte[] ForReaders(ReadOnlySpan<byte> file)
    {
        var reader = new ByteReader(file, 4);
        var size = reader.UInt32LittleEndian();
        reader.Take(4);
        if (size < 4 || size + 8L > file.Length)
            throw ImageRefusedException.Damaged("The file ends before its image does.");

        // What follows the container is not part of the image.
        reader = new ByteReader(file[..(int)(size + 8)], 12);
        using var output = new MemoryStream(file.Length);
        output.Write(file[..12]);
        int? flagsAt = null;
        var (picture, flags) = (false, (byte)0);
        var frames = new FrameCount();
        var canvas = (Width: 1, Height: 1);

        while (reader.Remaining >= 8)
        {
            var type = reader.Take(4);
            var data = ChunkData(ref reader);
            if (type.SequenceEqual("VP8X"u8) && flagsAt is null)
            {
                if (data.Length < 10)
                    throw ImageRefusedException.Damaged("The WebP header is too short.");
                canvas = (1 + UInt24(data[4..]), 1 + UInt24(data[7..]));
                ImageLimits.Check(canvas.Width, canvas.Height);
                flagsAt = (int)output.Position + 8;
                flags = (byte)(data[0] & ~(ExifFlag | XmpFlag));
                Write(output, type, data);
            }
            else if (type.SequenceEqual("VP8 "u8) || type.SequenceEqual("VP8L"u8))
            {
                CheckFrame(type, data);
                picture = true;
                Write(output, type, data);
            }
            else if (type.SequenceEqual("ANMF"u8))
            {
                picture = true;
                if (data.Length < 16)
                    throw ImageRefusedException.Damaged("A frame of the WebP has no size.");
                // Decoders compose the whole canvas for each.
                frames.Add(
                    Math.Max(canvas.Width, 1 + UInt24(data[6..])),
                    Math.Max(canvas.Height, 1 + UInt24(data[9..]))
                );
                Write(output, type, FrameOnly(data));
            }
            else if (
                type.SequenceEqual("ALPH"u8)
                || type.SequenceEqual("ANIM"u8)
                || type.SequenceEqual("ICCP"u8)
            )
            {
                if (type.SequenceEqual("ICCP"u8))
                    ImageLimits.CheckProfile(data.Length);
                Write(output, type, data);
            }
            else if (flagsAt is not null)
            {
                // Without an extended header no reader looks for these.
                WriteDescription(output, type, data, ref flags);
            }
        }

        if (!picture)
            throw ImageRefusedException.Damaged("The file holds no picture.");

        return Finish(output, flagsAt, flags);
    }

    private static byte[] Finish(MemoryStream output, int? flagsAt, byte flags)
    {
        var written = output.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(written.AsSpan(4), (uint)written.Length - 8);
        if (flagsAt is { } at)
            written[at] = flags;
        return written;
    }

    private static void WriteDescription(
        MemoryStream output,
        ReadOnlySpan<byte> type,
        ReadOnlySpan<byte> data,
        ref byte flags
    )
    {
        if (type.SequenceEqual("EXIF"u8) && (flags & ExifFlag) == 0)
        {
            var prefix = data.StartsWith("Exif\0\0"u8) ? data[..6] : [];
            if (ExifBlock.ForReaders(data[prefix.Length..]) is { } kept)
            {
                flags |= ExifFlag;
                Write(output, type, [.. prefix, .. kept]);
            }
        }
        else if (type.SequenceEqual("XMP "u8) && (flags & XmpFlag) == 0)
        {
            if (XmpPacket.ForReaders(data) is { } kept)
            {
                flags |= XmpFlag;
                Write(output, type, kept);
            }
        }
    }

    private static ReadOnlySpan<byte> ChunkData(ref ByteReader reader)
    {
        var length = reader.UInt32LittleEndian();
        var data = reader.Take(length);
        if (length % 2 == 1 && !reader.AtEnd)
            reader.Take(1);
        return data;
    }

    private static byte[] FrameOnly(ReadOnlySpan<byte> frame)
    {
        var reader = new ByteReader(frame);
        using var output = new MemoryStream(frame.Length);
        output.Write(reader.Take(16));
        while (reader.Remaining >= 8)
        {
            var type = reader.Take(4);
            var data = ChunkData(ref reader);
            if (type.SequenceEqual("VP8 "u8) || type.SequenceEqual("VP8L"u8))
            {
                CheckFrame(type, data);
                Write(output, type, data);
            }
            else if (type.SequenceEqual("ALPH"u8))
            {
                Write(output, type, data);
            }
        }

        return output.ToArray();
    }

    private static void CheckFrame(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (data.Length < 10)
            throw ImageRefusedException.Damaged("The frame is too short.");
        if (type.SequenceEqual("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            ImageLimits.Check(1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF));
        }
        else
        {
            ImageLimits.Check(
                BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF
            );
        }
    }

    private static int UInt24(ReadOnlySpan<byte> data) => data[0] | (data[1] << 8) | (data[2] << 16);

    private static void Write(MemoryStream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)data.Length);
        output.Write(type);
        output.Write(length);
        output.Write(data);
        if (data.Length % 2 == 1)
            output.WriteByte(0);
    }
}
