namespace Cms.Client;

/// <summary>A section, as a section front shows it.</summary>
public sealed record Section
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses, such as <c>politics</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers, such as <c>Politics</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The section in the API, relative to the server: <c>/v1/sections/politics</c>.</summary>
    public required string Url { get; init; }

    /// <summary>What the section is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Where it stands among its siblings; lists of sections are in this order.</summary>
    public required int Position { get; init; }

    /// <summary>The section above; null at the top.</summary>
    public SectionRef? Parent { get; init; }
}

/// <summary>An author, as an author's page shows them.</summary>
public sealed record Author
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Their name in addresses, such as <c>ada-obi</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Their name for readers, such as <c>Ada Obi</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The author in the API, relative to the server: <c>/v1/authors/ada-obi</c>.</summary>
    public required string Url { get; init; }

    /// <summary>What they do, such as <c>Senior reporter</c>.</summary>
    public string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public IReadOnlyDictionary<string, string> Social { get; init; } = Nothing.Social;

    /// <summary>Their picture.</summary>
    public Image? Avatar { get; init; }
}

/// <summary>A tag that at least one published article carries.</summary>
public sealed record Tag
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses, such as <c>chips</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers, such as <c>Chips</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of thing it names, such as <c>topic</c> or <c>person</c>.</summary>
    public string Kind { get; init; } = "topic";

    /// <summary>What it is about, in plain text.</summary>
    public string? Description { get; init; }

    /// <summary>Addresses of pages elsewhere that are about the same thing.</summary>
    public IReadOnlyList<string> SameAs { get; init; } = [];
}
