namespace Cms.Client;

/// <summary>What a list is sorted by.</summary>
public enum ArticleSort
{
    /// <summary>First published last comes first.</summary>
    NewestFirst,

    /// <summary>First published first comes first.</summary>
    OldestFirst,

    /// <summary>What changed last comes first.</summary>
    LastUpdatedFirst,

    /// <summary>What has not changed for longest comes first.</summary>
    FirstUpdatedFirst,

    /// <summary>By headline.</summary>
    Headline,
}

/// <summary>Whether the server says how many items a list has.</summary>
public enum TotalCount
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>
    /// Counted up to 10,000 and estimated beyond (<see cref="Page{T}.TotalIsExact"/> says which): costs little in any
    /// list.
    /// </summary>
    Estimated,

    /// <summary>Counted, unless that takes more than two seconds: then estimated.</summary>
    Exact,
}

/// <summary>How to read a list.</summary>
public record ListQuery
{
    /// <summary>How many items the server puts on a page, 1 to 100; null: its default, 20.</summary>
    public int? PageSize { get; init; }

    /// <summary>Whether to count the whole list (<see cref="Page{T}.Total"/>).</summary>
    public TotalCount Total { get; init; }
}

/// <summary>Which articles to list. Filters narrow each other; several values in one filter widen it.</summary>
public sealed record ArticleQuery : ListQuery
{
    /// <summary>Slugs of sections: articles of any of them, and of the sections below.</summary>
    public IReadOnlyList<string> Sections { get; init; } = [];

    /// <summary>Slugs of authors: articles by any of them.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];

    /// <summary>Slugs of tags: articles with any of them.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Slugs of tags, at most 10: only articles that have all of them.</summary>
    public IReadOnlyList<string> AllTags { get; init; } = [];

    /// <summary>Ids of articles that are left out, at most 100.</summary>
    public IReadOnlyList<Guid> Exclude { get; init; } = [];

    /// <summary>Kinds of article, such as <c>analysis</c>: articles of any of them.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Only articles with any of these kinds of access.</summary>
    public IReadOnlyList<ArticleAccess> Access { get; init; } = [];

    /// <summary>Only articles first published after this time.</summary>
    public DateTimeOffset? PublishedAfter { get; init; }

    /// <summary>Only articles first published before this time.</summary>
    public DateTimeOffset? PublishedBefore { get; init; }

    /// <summary>The order of the list.</summary>
    public ArticleSort Sort { get; init; }

    /// <summary>Forms of the body that come with each article.</summary>
    public BodyForms Body { get; init; }
}
