using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Cms.Publishing.Articles;

/// <summary>What readers see of an article besides what it names and its body: of a row, or of a revision.</summary>
internal record PublishedFacts : ArticleFacts
{
    public PublishedFacts() { }

    [SetsRequiredMembers]
    public PublishedFacts(
        ArticleFacts facts,
        Guid id,
        string excerpt,
        DateTimeOffset publishedAt,
        DateTimeOffset updatedAt,
        int wordCount,
        int readingMinutes
    )
        : base(facts)
    {
        Id = id;
        Excerpt = excerpt;
        PublishedAt = publishedAt;
        UpdatedAt = updatedAt;
        WordCount = wordCount;
        ReadingMinutes = readingMinutes;
    }

    /// <summary>UUIDv7.</summary>
    [JsonPropertyOrder(Place.Identity)]
    public required Guid Id { get; init; }

    /// <summary>
    /// A few sentences for a teaser: written by an editor, or generated from the first paragraphs of running text.
    /// </summary>
    [JsonPropertyOrder(Place.Excerpt)]
    public required string Excerpt { get; init; }

    /// <summary>When it was first published.</summary>
    [JsonPropertyOrder(Place.Dates)]
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When its published content last changed.</summary>
    [JsonPropertyOrder(Place.Dates)]
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Words in the whole body, also where it is cut.</summary>
    [JsonPropertyOrder(Place.Dates)]
    public required int WordCount { get; init; }

    /// <summary>Minutes to read the whole body, at 238 words a minute; at least 1 where there are words.</summary>
    [JsonPropertyOrder(Place.Dates)]
    public required int ReadingMinutes { get; init; }
}

/// <summary>An article, as its page shows it.</summary>
/// <remarks>
/// The one way to make it is its constructor. It does not ask whether the facts are of a published row or of a
/// revision.
/// </remarks>
internal sealed record Article : PublishedFacts
{
    [SetsRequiredMembers]
    public Article(
        PublishedFacts facts,
        SectionRef section,
        IReadOnlyList<Byline> authors,
        ImageView? heroImage,
        IReadOnlyList<TagRef> tags,
        (BodyView? Body, bool Truncated) shown,
        IReadOnlyList<ArticleSummary> related
    )
        : base(facts)
    {
        Section = section;
        Authors = authors;
        HeroImage = heroImage;
        Tags = tags;
        (Body, BodyTruncated) = shown;
        Related = related;
    }

    /// <summary>The article on the newsroom's site; absent if the server does not know the site.</summary>
    /// <example>https://site.example/articles/the-valley-that-bet-on-halden</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyOrder(Place.Identity)]
    public string? WebUrl => SiteAddress.OfArticle(Id, Slug, Section.Slug, PublishedAt);

    /// <summary>The section that it belongs to.</summary>
    public SectionRef Section { get; }

    /// <summary>The authors in byline order.</summary>
    public IReadOnlyList<Byline> Authors { get; }

    /// <summary>The picture on top.</summary>
    public ImageView? HeroImage { get; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<TagRef> Tags { get; }

    /// <summary>The body in the forms that <c>body</c> asked for; null with <c>none</c>.</summary>
    public BodyView? Body { get; }

    /// <summary>
    /// Whether <c>body</c> ends after the teaser, because the article is behind the wall and the request came without a
    /// key: show “keep reading”.
    /// </summary>
    public bool BodyTruncated { get; }

    /// <summary>Other published articles that the desk chose to go with this one.</summary>
    [JsonPropertyOrder(Place.Last)]
    public IReadOnlyList<ArticleSummary> Related { get; }
}

/// <summary>An article, as a section front shows it: all of a teaser in one request.</summary>
internal record ArticleSummary : ListedFacts
{
    [SetsRequiredMembers]
    public ArticleSummary(
        PublishedFacts facts,
        SectionRef section,
        IReadOnlyList<AuthorRef> authors,
        ImageView? heroImage,
        IReadOnlyList<TagRef> tags,
        (BodyView? Body, bool Truncated) shown
    )
        : base(facts)
    {
        Id = facts.Id;
        Excerpt = facts.Excerpt;
        PublishedAt = facts.PublishedAt;
        UpdatedAt = facts.UpdatedAt;
        WordCount = facts.WordCount;
        ReadingMinutes = facts.ReadingMinutes;
        Section = section;
        Authors = authors;
        HeroImage = heroImage;
        Tags = tags;
        (Body, BodyTruncated) = shown;
    }

    /// <summary>UUIDv7.</summary>
    [JsonPropertyOrder(Place.Identity)]
    public Guid Id { get; }

    /// <summary>The article on the newsroom's site; absent if the server does not know the site.</summary>
    /// <example>https://site.example/articles/the-valley-that-bet-on-halden</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonPropertyOrder(Place.Identity)]
    public string? WebUrl => SiteAddress.OfArticle(Id, Slug, Section.Slug, PublishedAt);

    /// <summary>
    /// A few sentences for a teaser: written by an editor, or generated from the first paragraphs of running text.
    /// </summary>
    [JsonPropertyOrder(Place.Excerpt)]
    public string Excerpt { get; }

    /// <summary>When it was first published.</summary>
    public DateTimeOffset PublishedAt { get; }

    /// <summary>When its published content last changed.</summary>
    public DateTimeOffset UpdatedAt { get; }

    /// <summary>Words in the whole body, also where it is cut.</summary>
    public int WordCount { get; }

    /// <summary>Minutes to read the whole body, at 238 words a minute; at least 1 where there are words.</summary>
    public int ReadingMinutes { get; }

    /// <summary>The section that it belongs to.</summary>
    public SectionRef Section { get; }

    /// <summary>The authors in byline order.</summary>
    public IReadOnlyList<AuthorRef> Authors { get; }

    /// <summary>The picture on top.</summary>
    public ImageView? HeroImage { get; }

    /// <summary>Its tags.</summary>
    public IReadOnlyList<TagRef> Tags { get; }

    /// <summary>
    /// The body in the forms that <c>body</c> asked for; null with <c>none</c>, which is the default of lists.
    /// </summary>
    public BodyView? Body { get; }

    /// <summary>
    /// Whether <c>body</c> ends after the teaser, because the article is behind the wall and the request came without a
    /// key.
    /// </summary>
    public bool BodyTruncated { get; }
}
