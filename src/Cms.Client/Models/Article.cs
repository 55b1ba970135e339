using System.Diagnostics.CodeAnalysis;

namespace Cms.Client;

/// <summary>What an article says of itself wherever it is shown, in lists too.</summary>
public abstract record ListedArticle
{
    private protected ListedArticle() { }

    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its name in addresses. It may change: the former one then leads to the present one.</summary>
    public required string Slug { get; init; }

    /// <summary>The article in the API, relative to the server: <c>/v1/articles/the-slug</c>.</summary>
    public required string Url { get; init; }

    /// <summary>What kind of article it is, such as <c>story</c>, <c>analysis</c> or <c>liveBlog</c>.</summary>
    public string Kind { get; init; } = "story";

    /// <summary>The language that it is written in (BCP 47); null: the newsroom's.</summary>
    public string? Lang { get; init; }

    /// <summary>Where its lines begin: <c>ltr</c>, <c>rtl</c>, or null: as its language has it.</summary>
    public string? Dir { get; init; }

    /// <summary>The line above the headline.</summary>
    public string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    public required string Headline { get; init; }

    /// <summary>The line under the headline.</summary>
    public string? Deck { get; init; }

    /// <summary>A few sentences for a teaser.</summary>
    public required string Excerpt { get; init; }

    /// <summary>Who may read it to its end.</summary>
    public required ArticleAccess Access { get; init; }

    /// <summary>When it was first published.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When its published content last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Words in the whole body, also where it is cut.</summary>
    public required int WordCount { get; init; }

    /// <summary>Minutes to read the whole body; at least 1 where there are words.</summary>
    public required int ReadingMinutes { get; init; }
}

/// <summary>All that an article says of itself.</summary>
public abstract record WholeArticle : ListedArticle
{
    private protected WholeArticle() { }

    /// <summary>A short headline for alerts on telephones; null: use <see cref="ListedArticle.Headline"/>.</summary>
    public string? AlertHeadline { get; init; }

    /// <summary>A headline for newsletters; null: use <see cref="ListedArticle.Headline"/>.</summary>
    public string? NewsletterHeadline { get; init; }

    /// <summary>What readers should know of the newsroom's own interests.</summary>
    public string? Disclosure { get; init; }

    /// <summary>What was put right since, newest last.</summary>
    public IReadOnlyList<Correction> Corrections { get; init; } = [];

    /// <summary>What search engines are told, where that differs.</summary>
    public Seo? Seo { get; init; }
}

/// <summary>An article, as a section front shows it.</summary>
public record ArticleSummary : ListedArticle
{
    /// <summary>An article without anything.</summary>
    public ArticleSummary() { }

    [SetsRequiredMembers]
    internal ArticleSummary(
        ListedArticle facts,
        SectionRef section,
        IReadOnlyList<AuthorRef> authors,
        IReadOnlyList<TagRef> tags
    )
        : base(facts)
    {
        Section = section;
        Authors = authors;
        Tags = tags;
    }

    /// <summary>The section that it belongs to.</summary>
    public required SectionRef Section { get; init; }

    /// <summary>The authors in byline order.</summary>
    public required IReadOnlyList<AuthorRef> Authors { get; init; }

    /// <summary>The picture on top.</summary>
    public Image? HeroImage { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<TagRef> Tags { get; init; }

    /// <summary>The body in the forms that <see cref="ArticleQuery.Body"/> asked for; null if none.</summary>
    public Body? Body { get; init; }

    /// <summary>
    /// Whether <see cref="Body"/> ends after the teaser, because the article is behind the wall and the client has no
    /// key.
    /// </summary>
    public bool BodyTruncated { get; init; }
}

/// <summary>An article, as its page shows it.</summary>
public sealed record Article : WholeArticle
{
    /// <summary>An article without anything.</summary>
    public Article() { }

    [SetsRequiredMembers]
    internal Article(
        WholeArticle facts,
        SectionRef section,
        IReadOnlyList<Byline> authors,
        IReadOnlyList<TagRef> tags
    )
        : base(facts)
    {
        Section = section;
        Authors = authors;
        Tags = tags;
    }

    /// <summary>The section that it belongs to.</summary>
    public required SectionRef Section { get; init; }

    /// <summary>The authors in byline order.</summary>
    public required IReadOnlyList<Byline> Authors { get; init; }

    /// <summary>The picture on top.</summary>
    public Image? HeroImage { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<TagRef> Tags { get; init; }

    /// <summary>The body in the forms that were asked for; null if none.</summary>
    public Body? Body { get; init; }

    /// <summary>
    /// Whether <see cref="Body"/> ends after the teaser, because the article is behind the wall and the client has no
    /// key: show “keep reading”.
    /// </summary>
    public bool BodyTruncated { get; init; }

    /// <summary>Other published articles that the desk chose to go with this one.</summary>
    public IReadOnlyList<ArticleSummary> Related { get; init; } = [];
}

/// <summary>Something that was wrong, and was put right.</summary>
public sealed record Correction
{
    /// <summary>When it was put right.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was wrong, in plain text.</summary>
    public required string Text { get; init; }
}

/// <summary>What search engines are told.</summary>
public sealed record Seo
{
    /// <summary>Title for search engines; null: the headline.</summary>
    public string? Title { get; init; }

    /// <summary>Description for search engines; null: the deck or the excerpt.</summary>
    public string? Description { get; init; }

    /// <summary>Where the article first appeared, if that was elsewhere: an absolute URL.</summary>
    public string? CanonicalUrl { get; init; }
}
