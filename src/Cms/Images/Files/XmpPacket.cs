using System.Collections.Frozen;
using System.Text;
using System.Xml;

namespace Cms.Images.Files;

/// <summary>An XMP packet written anew from what is known to hold no place.</summary>
/// <remarks>
/// Kept are the vocabularies of rights, credit, caption and camera; not kept are all others (drones, phones and gain maps
/// have their own), and in those kept, whatever speaks of GPS or a location, maker notes and embedded thumbnails. The names of city, region and
/// country stay: an editor wrote them to be read.
/// </remarks>
internal static class XmpPacket
{
    private const string Xmlns = "http://www.w3.org/2000/xmlns/";
    private const int MaxDepth = 64;

    private static readonly FrozenSet<string> KnownNamespaces = new[]
    {
        "adobe:ns:meta/",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "http://www.w3.org/XML/1998/namespace",
        "http://purl.org/dc/elements/1.1/",
        "http://ns.adobe.com/xap/1.0/",
        "http://ns.adobe.com/xap/1.0/rights/",
        "http://ns.adobe.com/photoshop/1.0/",
        "http://ns.adobe.com/tiff/1.0/",
        "http://ns.adobe.com/exif/1.0/",
        "http://cipa.jp/exif/1.0/",
        "http://ns.adobe.com/exif/1.0/aux/",
        "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
        "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
        "http://ns.useplus.org/ldf/xmp/1.0/",
        "http://creativecommons.org/ns#",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] TellingNames =
    [
        "gps",
        "location",
        "latitude",
        "longitude",
        "altitude",
        "coordinate",
        "coverage",
        "makernote",
        "usercomment",
        "thumbnail",
        "ancestors",
        "serialnumber",
    ];

    /// <summary>A packet that says nothing, for places that may not be left empty.</summary>
    public static ReadOnlySpan<byte> Empty => "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>"u8;

    /// <summary>The packet without any place, as UTF-8; null when it cannot be understood.</summary>
    public static byte[]? WithoutLocation(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty || packet.Length > ImageLimits.MaxMetadataBytes)
            return null;

        try
        {
            var xml = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(packet.TrimEnd((byte)0));
            using var reader = XmlReader.Create(
                new StringReader(xml.TrimStart('\uFEFF')),
                new XmlReaderSettings
                {
                    DtdProcessing = DtdProcessing.Prohibit,
                    XmlResolver = null,
                    ConformanceLevel = ConformanceLevel.Document,
                    IgnoreComments = true,
                    IgnoreWhitespace = true,
                }
            );
            using var output = new MemoryStream();
            using (
                var writer = XmlWriter.Create(
                    output,
                    new XmlWriterSettings
                    {
                        Encoding = new UTF8Encoding(false),
                        OmitXmlDeclaration = true,
                        ConformanceLevel = ConformanceLevel.Document,
                    }
                )
            )
            {
                if (!Copy(reader, writer))
                    return null;
            }

            return output.ToArray();
        }
        catch (Exception e)
            when (e
                    is XmlException
                        or DecoderFallbackException
                        or ArgumentException
                        or InvalidOperationException
            )
        {
            return null;
        }
    }

    private static bool Copy(XmlReader reader, XmlWriter writer)
    {
        var any = false;
        reader.Read();
        while (!reader.EOF)
        {
            if (reader.Depth > MaxDepth)
                return false;

            switch (reader.NodeType)
            {
                case XmlNodeType.Element when !IsKept(reader):
                    reader.Skip();
                    continue;
                case XmlNodeType.Element:
                    any = true;
                    var empty = reader.IsEmptyElement;
                    writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
                    CopyAttributes(reader, writer);
                    if (empty)
                        writer.WriteEndElement();
                    break;
                case XmlNodeType.EndElement:
                    writer.WriteFullEndElement();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    writer.WriteString(reader.Value);
                    break;
                case XmlNodeType.ProcessingInstruction
                    when string.Equals(reader.Name, "xpacket", StringComparison.Ordinal):
                    writer.WriteProcessingInstruction(reader.Name, reader.Value);
                    break;
            }

            reader.Read();
        }

        return any;
    }

    private static void CopyAttributes(XmlReader reader, XmlWriter writer)
    {
        while (reader.MoveToNextAttribute())
        {
            if (string.Equals(reader.NamespaceURI, Xmlns, StringComparison.Ordinal))
            {
                if (reader.Prefix.Length > 0 && KnownNamespaces.Contains(reader.Value))
                    writer.WriteAttributeString("xmlns", reader.LocalName, Xmlns, reader.Value);
            }
            else if (reader.NamespaceURI.Length == 0 || IsKept(reader))
            {
                // rdf:about and its like are sometimes written without their prefix; nothing else has no namespace.
                if (
                    reader.NamespaceURI.Length > 0
                    || reader.LocalName is "about" or "ID" or "parseType" or "resource"
                )
                    writer.WriteAttributeString(
                        reader.Prefix,
                        reader.LocalName,
                        reader.NamespaceURI,
                        reader.Value
                    );
            }
        }

        reader.MoveToElement();
    }

    private static bool IsKept(XmlReader node) =>
        KnownNamespaces.Contains(node.NamespaceURI)
        && !TellingNames.Any(name => node.LocalName.Contains(name, StringComparison.OrdinalIgnoreCase));
}
