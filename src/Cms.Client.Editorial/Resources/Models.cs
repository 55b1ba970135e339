namespace Cms.Client.Editorial;

/// <summary>A section, as the desk sees it.</summary>
public sealed record EditorialSection
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses, such as <c>politics</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers, such as <c>Politics</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the section is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Where it stands among its siblings.</summary>
    public required int Position { get; init; }

    /// <summary>The section above; null at the top.</summary>
    public SectionRef? Parent { get; init; }

    /// <summary>Every change makes the next one.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An author, as the desk sees them.</summary>
public sealed record EditorialAuthor
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Their name in addresses, such as <c>ada-obi</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Their name for readers, such as <c>Ada Obi</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What they do, such as <c>Senior reporter</c>.</summary>
    public string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public IReadOnlyDictionary<string, string> Social { get; init; } = new Dictionary<string, string>();

    /// <summary>Their picture.</summary>
    public Image? Avatar { get; init; }

    /// <summary>Where the desk reaches them; readers do not see it.</summary>
    public string? Email { get; init; }

    /// <summary>Every change makes the next one.</summary>
    public required int Revision { get; init; }

    /// <summary>When they were added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When they were last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A tag, as the desk sees it.</summary>
public sealed record EditorialTag
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses, such as <c>chips</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers, such as <c>Chips</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Every change makes the next one.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An image, as the desk sees it.</summary>
public sealed record EditorialImage
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The file, relative to the server (<see cref="EditorialClient.Absolute"/>); immutable.</summary>
    public required string Url { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
    public string? Credit { get; init; }

    /// <summary>What must stay in the picture when it is cropped; null: the middle.</summary>
    public FocalPoint? FocalPoint { get; init; }

    /// <summary>Pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels.</summary>
    public required int Height { get; init; }

    /// <summary>The most common colour of the picture, as CSS has it: <c>#1f4e79</c>.</summary>
    public string? DominantColor { get; init; }

    /// <summary>A ThumbHash in Base64: a preview for which there are decoders in many languages.</summary>
    public string? ThumbHash { get; init; }

    /// <summary>A tiny preview as a data URI.</summary>
    public string? Placeholder { get; init; }

    /// <summary>What the file's bytes say that it is, such as <c>image/jpeg</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>Size of the delivered file.</summary>
    public required long Bytes { get; init; }

    /// <summary>SHA-256 of the delivered file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>What the file was called when it was uploaded.</summary>
    public string? FileName { get; init; }

    /// <summary>Every change makes the next one.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was uploaded.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its words were last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
