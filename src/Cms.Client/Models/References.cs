namespace Cms.Client;

/// <summary>A section, as an article names it.</summary>
public sealed record SectionRef
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses, such as <c>politics</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers, such as <c>Politics</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The section in the API, relative to the server: <c>/v1/sections/politics</c>.</summary>
    public required string Url { get; init; }
}

/// <summary>An author, as a list of articles names them.</summary>
public sealed record AuthorRef
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Their name in addresses, such as <c>ada-obi</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Their name for readers, such as <c>Ada Obi</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The author in the API, relative to the server: <c>/v1/authors/ada-obi</c>.</summary>
    public required string Url { get; init; }
}

/// <summary>An author, as an article's page shows them.</summary>
public sealed record Byline
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

    /// <summary>Their picture; null: there is none, or it comes from an older server.</summary>
    public Image? Avatar { get; init; }
}

/// <summary>A tag, as an article names it.</summary>
public sealed record TagRef
{
    /// <summary>Its name in addresses, such as <c>chips</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers, such as <c>Chips</c>.</summary>
    public required string Name { get; init; }
}

internal static class Nothing
{
    public static readonly IReadOnlyDictionary<string, string> Social = new Dictionary<string, string>();
}
