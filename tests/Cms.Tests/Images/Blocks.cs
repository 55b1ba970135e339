using System.Buffers.Binary;
using System.Text;

namespace Cms.Tests.Images;

/// <summary>Metadata written by hand, with a place in it that can be searched for afterwards.</summary>
internal static class Blocks
{
    /// <summary>Stands in every place that must not be delivered.</summary>
    public const string Secret = "52.51627";

    public const string Copyright = "(c) 2027 The Morning Paper";

    /// <summary>Numerators and denominators that occur nowhere else: 52°30'58.572", 13°22'39.612".</summary>
    public static readonly uint[] Latitude =
    [
        0x34000000,
        0x00F42401,
        0x1E00C0DE,
        0x00F42403,
        0x3A92A5A5,
        0x00F42405,
    ];

    /// <summary>
    /// An EXIF block: orientation, copyright, camera, a GPS directory, a maker note, a thumbnail directory with GPS of
    /// its own, and words of the desk, of the camera and of the clock.
    /// </summary>
    public static byte[] Exif(bool littleEndian, ushort orientation = 1, bool gpsBelowExif = false)
    {
        var tiff = new Tiff(littleEndian);
        var make = tiff.Data(Encoding.ASCII.GetBytes("Camera Works\0"));
        var copyright = tiff.Data(Encoding.ASCII.GetBytes(Copyright + "\0"));
        var latitude = tiff.Data([.. Latitude.SelectMany(tiff.Number)]);
        var note = tiff.Data(Encoding.ASCII.GetBytes("MAKER" + Secret + "\0"));
        var told = tiff.Data(Encoding.ASCII.GetBytes(Secret + " of old\0"));
        var wide = tiff.Data(Encoding.Unicode.GetBytes(Secret + "\0"));
        (ushort, ushort, uint, byte[]) Told(ushort tag) => (tag, 2, 16, tiff.Number(told));
        var gps = tiff.Directory([(1, 2, 2, Tiff.Inline("N\0"u8)), (2, 5, 3, tiff.Number(latitude))]);
        var thumbnail = tiff.Directory([(0x8825, 4, 1, tiff.Number(gps)), (0x0103, 3, 1, tiff.Short(6))]);
        var exif = tiff.Directory([
            (0x829A, 5, 1, tiff.Number(tiff.Data([.. tiff.Number(1), .. tiff.Number(250)]))),
            .. gpsBelowExif
                ? [(0x8825, 4, 1, tiff.Number(gps))]
                : Array.Empty<(ushort, ushort, uint, byte[])>(),
            Told(0x9003),
            (0x927C, 7, 14, tiff.Number(note)),
            Told(0x9286),
            (0xA001, 3, 1, tiff.Short(1)),
            Told(0xA420),
            Told(0xA430),
            Told(0xA431),
            Told(0xA436),
        ]);
        var image = tiff.Directory(
            [
                Told(0x010E),
                (0x010F, 2, 13, tiff.Number(make)),
                Told(0x0110),
                (0x0112, 3, 1, tiff.Short(orientation)),
                Told(0x0131),
                Told(0x0132),
                (0x8298, 2, (uint)Copyright.Length + 1, tiff.Number(copyright)),
                (0x8769, 4, 1, tiff.Number(exif)),
                .. gpsBelowExif
                    ? []
                    : new (ushort, ushort, uint, byte[])[] { (0x8825, 4, 1, tiff.Number(gps)) },
                (0x9C9C, 1, (uint)(Secret.Length + 1) * 2, tiff.Number(wide)),
                (0x9C9E, 1, (uint)(Secret.Length + 1) * 2, tiff.Number(wide)),
            ],
            next: thumbnail
        );
        return tiff.Finish(image);
    }

