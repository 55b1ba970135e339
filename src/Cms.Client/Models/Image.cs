using System.Text.Json.Serialization;

namespace Cms.Client;

/// <summary>An image with the words beside it.</summary>
public sealed record Image
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>
    /// The file, relative to the server (<see cref="CmsClient.Absolute"/>). Immutable: a changed picture has another
    /// id, so it can be kept for ever.
    /// </summary>
    public required string Url { get; init; }

    /// <summary>What the picture shows, for those who cannot see it; empty for a picture that only decorates.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is, such as <c>Photo: Jo Marsh/Agency</c>.</summary>
    public string? Credit { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public FocalPoint? FocalPoint { get; init; }

    /// <summary>The most common colour of the picture, as CSS has it: <c>#1f4e79</c>.</summary>
    public string? DominantColor { get; init; }

    /// <summary>A ThumbHash in Base64: a preview for which there are decoders in many languages.</summary>
    public string? ThumbHash { get; init; }

    /// <summary>
    /// A tiny preview as a data URI, to show until the file is there; null if there is none, and in lists.
    /// </summary>
    public string? Placeholder { get; init; }

    /// <summary>Under which terms the picture may be used, such as <c>CC BY 4.0</c>; null: nothing is said.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Licence { get; init; }

    /// <summary>When the right to show the picture ends; null: never. From then on its files are 410.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? UsageUntil { get; init; }

    /// <summary>
    /// Renditions in several widths, the best format first; null where they were not asked for, as in lists.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ImageSource>? Sources { get; init; }

    /// <summary>
    /// The same cropped around the focal point, by proportions such as <c>16x9</c>; null where they were not asked for.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, ImageCrop>? Crops { get; init; }
}

/// <summary>A picture in one format and several widths.</summary>
public sealed record ImageSource
{
    /// <summary>The format, such as <c>image/avif</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Addresses with their widths, as the attribute <c>srcset</c> takes them.</summary>
    public required string Srcset { get; init; }
}

/// <summary>A picture cropped to some proportions.</summary>
public sealed record ImageCrop
{
    /// <summary>Of the largest one, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Of the largest one, in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The best format first.</summary>
    public required IReadOnlyList<ImageSource> Sources { get; init; }
}

/// <summary>
/// The point of an image that must stay in the picture when it is cropped; from the top left, 0 to 1.
/// </summary>
public sealed record FocalPoint
{
    /// <summary>0 is the left edge, 1 the right.</summary>
    public required double X { get; init; }

    /// <summary>0 is the top edge, 1 the bottom.</summary>
    public required double Y { get; init; }
}
