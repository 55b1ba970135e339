namespace Cms.Client;

/// <summary>What a search is sorted by.</summary>
public enum SearchSort
{
    /// <summary>The best first: by where the words stand, how close together, and how new the article is.</summary>
    Relevance,

    /// <summary>First published last comes first.</summary>
    NewestFirst,
}

/// <summary>What the articles that a search found can be counted by.</summary>
[Flags]
public enum SearchFacet
{
    /// <summary>Nothing is counted.</summary>
    None = 0,

    /// <summary>By section.</summary>
    Section = 1,

    /// <summary>By author.</summary>
    Author = 2,

    /// <summary>By tag.</summary>
    Tag = 4,

    /// <summary>By month of publication, in UTC.</summary>
    Month = 8,
}

/// <summary>How to search. Filters narrow each other; several values in one filter widen it.</summary>
public sealed record SearchQuery
{
    /// <summary>Whether the last word may be unfinished, as in a box that searches while one types.</summary>
    public bool AsYouType { get; init; }

    /// <summary>Slugs of sections: articles of any of them, and of the sections below.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Slugs of authors: articles by any of them.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];

    /// <summary>Slugs of tags: articles with any of them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Kinds of article, such as <c>analysis</c>: articles of any of them.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Only articles with any of these kinds of access.</summary>
    public IReadOnlyList<ArticleAccess> Access { get; init; } = [];

    /// <summary>Only articles first published after this time.</summary>
    public DateTimeOffset? PublishedAfter { get; init; }

    /// <summary>Only articles first published before this time.</summary>
    public DateTimeOffset? PublishedBefore { get; init; }

    /// <summary>The order of what is found.</summary>
    public SearchSort Sort { get; init; }

    /// <summary>What to count by (<see cref="SearchPage.Facets"/>).</summary>
    public SearchFacet Facets { get; init; }

    /// <summary>How many articles the server puts on a page, 1 to 100; null: its default, 20.</summary>
    public int? PageSize { get; init; }
}

/// <summary>A page of what a search found.</summary>
public sealed record SearchPage
{
    /// <summary>The articles, in the order that was asked for.</summary>
    public required IReadOnlyList<SearchHit> Items { get; init; }

    /// <summary>The most articles a page holds.</summary>
    public required int Limit { get; init; }

    /// <summary>Cursor of the page after this one; null on the last page.</summary>
    public string? Next { get; init; }

    /// <summary>Cursor of the page before this one; null on the first page.</summary>
    public string? Previous { get; init; }

    /// <summary>How many articles match; null on all pages but the first.</summary>
    public SearchTotal? Total { get; init; }

    /// <summary>
    /// Nothing was found by the words as they were typed: these were looked for instead. Null as a rule, and where the
    /// text is longer than 200 characters.
    /// </summary>
    public string? DidYouMean { get; init; }

    /// <summary>
    /// What the matching articles belong to; null unless it was asked for, and on all pages but the first.
    /// </summary>
    public SearchFacets? Facets { get; init; }
}

/// <summary>An article that a search found, with the words by which it did.</summary>
public sealed record SearchHit : ArticleSummary
{
    /// <summary>Where the words are.</summary>
    public required Highlight Highlight { get; init; }
}

/// <summary>
/// Texts with the words that were found in <c>&lt;mark&gt;</c>: HTML in which everything else is escaped, safe to show
/// as it is.
/// </summary>
public sealed record Highlight
{
    /// <summary>The whole headline.</summary>
    public required string Headline { get; init; }

    /// <summary>The places in the deck or the body where the words are; the excerpt if they are in neither.</summary>
    public required string Snippet { get; init; }
}

/// <summary>How many articles match.</summary>
public sealed record SearchTotal
{
    /// <summary>So many, or at least so many.</summary>
    public required int Count { get; init; }

    /// <summary>False where there may be more.</summary>
    public required bool IsExact { get; init; }
}

/// <summary>
/// What the matching articles belong to, the most frequent first; counted over the newest 500 (of very common words
/// 300). Null where it was not asked for.
/// </summary>
public sealed record SearchFacets
{
    /// <summary>By section.</summary>
    public IReadOnlyList<FacetValue>? Section { get; init; }

    /// <summary>By author.</summary>
    public IReadOnlyList<FacetValue>? Author { get; init; }

    /// <summary>By tag.</summary>
    public IReadOnlyList<FacetValue>? Tag { get; init; }

    /// <summary>By month, the newest first.</summary>
    public IReadOnlyList<FacetMonth>? Month { get; init; }
}

/// <summary>A section, author or tag, and how many of the matching articles are of it.</summary>
public sealed record FacetValue
{
    /// <summary>Its name in addresses, for the filter.</summary>
    public required string Slug { get; init; }

    /// <summary>Its name for readers.</summary>
    public required string Name { get; init; }

    /// <summary>How many.</summary>
    public required int Count { get; init; }
}

/// <summary>A month, and how many of the matching articles were published in it.</summary>
public sealed record FacetMonth
{
    /// <summary>Such as <c>2026-10</c>, in UTC.</summary>
    public required string Month { get; init; }

    /// <summary>How many.</summary>
    public required int Count { get; init; }
}

/// <summary>A page of a search as it travels.</summary>
internal sealed record SearchBody
{
    public required IReadOnlyList<SearchHit> Data { get; init; }
    public required PageInfo Page { get; init; }
    public SearchTotal? Total { get; init; }
    public string? DidYouMean { get; init; }
    public SearchFacets? Facets { get; init; }

    public SearchPage ToPage() =>
        new()
        {
            Items = Data,
            Limit = Page.Limit,
            Next = Page.Next,
            Previous = Page.Previous,
            Total = Total,
            DidYouMean = DidYouMean,
            Facets = Facets,
        };
}

/// <summary>Articles like another, as they travel.</summary>
internal sealed record RelatedBody
{
    public required IReadOnlyList<ArticleSummary> Data { get; init; }
}