    /// <summary>
    /// An XMP packet with the place as attribute, as element, in a drone's words and in IPTC's; credit beside it.
    /// </summary>
    public static byte[] Xmp() =>
        Encoding.UTF8.GetBytes(
            $"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Darkroom {Secret}"><rdf:RDF
              xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="uuid:{Secret}" xmlns:exif="http://ns.adobe.com/exif/1.0/"
              xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
              xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:drone="http://www.dji.com/drone-dji/1.0/"
              xmlns:xmpNote="http://ns.adobe.com/xmp/note/"
              xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:hide="http://example.com/{Secret}/"
              xmlns:mm="http://ns.adobe.com/xap/1.0/mm/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
              xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"
              xmlns:core="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
              xmlns:s{Secret}="http://ns.adobe.com/xap/1.0/rights/"
              s{Secret}:Marked="True"
              photoshop:Instructions="Do not name the source: {Secret}" photoshop:TransmissionReference="{Secret}"
              photoshop:CaptionWriter="{Secret}"
              photoshop:Headline="{Secret}" photoshop:City="{Secret}" xmp:CreatorTool="{Secret}"
              xmp:Label="{Secret}" aux:SerialNumber="{Secret}"
              exif:GPSLatitude="{Secret}N" drone:GpsLatitude="{Secret}" photoshop:Credit="Morning &amp; Evening"
              xmpNote:HasExtendedXMP="{Secret}">
              <exif:GPSLongitude>{Secret}</exif:GPSLongitude><!-- {Secret} -->
              <photoshop:Instructions>{Secret}</photoshop:Instructions> {Secret} <rdf:li>{Secret}</rdf:li>
              <mm:History><rdf:Seq><rdf:li rdf:parseType="Resource">
              <dc:rights>{Secret}</dc:rights></rdf:li></rdf:Seq></mm:History>
              <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{Secret}</rdf:li></rdf:Alt></dc:description>
              <dc:subject><rdf:Bag><rdf:li>{Secret}</rdf:li></rdf:Bag></dc:subject>
              <ext:PersonInImage><rdf:Bag><rdf:li>{Secret}</rdf:li></rdf:Bag></ext:PersonInImage>
              <core:CreatorContactInfo rdf:parseType="Resource">
              <core:CiTelWork>{Secret}</core:CiTelWork></core:CreatorContactInfo>
              <dc:creator><rdf:Seq><rdf:li mm:InstanceID="{Secret}">Jo Marsh</rdf:li></rdf:Seq></dc:creator>
              <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">{Copyright}</rdf:li></rdf:Alt></dc:rights>
              <ext:LocationCreated><rdf:Bag><rdf:li rdf:parseType="Resource">
              <exif:GPSLatitude>{Secret}</exif:GPSLatitude></rdf:li></rdf:Bag></ext:LocationCreated>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            {new string(' ', 200)}
            <?xpacket end="w"?>
            """
        );

    /// <summary>The bytes of a big-endian number.</summary>
    public static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private sealed class Tiff(bool littleEndian)
    {
        private readonly List<byte> _bytes = [.. littleEndian ? "II*\0"u8 : "MM\0*"u8, 0, 0, 0, 0];

        public byte[] Number(uint value) => Order(BitConverter.GetBytes(value));

        public byte[] Short(ushort value) => [.. Order(BitConverter.GetBytes(value)), 0, 0];

        public static byte[] Inline(ReadOnlySpan<byte> value) => [.. value, .. new byte[4 - value.Length]];

        public uint Data(byte[] data)
        {
            var at = (uint)_bytes.Count;
            _bytes.AddRange(data);
            if (_bytes.Count % 2 == 1)
                _bytes.Add(0);
            return at;
        }

        public uint Directory(
            IReadOnlyList<(ushort Tag, ushort Type, uint Count, byte[] Value)> entries,
            uint next = 0
        ) =>
            Data([
                .. Short((ushort)entries.Count)[..2],
                .. entries.SelectMany(e =>
                    (byte[])[.. Short(e.Tag)[..2], .. Short(e.Type)[..2], .. Number(e.Count), .. e.Value]
                ),
                .. Number(next),
            ]);

        public byte[] Finish(uint first)
        {
            var header = Number(first);
            for (var i = 0; i < 4; i++)
                _bytes[4 + i] = header[i];
            return [.. _bytes];
        }

        private byte[] Order(byte[] native)
        {
            if (BitConverter.IsLittleEndian != littleEndian)
                Array.Reverse(native);
            return native;
        }
    }
}
