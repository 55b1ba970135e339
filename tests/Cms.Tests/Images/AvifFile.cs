using System.Buffers.Binary;
using System.Text;

namespace Cms.Tests.Images;

/// <summary>Puts metadata items into an AVIF by hand, behind the media data or within the meta box.</summary>
/// <remarks>Reads files as libheif writes them: <c>iloc</c> version 1 or 0 with offsets and lengths of four
/// bytes.</remarks>
internal sealed class AvifFile
{
    private readonly byte[] _plain;
    private readonly bool _inMeta;
    private byte[]? _words;
    private readonly List<(byte[] Info, byte[] Data)> _added = [];

    private AvifFile(byte[] plain, byte[]? exif, byte[]? xmp, bool inMeta)
    {
        (_plain, _inMeta) = (plain, inMeta);
        if (exif is not null)
            _added.Add(([.. "Exif"u8, 0], [0, 0, 0, 6, .. "Exif\0\0"u8, .. exif]));
        if (xmp is not null)
            _added.Add(([.. "mime\0application/rdf+xml\0"u8], xmp));
    }

    /// <summary>
    /// <paramref name="inMeta"/> keeps the data in <c>idat</c> (construction method 1), otherwise it is in a second
    /// <c>mdat</c>.
    /// </summary>
    public static byte[] With(byte[] plain, byte[]? exif, byte[]? xmp, bool inMeta) =>
        new AvifFile(plain, exif, xmp, inMeta).Build();

    /// <summary>With words wherever a box may name something, and in boxes that no picture needs.</summary>
    public static byte[] WithWords(byte[] plain, byte[] words) =>
        new AvifFile(plain, null, null, inMeta: true)
        {
            _words = words,
            _added =
            {
                ([.. "mime\0"u8, .. words, 0, .. words, 0], words),
                ([.. "mime\0application/rdf+xml\0"u8, .. words, 0], words),
                ([.. "uri \0"u8, .. words, 0], words),
            },
        }.Build();

    public static byte[] Box(string type, byte[] body) =>
        [.. Blocks.BigEndian(body.Length + 8), .. Encoding.ASCII.GetBytes(type), .. body];

    private byte[] Build()
    {
        var meta = Boxes(0, _plain.Length).Single(b => b.Type is "meta");
        var shift = Meta(meta, 0, 0).Length - (meta.End - meta.Start);
        var newMeta = Meta(meta, shift, _inMeta ? 0 : _plain.Length + shift + 8);
        var data = _added.SelectMany(a => a.Data).ToArray();
        return
        [
            .. _plain[..meta.Start],
            .. newMeta,
            .. _plain[meta.End..],
            .. _inMeta ? [] : Box("mdat", data),
        ];
    }

    private byte[] Meta((string Type, int Start, int End) meta, int shift, int dataAt)
    {
        var body = new List<byte>(_plain[(meta.Start + 8)..(meta.Start + 12)]);
        foreach (var (type, start, end) in Boxes(meta.Start + 12, meta.End))
        {
            body.AddRange(
                type switch
                {
                    "iinf" => Infos(_plain[(start + 8)..end]),
                    "iref" => throw new InvalidOperationException(
                        "The library writes references now: adapt this builder."
                    ),
                    "iloc" => Places(_plain[(start + 8)..end], shift, dataAt),
                    "hdlr" when _words is not null => Box(
                        "hdlr",
                        [.. _plain[(start + 8)..(start + 28)], .. _words, 0]
                    ),
                    "iprp" when _words is not null => Properties(_plain[(start + 8)..end]),
                    _ => _plain[start..end],
                }
            );
        }

        // Without a reference to what they describe, readers pass the items over. The picture is item 1.
        var references = _added.SelectMany((_, i) => Box("cdsc", [0, (byte)(100 + i), 0, 1, 0, 1]));
        body.AddRange(Box("iref", [0, 0, 0, 0, .. references]));
        if (_words is not null)
            body.AddRange([
                .. Box("free", _words),
                .. Box("uuid", _words),
                .. Box("xml ", _words),
                .. Box(
                    "dinf",
                    Box("dref", [0, 0, 0, 0, 0, 0, 0, 1, .. Box("url ", [0, 0, 0, 0, .. _words, 0])])
                ),
            ]);
        if (_inMeta)
            body.AddRange(Box("idat", [.. _added.SelectMany(a => a.Data)]));
        return Box("meta", [.. body]);
    }

