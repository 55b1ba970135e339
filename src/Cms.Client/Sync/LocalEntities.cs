namespace Cms.Client.Sync;

/// <summary>The kinds of things that sync keeps a copy of.</summary>
public enum EntityType
{
    /// <summary><see cref="LocalSection"/>.</summary>
    Section,

    /// <summary><see cref="LocalImage"/>.</summary>
    Image,

    /// <summary><see cref="LocalAuthor"/>.</summary>
    Author,

    /// <summary><see cref="LocalTag"/>.</summary>
    Tag,

    /// <summary><see cref="LocalArticle"/>.</summary>
    Article,
}

/// <summary>
/// Something in the local copy. It names others by id; <see cref="LocalNewsroom"/> puts them together.
/// </summary>
public interface ILocalEntity
{
    /// <summary>UUIDv7.</summary>
    Guid Id { get; }
}

/// <summary>An article in the local copy.</summary>
public sealed record LocalArticle : WholeArticle, ILocalEntity
{
    /// <summary>The id of its section.</summary>
    public required Guid Section { get; init; }

    /// <summary>The ids of its authors in byline order.</summary>
    public required IReadOnlyList<Guid> Authors { get; init; }

    /// <summary>The picture on top.</summary>
    public LocalHeroImage? HeroImage { get; init; }

    /// <summary>The ids of its tags.</summary>
    public required IReadOnlyList<Guid> Tags { get; init; }

    /// <summary>The body in the forms that <see cref="SyncOptions.Body"/> asked for; null if none.</summary>
    public Body? Body { get; init; }

    /// <summary>
    /// Whether <see cref="Body"/> ends after the teaser, because the article is behind the wall and the client had no
    /// key.
    /// </summary>
    public bool BodyTruncated { get; init; }

    /// <summary>The ids of articles that the desk chose to go with this one.</summary>
    public IReadOnlyList<Guid> Related { get; init; } = [];
}

/// <summary>The picture on top of an article in the local copy: which image, and what is said about it there.</summary>
public sealed record LocalHeroImage
{
    /// <summary>The id of the image.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the picture shows; null: as the image itself says.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture; null: as the image itself says.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is; null: as the image itself says.</summary>
    public string? Credit { get; init; }
}

/// <summary>A section in the local copy.</summary>
public sealed record LocalSection : ILocalEntity
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers.</summary>
    public required string Name { get; init; }

    /// <summary>The section in the API, relative to the server.</summary>
    public required string Url { get; init; }

    /// <summary>What the section is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Where it stands among its siblings.</summary>
    public required int Position { get; init; }

    /// <summary>The id of the section above; null at the top.</summary>
    public Guid? Parent { get; init; }
}

/// <summary>An author in the local copy.</summary>
public sealed record LocalAuthor : ILocalEntity
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Their name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Their name for readers.</summary>
    public required string Name { get; init; }

    /// <summary>The author in the API, relative to the server.</summary>
    public required string Url { get; init; }

    /// <summary>What they do.</summary>
    public string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public IReadOnlyDictionary<string, string> Social { get; init; } = Nothing.Social;

    /// <summary>The id of their picture.</summary>
    public Guid? Avatar { get; init; }
}

/// <summary>
/// An image in the local copy: its words and measures. The file is at <see cref="Url"/> of the server.
/// </summary>
public sealed record LocalImage : ILocalEntity
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The file, relative to the server (<see cref="CmsClient.Absolute"/>). Immutable.</summary>
    public required string Url { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
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

    /// <summary>A tiny preview as a data URI; null if there is none.</summary>
    public string? Placeholder { get; init; }
}

/// <summary>A tag in the local copy.</summary>
public sealed record LocalTag : ILocalEntity
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers.</summary>
    public required string Name { get; init; }
}
