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
internal sealed record Tag
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>chips</example>
    public required string Slug { get; init; }

    /// <example>Chips</example>
    public required string Name { get; init; }
}

/// <summary>An article, as a section front shows it: all of a teaser in one request.</summary>
internal record ArticleSummary
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>the-valley-that-bet-on-halden</example>
    public required string Slug { get; init; }

    /// <summary>The article in this API.</summary>
    /// <example>/v1/articles/the-valley-that-bet-on-halden</example>
    public string Url => $"/v1/articles/{Slug}";

    /// <summary>The line above the headline.</summary>
    public required string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    public required string Headline { get; init; }

    /// <summary>The line under the headline.</summary>
    public required string? Deck { get; init; }

    /// <summary>
    /// A few sentences for a teaser: written by an editor, or generated from the first paragraphs of running text.
    /// </summary>
    public required string Excerpt { get; init; }

    /// <summary>Who may read it to its end.</summary>
    public required ArticleAccess Access { get; init; }

    /// <summary>When it was first published.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When its published content last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Words in the whole body, also where it is cut.</summary>
    public required int WordCount { get; init; }

    /// <summary>Minutes to read the whole body, at 238 words a minute; at least 1 where there are words.</summary>
    public required int ReadingMinutes { get; init; }

    /// <summary>The section that it belongs to.</summary>
    public required SectionRef Section { get; init; }

    /// <summary>The authors in byline order.</summary>
    public required IReadOnlyList<AuthorRef> Authors { get; init; }

    /// <summary>The picture on top.</summary>
    public required ImageView? HeroImage { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<TagRef> Tags { get; init; }

    /// <summary>
    /// The body in the forms that <c>body</c> asked for; null with <c>none</c>, which is the default of lists.
    /// </summary>
    public required BodyView? Body { get; init; }

    /// <summary>
    /// Whether <c>body</c> ends after the teaser, because the article is behind the wall and the request came without a
    /// key.
    /// </summary>
    public required bool BodyTruncated { get; init; }
}

/// <summary>An article, as its page shows it.</summary>
internal sealed record Article
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <example>the-valley-that-bet-on-halden</example>
    public required string Slug { get; init; }

    /// <summary>The article in this API.</summary>
    /// <example>/v1/articles/the-valley-that-bet-on-halden</example>
    public string Url => $"/v1/articles/{Slug}";

    /// <summary>The line above the headline.</summary>
    public required string? Kicker { get; init; }

    /// <summary>The headline, in plain text.</summary>
    public required string Headline { get; init; }

    /// <summary>The line under the headline.</summary>
    public required string? Deck { get; init; }

    /// <summary>
    /// A few sentences for a teaser: written by an editor, or generated from the first paragraphs of running text.
    /// </summary>
    public required string Excerpt { get; init; }

    /// <summary>Who may read it to its end.</summary>
    public required ArticleAccess Access { get; init; }

    /// <summary>When it was first published.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When its published content last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Words in the whole body, also where it is cut.</summary>
    public required int WordCount { get; init; }

    /// <summary>Minutes to read the whole body, at 238 words a minute; at least 1 where there are words.</summary>
    public required int ReadingMinutes { get; init; }

    /// <summary>The section that it belongs to.</summary>
    public required SectionRef Section { get; init; }

    /// <summary>The authors in byline order.</summary>
    public required IReadOnlyList<Byline> Authors { get; init; }

    /// <summary>The picture on top.</summary>
    public required ImageView? HeroImage { get; init; }

    /// <summary>Its tags.</summary>
    public required IReadOnlyList<TagRef> Tags { get; init; }

    /// <summary>The body in the forms that <c>body</c> asked for; null with <c>none</c>.</summary>
    public required BodyView? Body { get; init; }

    /// <summary>
    /// Whether <c>body</c> ends after the teaser, because the article is behind the wall and the request came without a
    /// key: show “keep reading”.
    /// </summary>
    public required bool BodyTruncated { get; init; }

    /// <summary>What readers should know of the newsroom's own interests.</summary>
    public required string? Disclosure { get; init; }

    /// <summary>What was put right since, newest last.</summary>
    public required IReadOnlyList<Correction> Corrections { get; init; }

    /// <summary>What search engines are told, where that differs.</summary>
    public required Seo? Seo { get; init; }

    /// <summary>Other published articles that the desk chose to go with this one.</summary>
    public required IReadOnlyList<ArticleSummary> Related { get; init; }
}
