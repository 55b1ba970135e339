using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cms.Images.Files.Containers;

/// <summary>
/// An AVIF, box by box. Its offsets are absolute, so nothing moves: what goes is overwritten where it stands.
/// </summary>
/// <remarks>
/// Of the media data only bytes that a picture claims are kept: EXIF and XMP items are written anew into their old
/// place, the rest is zero. Boxes and properties that the picture does not need become <c>free</c>; names and times are
/// blanked. The samples of an image sequence are not inspected, so tracks other than pictures are refused.
/// </remarks>
internal static partial class AvifContainer
{
    private const int MaxEntries = 8192;
    private const int MaxDescriptions = 16;

    // Within a handler box, behind version, kind and reserved words.
    private const int HandlerNameAt = 20;

    // Of a visual sample entry (ISO/IEC 14496-12), before the boxes in it.
    private const int VisualEntryBytes = 78;

    public static bool HasAvifBrand(ReadOnlySpan<byte> file)
    {
        if (file.Length < 16 || !file[4..].StartsWith("ftyp"u8))
            return false;
        var end = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(file), (uint)file.Length);
        for (var at = 8; at + 4 <= end; at += at == 8 ? 8 : 4)
        {
            if (file[at..].StartsWith("avif"u8) || file[at..].StartsWith("avis"u8))
                return true;
        }

