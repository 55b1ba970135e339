using MetadataExtractor;
using MetadataExtractor.Formats.Iptc;
using MetadataExtractor.Formats.Xmp;
using XmpCore;

namespace Cms.Images.Files;

/// <summary>
/// What a file says of its picture, in IPTC and XMP. XMP counts where both do: newer programs write it.
/// </summary>
internal sealed record FileWords
{
    private const string Dc = "http://purl.org/dc/elements/1.1/";
    private const string Photoshop = "http://ns.adobe.com/photoshop/1.0/";
    private const string Iptc = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";

    /// <summary>Where alternatives in languages have one for everybody.</summary>
    private const string AnyLanguage = "x-default";

    private const int MaxCreators = 10;

    public static readonly FileWords None = new();

    public string? Title { get; init; }
    public string? Caption { get; init; }
    public string? Credit { get; init; }
    public string? Alt { get; init; }
    public string? Copyright { get; init; }
    public string? Creator { get; init; }

    /// <summary>Reads them; a file whose metadata cannot be read says nothing.</summary>
    public static FileWords Of(ReadOnlyMemory<byte> file)
    {
        try
        {
            using var stream = new MemoryStream(file.ToArray(), writable: false);
            var found = ImageMetadataReader.ReadMetadata(stream);
            return Of(
                found.OfType<XmpDirectory>().Select(x => x.XmpMeta).FirstOrDefault(x => x is not null),
                found.OfType<IptcDirectory>().FirstOrDefault()
            );
        }
#pragma warning disable CA1031 // Metadata may be anything, and a picture without words is better than none.
        catch (Exception)
#pragma warning restore CA1031
        {
            return None;
        }
    }

    private static FileWords Of(IXmpMeta? xmp, IptcDirectory? iptc) =>
        new()
        {
            Title = Stored(Localized(xmp, Dc, "title")) ?? Stored(TextOf(iptc, IptcDirectory.TagObjectName)),
            Caption =
                Stored(Localized(xmp, Dc, "description")) ?? Stored(TextOf(iptc, IptcDirectory.TagCaption)),
            Credit =
                Stored(xmp?.GetPropertyString(Photoshop, "Credit"))
                ?? Stored(TextOf(iptc, IptcDirectory.TagCredit)),
            Alt = Stored(Localized(xmp, Iptc, "AltTextAccessibility")),
            Copyright =
                Stored(Localized(xmp, Dc, "rights"))
                ?? Stored(TextOf(iptc, IptcDirectory.TagCopyrightNotice)),
            Creator = Stored(Creators(xmp)) ?? Stored(TextOf(iptc, IptcDirectory.TagByLine)),
        };

    private static string? Localized(IXmpMeta? xmp, string space, string name) =>
        xmp?.DoesPropertyExist(space, name) == true
            ? xmp.GetLocalizedText(space, name, null, AnyLanguage)?.Value
                ?? xmp.GetPropertyString(space, name)
            : null;

    private static string? Creators(IXmpMeta? xmp) =>
        xmp is null
            ? null
            : string.Join(
                ", ",
                Enumerable
                    .Range(1, Math.Min(xmp.CountArrayItems(Dc, "creator"), MaxCreators))
                    .Select(i => xmp.GetArrayItem(Dc, "creator", i)?.Value)
            );

    private static string? TextOf(IptcDirectory? iptc, int tag) =>
        iptc is null ? null
        : iptc.GetStringArray(tag) is { Length: > 1 } several ? string.Join(", ", several.Take(MaxCreators))
        : iptc.GetString(tag);

    /// <summary>As texts are stored; null: it says nothing, or has characters that are no text.</summary>
    private static string? Stored(string? text) =>
        text is null || Platform.Unicode.Text.FindFault(text) is not null ? null
        : Platform.Unicode.Text.Stored(text) is { Length: > 0 } stored ? stored
        : null;
}
