namespace Cms.Client.Editorial;

/// <summary>A new section.</summary>
public sealed record SectionDraft
{
    /// <summary>Its name in addresses; null: made from the name, and unique.</summary>
    public string? Slug { get; init; }

    /// <summary>Its name for readers.</summary>
    public required string Name { get; init; }

    /// <summary>What the section is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Where it stands among its siblings.</summary>
    public int? Position { get; init; }

    /// <summary>Slug or id of the section above; null: it stands at the top.</summary>
    public string? Parent { get; init; }
}

/// <summary>A new author.</summary>
public sealed record AuthorDraft
{
    /// <summary>Their name in addresses; null: made from the name, and unique.</summary>
    public string? Slug { get; init; }

    /// <summary>Their name for readers.</summary>
    public required string Name { get; init; }

    /// <summary>What they do, such as <c>Senior reporter</c>.</summary>
    public string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public IReadOnlyDictionary<string, string>? Social { get; init; }

    /// <summary>Id of their picture.</summary>
    public Guid? Avatar { get; init; }

    /// <summary>Where the desk reaches them; readers do not see it.</summary>
    public string? Email { get; init; }
}

/// <summary>A new tag.</summary>
public sealed record TagDraft
{
    /// <summary>Its name in addresses; null: made from the name, and unique.</summary>
    public string? Slug { get; init; }

    /// <summary>Its name for readers.</summary>
    public required string Name { get; init; }
}
