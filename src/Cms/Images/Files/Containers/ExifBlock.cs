using System.Buffers.Binary;
using System.Collections.Frozen;

namespace Cms.Images.Files.Containers;

/// <summary>
/// EXIF rewritten from what the picture needs for display, and its credit and copyright. Rewritten, not unlinked: bytes
/// that nothing points to any more (a GPS directory, its rationals) are simply not copied.
/// </summary>
/// <remarks>
/// An allow list, with a maximum length for each value. Everything else is left out: the GPS directory; maker notes,
/// which nobody can read completely and in which some makers repeat the position; the thumbnail, which may show what
/// was cropped away; captions, which may be notes to the desk; the camera, its owner and the time, by which a source
/// can be known. Only two directories are ever visited, so a loop of offsets leads nowhere.
/// </remarks>
internal static class ExifBlock
{
    private const ushort ExifDirectory = 0x8769;
    private const ushort ExifVersion = 0x9000;

    // Of a name or a copyright notice.
    private const int MaxTextBytes = 2 * 1024;

    private static readonly FrozenDictionary<ushort, int> ImageTags = new Dictionary<ushort, int>
    {
        [0x0112] = 4, // Orientation
        [0x011A] = 8, // XResolution
        [0x011B] = 8, // YResolution
        [0x0128] = 2, // ResolutionUnit
        [0x013B] = MaxTextBytes, // Artist
        [0x013E] = 16, // WhitePoint
        [0x013F] = 48, // PrimaryChromaticities
        [0x0211] = 24, // YCbCrCoefficients
        [0x0213] = 2, // YCbCrPositioning
        [0x0214] = 48, // ReferenceBlackWhite
        [0x8298] = MaxTextBytes, // Copyright
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<ushort, int> PhotoTags = new Dictionary<ushort, int>
    {
        [ExifVersion] = 4,
        [0xA001] = 2, // ColorSpace
        [0xA437] = MaxTextBytes, // Photographer
        [0xA500] = 8, // Gamma
    }.ToFrozenDictionary();

    /// <summary>A block that says nothing, for places that may not be left empty.</summary>
    public static ReadOnlySpan<byte> Empty => [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>
    /// The block for readers, in the same byte order, never longer than the original; null when it has nothing for
    /// them.
    /// </summary>
    public static byte[]? ForReaders(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 14 || tiff.Length > ImageLimits.MaxMetadataBytes)
            return null;

        bool littleEndian;
        if (tiff.StartsWith("II*\0"u8))
            littleEndian = true;
        else if (tiff.StartsWith("MM\0*"u8))
            littleEndian = false;
        else
            return null;

        var order = new TiffOrder(littleEndian);
        var image = ReadDirectory(tiff, order, order.UInt32(tiff[4..]), ImageTags, out var exifDirectory);
        var photo = exifDirectory is { } offset ? ReadDirectory(tiff, order, offset, PhotoTags, out _) : [];
        // What only says which EXIF it is says nothing.
        if (image.Count == 0 && photo.Keys.All(tag => tag == ExifVersion))
            return null;

        var written = Write(order, image, photo);
        return written.Length <= tiff.Length ? written : null;
    }

    private static SortedDictionary<ushort, Entry> ReadDirectory(
        ReadOnlySpan<byte> tiff,
        TiffOrder order,
        uint offset,
        FrozenDictionary<ushort, int> known,
        out uint? exifDirectory
    )
    {
        exifDirectory = null;
        var entries = new SortedDictionary<ushort, Entry>();
        if (offset < 8 || offset + 2L > tiff.Length)
            return entries;

        var count = order.UInt16(tiff[(int)offset..]);
        for (var i = 0; i < count; i++)
        {
            var at = offset + 2 + 12L * i;
            if (at + 12 > tiff.Length)
                break;

            var field = tiff.Slice((int)at, 12);
            var tag = order.UInt16(field);
            var type = order.UInt16(field[2..]);
            var values = order.UInt32(field[4..]);
            if (tag == ExifDirectory && values == 1 && type is 4 or 13)
                exifDirectory ??= order.UInt32(field[8..]);
            if (!known.TryGetValue(tag, out var longest) || entries.ContainsKey(tag))
                continue;

            var length = (long)values * SizeOf(type);
            if (length == 0 || length > longest)
                continue;
            if (length <= 4)
            {
                entries.Add(tag, new Entry(type, values, field.Slice(8, (int)length).ToArray()));
                continue;
            }

            var valueAt = order.UInt32(field[8..]);
            if (valueAt + length <= tiff.Length)
                entries.Add(tag, new Entry(type, values, tiff.Slice((int)valueAt, (int)length).ToArray()));
        }

        return entries;
    }

    private static byte[] Write(
        TiffOrder order,
        SortedDictionary<ushort, Entry> image,
        SortedDictionary<ushort, Entry> photo
    )
    {
        // Unsigned, lest it be written as a short.
        const uint Header = 8;
        var photoAt = (int)Header + LengthOf(image, photo.Count > 0 ? 1 : 0);
        if (photo.Count > 0)
        {
            var pointer = new byte[4];
            order.Write(pointer, (uint)photoAt);
            image.Add(ExifDirectory, new Entry(4, 1, pointer));
        }

        var output = new byte[photoAt + (photo.Count > 0 ? LengthOf(photo, 0) : 0)];
        (order.LittleEndian ? "II*\0"u8 : "MM\0*"u8).CopyTo(output);
        order.Write(output.AsSpan(4), Header);
        WriteDirectory(output, order, (int)Header, image);
        if (photo.Count > 0)
            WriteDirectory(output, order, photoAt, photo);
        return output;
    }

    private static int LengthOf(SortedDictionary<ushort, Entry> entries, int more) =>
        2
        + 12 * (entries.Count + more)
        + 4
        + entries.Values.Where(e => e.Value.Length > 4).Sum(e => Even(e.Value.Length));

    private static void WriteDirectory(
        Span<byte> output,
        TiffOrder order,
        int at,
        SortedDictionary<ushort, Entry> entries
    )
    {
        order.Write(output[at..], (ushort)entries.Count);
        var field = at + 2;
        var valueAt = field + 12 * entries.Count + 4;
        foreach (var (tag, entry) in entries)
        {
            order.Write(output[field..], tag);
            order.Write(output[(field + 2)..], entry.Type);
            order.Write(output[(field + 4)..], entry.Count);
            if (entry.Value.Length <= 4)
            {
                entry.Value.CopyTo(output[(field + 8)..]);
            }
            else
            {
                order.Write(output[(field + 8)..], (uint)valueAt);
                entry.Value.CopyTo(output[valueAt..]);
                valueAt += Even(entry.Value.Length);
            }

            field += 12;
        }
    }

    private static int Even(int length) => length + (length & 1);

    private static int SizeOf(ushort type) =>
        type switch
        {
            1 or 2 or 6 or 7 or 129 => 1,
            3 or 8 => 2,
            4 or 9 or 11 => 4,
            5 or 10 or 12 => 8,
            _ => 0,
        };

    private readonly record struct Entry(ushort Type, uint Count, byte[] Value);

    private readonly record struct TiffOrder(bool LittleEndian)
    {
        public ushort UInt16(ReadOnlySpan<byte> from) =>
            LittleEndian
                ? BinaryPrimitives.ReadUInt16LittleEndian(from)
                : BinaryPrimitives.ReadUInt16BigEndian(from);

        public uint UInt32(ReadOnlySpan<byte> from) =>
            LittleEndian
                ? BinaryPrimitives.ReadUInt32LittleEndian(from)
                : BinaryPrimitives.ReadUInt32BigEndian(from);

        public void Write(Span<byte> to, ushort value)
        {
            if (LittleEndian)
                BinaryPrimitives.WriteUInt16LittleEndian(to, value);
            else
                BinaryPrimitives.WriteUInt16BigEndian(to, value);
        }

        public void Write(Span<byte> to, uint value)
        {
            if (LittleEndian)
                BinaryPrimitives.WriteUInt32LittleEndian(to, value);
            else
                BinaryPrimitives.WriteUInt32BigEndian(to, value);
        }
    }
}
