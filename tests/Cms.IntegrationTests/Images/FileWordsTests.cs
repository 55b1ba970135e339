using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using NetVips;

namespace Cms.IntegrationTests.Images;

/// <summary>What files say of their pictures, and who has the last word.</summary>
public sealed class FileWordsTests(CmsServer cms)
{
    private const string Xmp = """
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
          xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/" photoshop:Credit="The Circuit">
          <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Harbour &amp; tram</rdf:li></rdf:Alt></dc:title>
          <dc:description><rdf:Alt><rdf:li xml:lang="de">Die erste Bahn</rdf:li>
            <rdf:li xml:lang="x-default">The first tram</rdf:li></rdf:Alt></dc:description>
          <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© 2026 Okafor</rdf:li></rdf:Alt></dc:rights>
          <dc:creator><rdf:Seq><rdf:li>Ines Okafor</rdf:li><rdf:li>Jo Ruiz</rdf:li></rdf:Seq></dc:creator>
          <Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">A tram at the quay</rdf:li>
            </rdf:Alt></Iptc4xmpCore:AltTextAccessibility>
        </rdf:Description></rdf:RDF></x:xmpmeta>
        """;

    private static readonly string[] Names = ["title", "caption", "credit", "alt", "copyright", "creator"];

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    public async Task What_the_XMP_of_a_file_says_fills_what_the_request_leaves_out(string format)
    {
        var image = await (
            await cms.Editor.UploadAsync(WithXmp(format, Xmp), fields: ("credit", "Ines Okafor/The Circuit"))
        ).ReadAsync(HttpStatusCode.Created);
        Assert.Equal(
            [
                "Harbour & tram",
                "The first tram",
                "Ines Okafor/The Circuit",
                "A tram at the quay",
                "© 2026 Okafor",
                "Ines Okafor, Jo Ruiz",
            ],
            Words(image)
        );
        // Of all that, the file keeps the rights only.
        var file = Encoding.UTF8.GetString(
            await cms.Anonymous.GetByteArrayAsync(
                (string)image["url"]!,
                TestContext.Current.CancellationToken
            )
        );
        if (format == "jpeg")
            Assert.Contains("© 2026 Okafor", file, StringComparison.Ordinal);
        Assert.DoesNotContain("The first tram", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_IPTC_of_a_file_says_counts_where_there_is_no_XMP()
    {
        var image = await (
            await cms.Editor.UploadAsync(
                WithIptc(
                    (5, "Hafen"),
                    (80, "Jörg Maß"),
                    (110, "dpa"),
                    (116, "© dpa"),
                    (120, "Die erste Straßenbahn")
                )
            )
        ).ReadAsync(HttpStatusCode.Created);
        Assert.Equal(["Hafen", "Die erste Straßenbahn", "dpa", null, "© dpa", "Jörg Maß"], Words(image));
    }

    [Fact]
    public async Task Who_wants_none_of_it_says_so()
    {
        var image = await (
            await cms.Editor.UploadAsync(WithXmp("jpeg", Xmp), fields: ("prefill", "false"))
        ).ReadAsync(HttpStatusCode.Created);
        Assert.Equal([null, null, null, null, null, null], Words(image));
    }

    [Theory]
    [InlineData("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF")]
    [InlineData(
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>"
    )]
    [InlineData("not XML at all")]
    public async Task Metadata_that_cannot_be_read_say_nothing(string xmp)
    {
        var image = await (await cms.Editor.UploadAsync(WithXmp("jpeg", xmp))).ReadAsync(
            HttpStatusCode.Created
        );
        Assert.Equal([null, null, null, null, null, null], Words(image));
    }

    [Fact]
    public async Task A_text_of_a_file_that_is_too_long_is_cut()
    {
        var image = await (await cms.Editor.UploadAsync(WithIptc((110, new string('c', 400))))).ReadAsync(
            HttpStatusCode.Created
        );
        Assert.Equal(new string('c', 299) + "…", (string?)image["credit"]);
    }

    private static string?[] Words(JsonObject image) => [.. Names.Select(name => (string?)image[name])];

    private static byte[] WithXmp(string format, string xmp)
    {
        Cms.Images.Files.Libvips.Prepare();
        using var plain = Image.NewFromBuffer(Pictures.Png());
        using var image = plain.Mutate(m => m.Set(GValue.BlobType, "xmp-data", Encoding.UTF8.GetBytes(xmp)));
        return format switch
        {
            "jpeg" => image.JpegsaveBuffer(),
            "png" => image.PngsaveBuffer(),
            _ => image.WebpsaveBuffer(lossless: true),
        };
    }

    private static byte[] WithIptc(params (byte Number, string Text)[] datasets)
    {
        // The first says that what follows is UTF-8.
        List<byte> iptc = [0x1C, 1, 90, 0, 3, 0x1B, 0x25, 0x47];
        foreach (var (number, text) in datasets)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            iptc.AddRange([0x1C, 2, number, (byte)(bytes.Length >> 8), (byte)bytes.Length]);
            iptc.AddRange(bytes);
        }
        if (iptc.Count % 2 == 1)
            iptc.Add(0);
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, iptc.Count);
        byte[] body = [.. "Photoshop 3.0\0"u8, .. "8BIM"u8, 4, 4, 0, 0, .. size, .. iptc];
        Cms.Images.Files.Libvips.Prepare();
        using var image = Image.NewFromBuffer(Pictures.Png());
        var jpeg = image.JpegsaveBuffer(keep: Enums.ForeignKeep.None);
        return
        [
            .. jpeg[..2],
            0xFF,
            0xED,
            (byte)((body.Length + 2) >> 8),
            (byte)(body.Length + 2),
            .. body,
            .. jpeg[2..],
        ];
    }
}