    // The container of properties comes first; those that nothing refers to may be added to its end.
    private byte[] Properties(byte[] body)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(body);
        return Box(
            "iprp",
            [
                .. Box(
                    "ipco",
                    [
                        .. body[8..length],
                        .. Box("udes", [0, 0, 0, 0, .. _words!, 0]),
                        .. Box("altt", [0, 0, 0, 0, .. _words!, 0]),
                        .. Box("crtt", [0, 0, 0, 0, .. _words!]),
                        .. Box("uuid", _words!),
                    ]
                ),
                .. body[length..],
            ]
        );
    }

    private byte[] Infos(byte[] body)
    {
        if (_words is not null)
            body = Named(body);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), (ushort)(body[5] + _added.Count));
        return Box(
            "iinf",
            [
                .. body,
                .. _added.SelectMany(
                    (a, i) => Box("infe", [2, 0, 0, 0, 0, (byte)(100 + i), 0, 0, .. a.Info])
                ),
            ]
        );
    }

    // An entry ends with its name, which the library leaves empty or says "Color".
    private byte[] Named(byte[] body)
    {
        var named = new List<byte>(body[..6]);
        for (var at = 6; at < body.Length; )
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at));
            named.AddRange(Box("infe", [.. body[(at + 8)..(at + 20)], .. _words!, 0]));
            at += size;
        }

        return [.. named];
    }

    private byte[] Places(byte[] old, int shift, int dataAt)
    {
        if (old[4] != 0x44)
            throw new InvalidOperationException(
                "The library writes its places otherwise now: adapt this builder."
            );
        var (version, baseSize) = (old[0], old[5] >> 4);
        var count = BinaryPrimitives.ReadUInt16BigEndian(old.AsSpan(6));
        List<byte> body = [1, 0, 0, 0, 0x44, 0x00, 0, (byte)(count + _added.Count)];
        var at = 8;
        for (var i = 0; i < count; i++)
        {
            body.AddRange(old[at..(at + 2)]);
            at += version == 1 ? 6 : 4;
            var origin = baseSize == 4 ? BinaryPrimitives.ReadInt32BigEndian(old.AsSpan(at)) : 0;
            at += baseSize;
            var extents = old[at + 1];
            body.AddRange([0, 0, 0, 0, 0, extents]);
            at += 2;
            for (var e = 0; e < extents; e++, at += 8)
            {
                body.AddRange(
                    Blocks.BigEndian(origin + BinaryPrimitives.ReadInt32BigEndian(old.AsSpan(at)) + shift)
                );
                body.AddRange(old[(at + 4)..(at + 8)]);
            }
        }

        for (var i = 0; i < _added.Count; i++)
        {
            // In two extents, because readers that handle only one would pass otherwise.
            var (half, length) = (_added[i].Data.Length / 2, _added[i].Data.Length);
            body.AddRange([0, (byte)(100 + i), 0, (byte)(_inMeta ? 1 : 0), 0, 0, 0, 2]);
            body.AddRange([.. Blocks.BigEndian(dataAt), .. Blocks.BigEndian(half)]);
            body.AddRange([.. Blocks.BigEndian(dataAt + half), .. Blocks.BigEndian(length - half)]);
            dataAt += length;
        }

        return Box("iloc", [.. body]);
    }

    private List<(string Type, int Start, int End)> Boxes(int start, int end)
    {
        var boxes = new List<(string, int, int)>();
        for (var at = start; at < end; )
        {
            var size = BinaryPrimitives.ReadInt32BigEndian(_plain.AsSpan(at));
            boxes.Add((Encoding.ASCII.GetString(_plain, at + 4, 4), at, at + size));
            at += size;
        }

        return boxes;
    }
}
