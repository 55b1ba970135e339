using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Cms.Publishing.Bodies.Blocks;
using Cms.Publishing.Renditions;

namespace Cms.Publishing;

/// <summary>Who may read an article to its end.</summary>
internal enum ArticleAccess
{
    /// <summary>Anyone.</summary>
    Public,

    /// <summary>Readers who have registered: the front end decides who has, and asks with a key.</summary>
    Registered,

    /// <summary>Subscribers: the front end decides who is, and asks with a key.</summary>
    Subscriber,
}

/// <summary>Where lines of text begin.</summary>
internal enum TextDirection
{
    /// <summary>On the left.</summary>
    Ltr,

    /// <summary>On the right.</summary>
    Rtl,
}

/// <summary>A section, as an article names it.</summary>
internal sealed record SectionRef
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>politics</example>
    public required string Slug { get; init; }

    /// <example>Politics</example>
    public required string Name { get; init; }

    /// <summary>The section in this API.</summary>
    /// <example>/v1/sections/politics</example>
    public string Url => $"/v1/sections/{Slug}";
}

/// <summary>An author, as a list of articles names them.</summary>
internal sealed record AuthorRef
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>mara-lindqvist</example>
    public required string Slug { get; init; }

    /// <example>Mara Lindqvist</example>
    public required string Name { get; init; }

    /// <summary>The author in this API.</summary>
    /// <example>/v1/authors/mara-lindqvist</example>
    public string Url => $"/v1/authors/{Slug}";
}

/// <summary>An author, as an article's page shows them.</summary>
internal sealed record Byline
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>mara-lindqvist</example>
    public required string Slug { get; init; }

    /// <example>Mara Lindqvist</example>
    public required string Name { get; init; }

    /// <summary>The author in this API.</summary>
    /// <example>/v1/authors/mara-lindqvist</example>
    public string Url => $"/v1/authors/{Slug}";

    /// <example>Senior reporter, Power</example>
    public required string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public required string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public required IReadOnlyDictionary<string, string> Social { get; init; }

    /// <summary>Their picture.</summary>
    public required ImageView? Avatar { get; init; }
}

/// <summary>A tag, as an article names it.</summary>
internal sealed record TagRef
{
    /// <example>chips</example>
    public required string Slug { get; init; }

    /// <example>Chips</example>
    public required string Name { get; init; }
}

/// <summary>
/// The point of an image that must stay in the picture when it is cropped; from the top left, 0 to 1.
/// </summary>
internal sealed record FocalPoint
{
    /// <summary>0 is the left edge, 1 the right.</summary>
    public required double X { get; init; }

    /// <summary>0 is the top edge, 1 the bottom.</summary>
    public required double Y { get; init; }
}

/// <summary>An image with the words beside it.</summary>
internal sealed record ImageView
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>
    /// The file. Immutable: another file of the same image has another address, so cache it for ever.
    /// </summary>
    /// <example>/media/01981f5e-0004-7000-8000-000000000001/original</example>
    public string Url => MediaUrl.Original(Id, FileVersion);

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public required string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public required string? Caption { get; init; }

    /// <example>Illustration: Ines Okafor/The Circuit</example>
    public required string? Credit { get; init; }

    /// <summary>Pixels, after EXIF orientation.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels, after EXIF orientation.</summary>
    public required int Height { get; init; }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public required FocalPoint? FocalPoint { get; init; }

    /// <summary>The most common colour of the picture, as CSS has it: to fill its place until it is there.</summary>
    /// <example>#1f4e79</example>
    public required string? DominantColor { get; init; }

    /// <summary>
    /// A ThumbHash in Base64, to show until the file is there: https://evanw.github.io/thumbhash/ has decoders.
    /// </summary>
    /// <example>2/cFFY4EsUVzd4dxiAiHewzLU7Do</example>
    public required string? ThumbHash { get; init; }

    /// <summary>A tiny preview as a data URI, for pages without scripts. Not with `images=compact`.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Placeholder { get; init; }

    /// <summary>Under which terms the picture may be used; absent if nothing is said.</summary>
    /// <example>CC BY 4.0</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Licence { get; init; }

    /// <summary>
    /// When the right to show the picture ends; absent: never. From then on it is in no answer, and its files are 410.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? UsageUntil { get; init; }

    /// <summary>
    /// Renditions in several widths, the best format first, for the `source` elements of `picture`; `url` or the last
    /// one is for `img`. Only with `images=full`.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ImageSource>? Sources { get; init; }

    /// <summary>
    /// The same cropped around the focal point, by proportions: `16x9`, `4x3`, `3x2`, `1x1`, `9x16`. Only with
    /// `images=full`.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, ImageCrop>? Crops { get; init; }

    /// <summary>Counts the changes of the file and the focal point: addresses of renditions need it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public int PictureVersion { get; init; } = 1;

    /// <summary>Counts the files that it has had: the address of the original needs it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public int FileVersion { get; init; } = 1;

    /// <summary>Whether it may be animated.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
    public bool MayMove { get; init; }

    public ImageView In(ImageForm form) =>
        form == ImageForm.Compact
            ? WithSources(form)
            : WithSources(form) with
            {
                Crops = ImageSources.CropsOf(this),
            };

    /// <summary>For a place in a body, which shows the whole picture.</summary>
    public ImageView WithSources(ImageForm form) =>
        form == ImageForm.Compact
            ? this with
            {
                Placeholder = null,
            }
            : this with
            {
                Sources = ImageSources.Of(this),
            };
}

/// <summary>How much is said of images.</summary>
internal enum ImageForm
{
    /// <summary>The original with its size, words, colour and ThumbHash.</summary>
    Compact,

    /// <summary>Also renditions and crops, with their addresses, and a preview as a data URI.</summary>
    Full,
}

/// <summary>The body in the forms that <c>body</c> asked for; a form that was not asked for is absent.</summary>
internal sealed record BodyView
{
    /// <summary>Typed blocks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Block>? Blocks { get; init; }

    /// <summary>Sanitised HTML.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Html { get; init; }

    /// <summary>CommonMark with tables.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Markdown { get; init; }

    /// <summary>Plain text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}

/// <summary>A form of the body that <c>body</c> may ask for.</summary>
internal enum BodyForm
{
    Blocks,
    Html,
    Markdown,
    Text,
    None,
}

/// <summary>Something that was wrong, and was put right.</summary>
internal sealed record Correction
{
    /// <summary>When it was put right.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was wrong, in plain text.</summary>
    public required string Text { get; init; }
}

/// <summary>What search engines are told.</summary>
internal sealed record Seo
{
    /// <summary>Title for search engines; null: the headline.</summary>
    public string? Title { get; init; }

    /// <summary>Description for search engines; null: the deck or the excerpt.</summary>
    public string? Description { get; init; }

    /// <summary>Where the article first appeared, if that was elsewhere: an absolute URL.</summary>
    [Url]
    public string? CanonicalUrl { get; init; }
}
