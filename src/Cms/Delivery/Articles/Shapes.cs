using System.Text.Json.Serialization;
using Cms.Publishing;

namespace Cms.Delivery.Articles;

/// <summary>A section, as a section front shows it.</summary>
internal sealed record Section
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

    /// <summary>The section on the newsroom's site; absent if the server does not know the site.</summary>
    /// <example>https://site.example/sections/politics</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WebUrl => SiteAddress.OfSection(Id, Slug);

    /// <summary>What the section is about, in plain text.</summary>
    public required string? Description { get; init; }

    /// <summary>Where it stands among its siblings; lists of sections are in this order.</summary>
    public required int Position { get; init; }

    /// <summary>The section above; null at the top.</summary>
    public required SectionRef? Parent { get; init; }
}

/// <summary>An author, as an author's page shows them.</summary>
internal sealed record Author
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

    /// <summary>The author on the newsroom's site; absent if the server does not know the site.</summary>
    /// <example>https://site.example/authors/mara-lindqvist</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WebUrl => SiteAddress.OfAuthor(Id, Slug);

    /// <example>Senior reporter, Power</example>
    public required string? JobTitle { get; init; }

    /// <summary>Who they are, in plain text.</summary>
    public required string? Bio { get; init; }

    /// <summary>Handles by network.</summary>
    public required IReadOnlyDictionary<string, string> Social { get; init; }

    /// <summary>Their picture.</summary>
    public required ImageView? Avatar { get; init; }
}

/// <summary>A tag that at least one published article carries.</summary>
internal record Tag
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>chips</example>
    public required string Slug { get; init; }

    /// <example>Chips</example>
    public required string Name { get; init; }

    /// <summary>The tag in this API.</summary>
    /// <example>/v1/tags/chips</example>
    public string Url => $"/v1/tags/{Slug}";

    /// <summary>
    /// What kind of thing it names: `topic`, `person`, `organisation`, `place`, `event`, or a name of the newsroom's
    /// own.
    /// </summary>
    /// <example>topic</example>
    public required string Kind { get; init; }

    /// <summary>What it is about, in plain text.</summary>
    public required string? Description { get; init; }

    /// <summary>Addresses of pages elsewhere that are about the same thing, such as on Wikidata.</summary>
    public required IReadOnlyList<string> SameAs { get; init; }
}

/// <summary>A tag with the number of its articles.</summary>
internal sealed record CountedTag : Tag
{
    /// <summary>How many published articles carry it.</summary>
    [JsonPropertyOrder(1)]
    public required int ArticleCount { get; init; }
}
