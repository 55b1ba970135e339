using System.Buffers.Binary;
using System.Collections.Frozen;

namespace Cms.Images.Files;

/// <summary>
/// EXIF written anew from what is known to hold no place. Rewriting, not unlinking: bytes that nothing points to any more
/// (a GPS directory, its rationals) are simply not copied.
/// </summary>
/// <remarks>
/// Left behind on purpose: the GPS directory; maker notes, which nobody can read completely and in which some makers repeat
/// the position; the thumbnail's directory, which may show what was cropped away and carries metadata of its own; user comments, serial
/// numbers, and every tag that is not listed. Only two directories are ever visited, so a loop of offsets leads nowhere.
/// </remarks>
internal static class ExifBlock
{
    private const ushort ExifDirectory = 0x8769;
    private const int MaxValueBytes = 16 * 1024;

    private static readonly FrozenSet<ushort> ImageTags = new ushort[]
    {
        0x010E, // ImageDescription
        0x010F, // Make
        0x0110, // Model
        0x0112, // Orientation
        0x011A, // XResolution
        0x011B, // YResolution
        0x0128, // ResolutionUnit
        0x0131, // Software
        0x0132, // DateTime
        0x013B, // Artist
        0x013E, // WhitePoint
        0x013F, // PrimaryChromaticities
        0x0211, // YCbCrCoefficients
        0x0213, // YCbCrPositioning
        0x0214, // ReferenceBlackWhite
        0x8298, // Copyright
        0x9C9B, // XPTitle
        0x9C9D, // XPAuthor
        0x9C9E, // XPKeywords
        0x9C9F, // XPSubject
    }.ToFrozenSet();

    private static readonly FrozenSet<ushort> PhotoTags = new ushort[]
    {
        0x829A, // ExposureTime
        0x829D, // FNumber
        0x8822, // ExposureProgram
        0x8827, // PhotographicSensitivity
        0x8830, // SensitivityType
        0x8831, // StandardOutputSensitivity
        0x8832, // RecommendedExposureIndex
        0x9000, // ExifVersion
        0x9003, // DateTimeOriginal
        0x9004, // DateTimeDigitized
        0x9010, // OffsetTime
        0x9011, // OffsetTimeOriginal
        0x9012, // OffsetTimeDigitized
        0x9101, // ComponentsConfiguration
        0x9102, // CompressedBitsPerPixel
        0x9201, // ShutterSpeedValue
        0x9202, // ApertureValue
        0x9203, // BrightnessValue
        0x9204, // ExposureBiasValue
        0x9205, // MaxApertureValue
        0x9206, // SubjectDistance
        0x9207, // MeteringMode
        0x9208, // LightSource
        0x9209, // Flash
        0x920A, // FocalLength
        0x9290, // SubSecTime
        0x9291, // SubSecTimeOriginal
        0x9292, // SubSecTimeDigitized
        0xA000, // FlashpixVersion
        0xA001, // ColorSpace
        0xA002, // PixelXDimension
        0xA003, // PixelYDimension
        0xA20E, // FocalPlaneXResolution
        0xA20F, // FocalPlaneYResolution
        0xA210, // FocalPlaneResolutionUnit
        0xA217, // SensingMethod
        0xA300, // FileSource
        0xA301, // SceneType
        0xA401, // CustomRendered
        0xA402, // ExposureMode
        0xA403, // WhiteBalance
        0xA404, // DigitalZoomRatio
        0xA405, // FocalLengthIn35mmFilm
        0xA406, // SceneCaptureType
        0xA407, // GainControl
        0xA408, // Contrast
        0xA409, // Saturation
        0xA40A, // Sharpness
        0xA40C, // SubjectDistanceRange
        0xA430, // CameraOwnerName
        0xA432, // LensSpecification
        0xA433, // LensMake
        0xA434, // LensModel
        0xA436, // ImageTitle
        0xA437, // Photographer
        0xA438, // ImageEditor
        0xA460, // CompositeImage
        0xA500, // Gamma
    }.ToFrozenSet();

    /// <summary>A block that says nothing, for places that may not be left empty.</summary>
    public static ReadOnlySpan<byte> Empty => [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>
    /// The block without any place, in the same byte order, never longer than the original; null when nothing in it is understood.
    /// </summary>
    public static byte[]? WithoutLocation(ReadOnlySpan<byte> tiff)
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
        if (image.Count + photo.Count == 0)
            return null;

        var written = Write(order, image, photo);
        return written.Length <= tiff.Length ? written : null;
    }

    private static SortedDictionary<ushort, Entry> ReadDirectory(
        ReadOnlySpan<byte> tiff,
        TiffOrder order,
        uint offset,
        FrozenSet<ushort> known,
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
            if (!known.Contains(tag) || entries.ContainsKey(tag))
                continue;

            var length = (long)values * SizeOf(type);
            if (length is 0 or > MaxValueBytes)
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
