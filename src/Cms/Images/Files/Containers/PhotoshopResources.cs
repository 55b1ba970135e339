using System.Buffers.Binary;

namespace Cms.Images.Files.Containers;

/// <summary>Photoshop's resource blocks in a JPEG, where the press keeps IPTC byline, credit and copyright.</summary>
/// <remarks>
/// Kept: resolution, copyright mark, URL, and of IPTC the three. Not kept: captions and instructions to the desk,
/// places, job numbers; copies of EXIF and XMP, thumbnails, digests.
/// </remarks>
internal static class PhotoshopResources
{
    private const ushort Resolution = 0x03ED;
    private const ushort Iptc = 0x0404;
    private const ushort CopyrightMark = 0x040A;
    private const ushort Url = 0x040B;
    private const int MaxUrlBytes = 2 * 1024;

    public static ReadOnlySpan<byte> Signature => "Photoshop 3.0\0"u8;

    /// <summary>The segment for readers, its signature included; null when it has nothing for them.</summary>
    public static byte[]? ForReaders(ReadOnlySpan<byte> segment)
    {
        using var output = new MemoryStream(segment.Length);
        output.Write(Signature);
        try
        {
            var reader = new ByteReader(segment, Signature.Length);
            while (reader.Remaining >= 12 && reader.Take(4).SequenceEqual("8BIM"u8))
            {
                var id = reader.UInt16();
                var nameLength = reader.Byte();
                reader.Take(nameLength + (nameLength + 1) % 2);
                var length = reader.UInt32();
                var data = reader.Take(length);
                if (length % 2 == 1 && !reader.AtEnd)
                    reader.Take(1);

                if (IsKept(id, data.Length))
                    Write(output, id, data);
                else if (id == Iptc && KeptOfIptc(data) is { Length: > 0 } kept)
                    Write(output, id, kept);
            }
        }
        catch (ImageRefusedException)
        {
            // A block that breaks off, or goes on in another segment: what was understood up to here is kept.
        }

        return output.Length > Signature.Length ? output.ToArray() : null;
    }

    private static byte[] KeptOfIptc(ReadOnlySpan<byte> iptc)
    {
        using var output = new MemoryStream(iptc.Length);
        try
        {
            var reader = new ByteReader(iptc);
            while (reader.Remaining >= 5)
            {
                var start = reader.Position;
                if (reader.Byte() != 0x1C)
                    break;
                var dataset = (Record: reader.Byte(), Number: reader.Byte());
                var length = reader.UInt16();

                // The high bit announces a length of lengths: nothing that belongs to text is that long.
                if (length >= 0x8000)
                    break;
                reader.Take(length);

                if (IsKept(dataset, length))
                    output.Write(iptc[start..reader.Position]);
            }
        }
        catch (ImageRefusedException)
        {
            // As above.
        }

        return output.ToArray();
    }

    private static bool IsKept(ushort id, int length) =>
        id switch
        {
            Resolution => length <= 16,
            CopyrightMark => length == 1,
            Url => length <= MaxUrlBytes,
            _ => false,
        };

    private static bool IsKept((byte Record, byte Number) dataset, int length) =>
        dataset switch
        {
            // The version of each record and the coding of the characters, without which the rest cannot be read.
            (1, 0) or (2, 0) => length == 2,
            (1, 90) => length <= 32,
            // By-line, credit, copyright notice.
            (2, 80) or (2, 110) or (2, 116) => true,
            _ => false,
        };

    private static void Write(MemoryStream output, ushort id, ReadOnlySpan<byte> data)
    {
        Span<byte> head = stackalloc byte[12];
        "8BIM"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt16BigEndian(head[4..], id);
        BinaryPrimitives.WriteUInt32BigEndian(head[8..], (uint)data.Length);
        output.Write(head);
        output.Write(data);
        if (data.Length % 2 == 1)
            output.WriteByte(0);
    }
}
