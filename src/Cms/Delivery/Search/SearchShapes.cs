using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Cms.Platform.Lists;
using Cms.Publishing.Articles;

namespace Cms.Delivery.Search;

/// <summary>What a search found.</summary>
internal sealed record SearchResults
{
    /// <summary>The articles, in the order that <c>sort</c> asked for.</summary>
    public required IReadOnlyList<SearchHit> Data { get; init; }

    /// <summary>Where the page stands among them.</summary>
    public required PageInfo Page { get; init; }

    /// <summary>How many articles match. With the first page only; null on the others.</summary>
    public required SearchTotal? Total { get; init; }

    /// <summary>
    /// Nothing was found by the words as they were typed: these were looked for instead, and are what was found by.
    /// Null as a rule, and where `q` is longer than 200 characters.
    /// </summary>
    /// <example>halden yield</example>
    public required string? DidYouMean { get; init; }

    /// <summary>
    /// What the matching articles belong to, the most frequent first. With the first page only, and only what
    /// <c>facets</c> asked for; null otherwise.
    /// </summary>
    public required SearchFacets? Facets { get; init; }
}

/// <summary>An article that a search found, with the words by which it did.</summary>
internal sealed record SearchHit : ArticleSummary
{
    [SetsRequiredMembers]
    public SearchHit(ArticleSummary article, Highlight highlight)
        : base(article) => Highlight = highlight;

    /// <summary>Where the words are.</summary>
    [JsonPropertyOrder(Place.First)]
    public required Highlight Highlight { get; init; }
}

/// <summary>
/// Texts with the words that were found in <c>&lt;mark&gt;</c>. They are HTML in which everything else is escaped: safe
/// to show as it is.
/// </summary>
internal sealed record Highlight
{
    /// <summary>The whole headline.</summary>
    /// <example>Halden’s &lt;mark&gt;yield&lt;/mark&gt; passes 84 per cent</example>
    public required string Headline { get; init; }

    /// <summary>
    /// The places in the deck or the body where the words are, with an ellipsis between them; the excerpt if they are
    /// in neither. It never shows what is behind the wall.
    /// </summary>
    public required string Snippet { get; init; }
}

/// <summary>How many articles match.</summary>
internal sealed record SearchTotal
{
    /// <summary>So many, or at least so many.</summary>
    public required int Count { get; init; }

    /// <summary>False where there may be more: counting all of them would cost more than finding the best.</summary>
    public required bool IsExact { get; init; }
}

/// <summary>
/// What the matching articles belong to. Counted over those that are weighed by relevance: the newest 500, or 300 of
/// words that are very common.
/// </summary>
internal sealed record SearchFacets
{
    public IReadOnlyList<FacetValue>? Section { get; init; }

    public IReadOnlyList<FacetValue>? Author { get; init; }

    public IReadOnlyList<FacetValue>? Tag { get; init; }

    /// <summary>Months of publication in UTC, the newest first.</summary>
    public IReadOnlyList<FacetMonth>? Month { get; init; }
}

/// <summary>A section, author or tag, and how many of the matching articles are of it.</summary>
internal sealed record FacetValue
{
    /// <summary>For the filter of that name.</summary>
    /// <example>power</example>
    public required string Slug { get; init; }

    /// <example>Power</example>
    public required string Name { get; init; }

    /// <example>12</example>
    public required int Count { get; init; }
}

/// <summary>A month, and how many of the matching articles were published in it.</summary>
internal sealed record FacetMonth
{
    /// <example>2026-10</example>
    public required string Month { get; init; }

    /// <example>12</example>
    public required int Count { get; init; }
}

/// <summary>How a search can be sorted.</summary>
internal enum SearchSort
{
    Relevance,

    [JsonStringEnumMemberName("-publishedAt")]
    NewestFirst,
}

/// <summary>What a search can count matching articles by.</summary>
internal enum Facet
{
    Section,
    Author,
    Tag,
    Month,
}
