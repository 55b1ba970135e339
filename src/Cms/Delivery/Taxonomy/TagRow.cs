using Cms.Delivery.Articles;

namespace Cms.Delivery.Taxonomy;

/// <summary>A tag as delivery's statements give it.</summary>
internal sealed record TagRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string SortName { get; init; }
    public required string Kind { get; init; }
    public required string? Description { get; init; }
    public required string[] SameAs { get; init; }

    /// <summary>Of a single tag: how many articles carry it.</summary>
    public int ArticleCount { get; init; }

    /// <summary>Over <c>published_tags t</c>.</summary>
    public const string Columns = "t.id, t.slug, t.name, t.sort_name, t.kind, t.description, t.same_as";

    public Tag ToTag() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Kind = Kind,
            Description = Description,
            SameAs = SameAs,
        };

    public CountedTag ToCountedTag() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Kind = Kind,
            Description = Description,
            SameAs = SameAs,
            ArticleCount = ArticleCount,
        };
}
