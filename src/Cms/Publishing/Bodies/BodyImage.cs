using Cms.Publishing.Renditions;

namespace Cms.Publishing.Bodies;

/// <summary>What a body needs to know of an image in order to show it.</summary>
internal sealed record BodyImage
{
    /// <summary>The image's id.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where the picture is: absolute, or relative to the site.</summary>
    public required string Url { get; init; }

    /// <summary>The image's own alternative text.</summary>
    public string? Alt { get; init; }

    /// <summary>The image's own caption.</summary>
    public string? Caption { get; init; }

    /// <summary>The image's own credit.</summary>
    public string? Credit { get; init; }

    /// <summary>Pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Its renditions, the best format first; null: only the original is shown.</summary>
    public IReadOnlyList<ImageSource>? Sources { get; init; }
}
