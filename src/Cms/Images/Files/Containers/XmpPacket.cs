using System.Collections.Frozen;
using System.Text;
using System.Xml;

namespace Cms.Images.Files.Containers;

/// <summary>
/// An XMP packet rewritten from the few properties that readers should get: credit, copyright and licence.
/// </summary>
/// <remarks>
/// An allow list, because a packet may hold anything: instructions to editors, job numbers, the history of edits,
/// places, names of people shown, serial numbers. Two properties are kept beside the rights because they are promises
/// to readers and machines: whether a picture was made by an algorithm, and whether it may be mined. Prefixes and
/// processing instructions are written from constants, since they can hold words too.
/// </remarks>
internal static class XmpPacket
{
    private const string Rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
    private const string Meta = "adobe:ns:meta/";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";
    private const string Dc = "http://purl.org/dc/elements/1.1/";
    private const string Rights = "http://ns.adobe.com/xap/1.0/rights/";
    private const string Photoshop = "http://ns.adobe.com/photoshop/1.0/";
    private const string Tiff = "http://ns.adobe.com/tiff/1.0/";
    private const string Ext = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
    private const string Plus = "http://ns.useplus.org/ldf/xmp/1.0/";
    private const string Cc = "http://creativecommons.org/ns#";
    private const int MaxDepth = 64;

    private static readonly FrozenDictionary<string, string> Prefixes = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        [Meta] = "x",
        [Rdf] = "rdf",
        [Xml] = "xml",
        [Dc] = "dc",
        [Rights] = "xmpRights",
        [Photoshop] = "photoshop",
        [Tiff] = "tiff",
        [Ext] = "Iptc4xmpExt",
        [Plus] = "plus",
        [Cc] = "cc",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<(string Namespace, string Name)> Properties = new[]
    {
        (Dc, "creator"),
        (Dc, "rights"),
        (Photoshop, "Credit"),
        (Tiff, "Orientation"),
        (Tiff, "Artist"),
        (Tiff, "Copyright"),
        (Rights, "Marked"),
        (Rights, "Owner"),
        (Rights, "UsageTerms"),
        (Rights, "WebStatement"),
        (Cc, "license"),
        (Cc, "attributionName"),
        (Cc, "attributionURL"),
        (Plus, "CopyrightOwner"),
        (Plus, "CopyrightOwnerName"),
        (Plus, "ImageCreator"),
        (Plus, "ImageCreatorName"),
        (Plus, "Licensor"),
        (Plus, "LicensorName"),
        (Plus, "LicensorURL"),
        (Plus, "CreditLineRequired"),
        (Plus, "CopyrightStatus"),
        (Plus, "DataMining"),
        (Ext, "DigitalSourceType"),
    }.ToFrozenSet();

    /// <summary>A packet that says nothing, for places that may not be left empty.</summary>
    public static ReadOnlySpan<byte> Empty => "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>"u8;

    /// <summary>The packet for readers, as UTF-8; null when it cannot be parsed or has nothing for them.</summary>
    public static byte[]? ForReaders(ReadOnlySpan<byte> packet)
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

    // Only what lies within a property of the list is a value; around it there is nothing but the frame.
    private static bool Copy(XmlReader reader, XmlWriter writer)
    {
        var any = false;
        int? propertyAt = null;
        reader.Read();
        while (!reader.EOF)
        {
            if (reader.Depth > MaxDepth)
                return false;

            switch (reader.NodeType)
            {
                case XmlNodeType.Element when !IsKept(reader, inProperty: propertyAt is not null):
                    reader.Skip();
                    continue;
                case XmlNodeType.Element:
                    var empty = reader.IsEmptyElement;
                    if (propertyAt is null && IsProperty(reader))
                    {
                        any = true;
                        propertyAt = empty ? null : reader.Depth;
                        WriteStart(reader, writer);
                        any |= CopyAttributes(reader, writer, inProperty: true);
                    }
                    else
                    {
                        WriteStart(reader, writer);
                        any |= CopyAttributes(reader, writer, inProperty: propertyAt is not null);
                    }
                    if (empty)
                        writer.WriteEndElement();
                    break;
                case XmlNodeType.EndElement:
                    writer.WriteFullEndElement();
                    if (propertyAt == reader.Depth)
                        propertyAt = null;
                    break;
                case XmlNodeType.Text
                or XmlNodeType.CDATA
                or XmlNodeType.SignificantWhitespace when propertyAt is not null:
                    writer.WriteString(reader.Value);
                    break;
                case XmlNodeType.ProcessingInstruction
                    when string.Equals(reader.Name, "xpacket", StringComparison.Ordinal):
                    writer.WriteProcessingInstruction(
                        "xpacket",
                        reader.Value.StartsWith("end", StringComparison.Ordinal)
                            ? "end=\"w\""
                            : "begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\""
                    );
                    break;
            }

            reader.Read();
        }

        return any;
    }

    private static void WriteStart(XmlReader element, XmlWriter writer) =>
        writer.WriteStartElement(Prefixes[element.NamespaceURI], element.LocalName, element.NamespaceURI);

    /// <returns>Whether one of them is a property: the short way to write one.</returns>
    private static bool CopyAttributes(XmlReader reader, XmlWriter writer, bool inProperty)
    {
        var any = false;
        var isDescription = IsFrame(reader);
        while (reader.MoveToNextAttribute())
        {
            var (space, name) = (reader.NamespaceURI, reader.LocalName);
            if (IsProperty(reader))
                any = true;
            else if (isDescription && !inProperty && space is Rdf or "" && name is "about")
            {
                // The author's name for the picture. A packet without a subject describes its own file.
                writer.WriteAttributeString("rdf", "about", Rdf, "");
                continue;
            }
            else if (
                !inProperty || (space, name) is not ((Rdf, "parseType") or (Rdf, "resource") or (Xml, "lang"))
            )
                continue;
            writer.WriteAttributeString(Prefixes[space], name, space, reader.Value);
        }

        reader.MoveToElement();
        return any;
    }

    private static bool IsKept(XmlReader element, bool inProperty) =>
        IsProperty(element)
        || IsFrame(element)
        || (
            inProperty
            && element.NamespaceURI is Rdf
            && element.LocalName is "Bag" or "Seq" or "Alt" or "li" or "value"
        );

    private static bool IsFrame(XmlReader element) =>
        (element.NamespaceURI, element.LocalName)
            is
                (Meta, "xmpmeta")
                or
                (Rdf, "RDF")
                or
                (Rdf, "Description");

    private static bool IsProperty(XmlReader node) =>
        Properties.Contains((node.NamespaceURI, node.LocalName));
}