        return false;
    }

    public static byte[] ForReaders(ReadOnlySpan<byte> original)
    {
        var file = original.ToArray();
        Box? meta = null;
        var media = new List<Span>();
        var sequence = false;
        foreach (var box in Boxes(file, 0, file.Length))
        {
            switch (box.Type)
            {
                case "ftyp":
                    break;
                case "meta" when meta is null:
                    meta = box;
                    break;
                case "mdat":
                    media.Add(box.Content);
                    break;
                case "moov":
                    sequence = true;
                    CleanMovie(file, box, 0);
                    break;
                default:
                    Blank(file, box);
                    break;
            }
        }

        if (meta is not { } found)
            throw ImageRefusedException.Damaged("The AVIF has no picture of its own.");
        CleanMeta(file, found, media, sequence);
        return file;
    }

    private static void CleanMeta(byte[] file, Box meta, List<Span> media, bool sequence)
    {
        var items = new Dictionary<uint, Item>();
        uint? primary = null;
        Box? locations = null;
        Span? inner = null;
        var references = 0L;
        foreach (var box in Boxes(file, meta.Content.Start + 4, meta.Content.End))
        {
            switch (box.Type)
            {
                case "grpl":
                    break;
                case "hdlr":
                    BlankFrom(file, box, HandlerNameAt);
                    break;
                case "iref":
                    references = CountReferences(file, box);
                    break;
                case "pitm":
                    primary = ReadPrimary(file, box);
                    break;
                case "iinf":
                    ReadItems(file, box, items);
                    break;
                case "iloc" when locations is null:
                    locations = box;
                    break;
                case "iprp":
                    CheckProperties(file, box, 0);
                    break;
                case "idat" when inner is null:
                    inner = box.Content;
                    break;
                default:
                    Blank(file, box);
                    break;
            }
        }

        if (locations is not { } iloc || primary is not { } id || !items.TryGetValue(id, out var picture))
            throw ImageRefusedException.Damaged("The AVIF does not say where its picture is.");
        if (!picture.IsPicture)
            throw ImageRefusedException.Unsupported("The picture is not coded as AV1.");

        ReadLocations(file, iloc, inner, items);
        CheckSizes(file, items.Values, references);
        Overwrite(file, items.Values, inner is { } idat ? [.. media, idat] : media, media, sequence);
    }

    private static void Overwrite(
        byte[] file,
        IEnumerable<Item> items,
        List<Span> stores,
        List<Span> media,
        bool sequence
    )
    {
        var kept = Merge(items.Where(i => i.IsPicture).SelectMany(i => i.Extents));
        var descriptions = items.Where(i => !i.IsPicture).ToList();
        var dropped = Merge(descriptions.SelectMany(i => i.Extents));
        if (
            dropped.Exists(d => !stores.Exists(s => s.Start <= d.Start && d.End <= s.End))
            || Intersect(kept, dropped)
            || descriptions.Count > MaxDescriptions
        )
            throw ImageRefusedException.Damaged("The AVIF's metadata lies where it may not.");

        var rewritten = descriptions.ConvertAll(i => (Item: i, Bytes: Rewrite(file, i)));
        foreach (var span in dropped)
            file.AsSpan(span.Start, span.Length).Clear();

        // Bytes that no item claims may be an older copy of anything. The samples of a sequence are claimed elsewhere.
        foreach (var store in stores.Where(s => !sequence || !media.Contains(s)))
        {
            var at = store.Start;
            foreach (var span in kept)
            {
                if (span.End <= at || span.Start >= store.End)
                    continue;
                if (span.Start > at)
                    file.AsSpan(at, span.Start - at).Clear();
                at = Math.Min(span.End, store.End);
            }

            file.AsSpan(at, store.End - at).Clear();
        }

        foreach (var (item, bytes) in rewritten)
        {
            var at = 0;
            foreach (var span in item.Extents)
            {
                var part = Math.Min(span.Length, bytes.Length - at);
                bytes.AsSpan(at, part).CopyTo(file.AsSpan(span.Start));
                at += part;
            }
        }
    }

    // A part that is referenced several times is decoded several times.
    private static void CheckSizes(byte[] file, IReadOnlyCollection<Item> items, long references)
    {
        if (items.Sum(i => i.Extents.Sum(e => (long)e.Length)) > file.Length)
            throw ImageRefusedException.Damaged("The AVIF's items overlap.");

        var (sum, largest) = (0L, 0L);
        foreach (var item in items)
        {
            var pixels = PixelsOf(file, item);
            sum += pixels;
            largest = Math.Max(largest, pixels);
        }

        ImageLimits.CheckParts(Math.Max(sum, references * largest));
    }

    // The declared size was checked with the properties; a decoder goes by what the data says.
    private static long PixelsOf(byte[] file, Item item)
    {
        if (item.Type is not ("av01" or "grid"))
            return 0;

        var data =
            item.Extents.Count == 1
                ? file.AsSpan(item.Extents[0].Start, item.Extents[0].Length)
                : item.Extents.SelectMany(e => file.AsSpan(e.Start, e.Length).ToArray()).ToArray();
        if (item.Type is "av01")
            return Av1.CheckSize(data);

        var reader = new ByteReader(data);
        reader.Take(1);
        var wide = (reader.Byte() & 1) == 1;
        reader.Take(2);
        if (wide)
            ImageLimits.Check(reader.UInt32(), reader.UInt32());
        else
            ImageLimits.Check(reader.UInt16(), reader.UInt16());
        // It is composed of other items, which are counted.
        return 0;
    }

    /// <summary>An item's new content, exactly as long as the old one or empty.</summary>
    private static byte[] Rewrite(byte[] file, Item item)
    {
        var length = item.Extents.Sum(e => (long)e.Length);
        if (length > ImageLimits.MaxMetadataBytes || !(item.IsExif || item.IsXmp))
            return [];

        var old = item.Extents.SelectMany(e => file.AsSpan(e.Start, e.Length).ToArray()).ToArray();
        var content = new byte[length];
        if (item.IsXmp)
        {
            content.AsSpan().Fill((byte)' ');
            var packet =
                XmpPacket.ForReaders(old) is { } kept && kept.Length <= length ? kept : XmpPacket.Empty;
            if (packet.Length <= length)
                packet.CopyTo(content);
            return content;
        }

        // Four bytes say how far behind them the TIFF header is; here it always follows at once.
        if (length < 4 + ExifBlock.Empty.Length)
            return content;
        var offset = BinaryPrimitives.ReadUInt32BigEndian(old);
        var block = offset <= length - 4 ? ExifBlock.ForReaders(old.AsSpan((int)offset + 4)) : null;
        (block ?? ExifBlock.Empty).CopyTo(content.AsSpan(4));
        return content;
    }

    private static uint ReadPrimary(ReadOnlySpan<byte> file, Box box)
    {
        var reader = new ByteReader(file[..box.Content.End], box.Content.Start);
        var version = reader.UInt32() >> 24;
        return version == 0 ? reader.UInt16() : reader.UInt32();
    }

    private static void ReadItems(byte[] file, Box box, Dictionary<uint, Item> items)
    {
        var reader = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start);
        var version = reader.UInt32() >> 24;
        reader.Take(version == 0 ? 2 : 4);
        foreach (var entry in Boxes(file, reader.Position, box.Content.End))
        {
            if (!string.Equals(entry.Type, "infe", StringComparison.Ordinal))
                continue;
            var info = new ByteReader(file.AsSpan(0, entry.Content.End), entry.Content.Start);
            var infoVersion = info.UInt32() >> 24;
            if (infoVersion < 2)
                continue;
            var id = infoVersion == 2 ? info.UInt16() : info.UInt32();
            info.Take(2);
            var type = Name(info.Take(4));
            var xmp = false;
            // The author's name for the item, blanked. Its length stays, since fields follow it.
            var nameAt = info.Position;
            file.AsSpan(nameAt, info.UntilNul().Length).Fill((byte)'-');
            var wordsAt = info.Position;
            if (string.Equals(type, "mime", StringComparison.Ordinal))
            {
                xmp = info.UntilNul().SequenceEqual("application/rdf+xml"u8);
                if (xmp)
                    wordsAt = info.Position;
            }

            // An unknown type or encoding, which may contain any text.
            foreach (ref var letter in file.AsSpan(wordsAt, entry.Content.End - wordsAt))
                if (letter != 0)
                    letter = (byte)'-';

            if (items.Count >= MaxEntries || !items.TryAdd(id, new Item(type, xmp)))
                throw ImageRefusedException.Damaged("The AVIF's list of items contradicts itself.");
        }
    }

    private static void ReadLocations(byte[] file, Box box, Span? inner, Dictionary<uint, Item> items)
    {
        var reader = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start);
        var version = reader.UInt32() >> 24;
        var sizes = reader.UInt16();
        var (offsetSize, lengthSize, baseSize) = (sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15);
        var indexSize = version is 1 or 2 ? sizes & 15 : 0;
        var count = version < 2 ? reader.UInt16() : reader.UInt32();
        var total = 0;
        if (version > 2)
            throw ImageRefusedException.Unsupported("The AVIF's list of places is of an unknown version.");

        for (var i = 0u; i < count; i++)
        {
            var id = version < 2 ? reader.UInt16() : reader.UInt32();
            var method = version is 1 or 2 ? reader.UInt16() & 15 : 0;
            var source = reader.UInt16();
            var origin = Number(ref reader, baseSize);
            var extents = reader.UInt16();
            if (method > 1 || source != 0 || (method == 1 && inner is null))
                throw ImageRefusedException.Unsupported(
                    "The AVIF keeps its data in a way that is not read here."
                );

            // An item that is not in the list of items has nobody to read it; what it points to is zeroed with the
            // rest.
            if (!items.TryGetValue(id, out var item))
                items.Add(id, item = new Item("", false));
            var store = method == 1 ? inner!.Value : new Span(0, file.Length);
            for (var e = 0; e < extents; e++)
            {
                Number(ref reader, indexSize);
                var offset = origin + Number(ref reader, offsetSize);
                var length = Number(ref reader, lengthSize);
                if (
                    length == 0
                    || ++total > MaxEntries
                    || offset > (ulong)store.Length
                    || length > (ulong)store.Length - offset
                )
                    throw ImageRefusedException.Damaged("The file ends before its image does.");
                var start = store.Start + (int)offset;
                item.Extents.Add(new Span(start, start + (int)length));
            }
        }
    }

    private static ulong Number(ref ByteReader reader, int size) =>
        size switch
        {
            0 => 0,
            4 => reader.UInt32(),
            // Far beyond any file that is taken in, yet safe to add up.
            8 => Math.Min(reader.UInt64(), ulong.MaxValue / 4),
            _ => throw ImageRefusedException.Damaged("The AVIF's list of places is malformed."),
        };

    private static void CheckProperties(byte[] file, Box parent, int depth)
    {
        foreach (var box in Boxes(file, parent.Content.Start, parent.Content.End))
        {
            if (string.Equals(box.Type, "ipco", StringComparison.Ordinal) && depth == 0)
            {
                CheckProperties(file, box, depth + 1);
            }
            else if (string.Equals(box.Type, "ispe", StringComparison.Ordinal))
            {
                var reader = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start + 4);
                ImageLimits.Check(reader.UInt32(), reader.UInt32());
            }
            else if (string.Equals(box.Type, "av1C", StringComparison.Ordinal))
            {
                // May repeat the sequence header, which decoders are then given first.
                if (box.Content.Length > 4)
                    Av1.CheckSize(file.AsSpan(box.Content.Start + 4, box.Content.Length - 4));
            }
            else if (string.Equals(box.Type, "colr", StringComparison.Ordinal))
            {
                ImageLimits.CheckProfile(box.Content.Length);
            }
            else if (!(depth == 0 ? box.Type is "ipma" : IsPictureProperty(box.Type)))
            {
                Blank(file, box);
            }
        }
    }

    // How a picture is coded, turned, cropped and coloured. Descriptions are properties too.
    private static bool IsPictureProperty(string type) =>
        type
            is "pixi"
                or "pasp"
                or "irot"
                or "imir"
                or "clap"
                or "auxC"
                or "clli"
                or "mdcv"
                or "cclv"
                or "amve"
                or "lsel"
                or "a1op"
                or "a1lx"
                or "rloc";

    /// <summary>
    /// How many parts the items of the file are composed of, each counted as often as it is referenced.
    /// </summary>
    private static long CountReferences(byte[] file, Box box)
    {
        var wide = new ByteReader(file.AsSpan(0, box.Content.End), box.Content.Start).UInt32() >> 24 != 0;
        var count = 0L;
        foreach (var reference in Boxes(file, box.Content.Start + 4, box.Content.End))
        {
            if (!string.Equals(reference.Type, "dimg", StringComparison.Ordinal))
                continue;
            var reader = new ByteReader(file.AsSpan(0, reference.Content.End), reference.Content.Start);
            reader.Take(wide ? 4 : 2);
            count += reader.UInt16();
        }

        return count;
    }

    private static string Name(ReadOnlySpan<byte> type) => System.Text.Encoding.Latin1.GetString(type);

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Span(int Start, int End)
    {
        public int Length => End - Start;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Box(string Type, int Start, Span Content);

    private sealed record Item(string Type, bool IsXmp)
    {
        public List<Span> Extents { get; } = [];

        public bool IsExif => string.Equals(Type, "Exif", StringComparison.Ordinal);

        public bool IsPicture => Type is "av01" or "grid" or "iovl" or "iden" or "tmap";
    }
}
