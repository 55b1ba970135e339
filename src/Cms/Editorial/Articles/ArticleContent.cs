using System.Security.Cryptography;
using Cms.Platform.Http.Answers;
using Cms.Publishing;

namespace Cms.Editorial.Articles;

/// <summary>What a revision holds: an article's content, its references resolved to ids.</summary>
internal sealed record ArticleContent
{
    public required string Slug { get; init; }
    public required string? Kicker { get; init; }
    public required string Headline { get; init; }
    public required string? Deck { get; init; }
    public required string? Excerpt { get; init; }

    /// <summary>The body as it is stored: blocks, sanitised.</summary>
    public required string Body { get; init; }
    public required Guid? SectionId { get; init; }
    public required Guid[] AuthorIds { get; init; }
    public required Guid[] TagIds { get; init; }
    public required Guid[] RelatedIds { get; init; }
    public required ImageUseInput? HeroImage { get; init; }
    public required ArticleAccess Access { get; init; }
    public required string? Disclosure { get; init; }
    public required IReadOnlyList<Correction> Corrections { get; init; }
    public required Seo? Seo { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Tells whether two revisions say the same.</summary>
    public byte[] Hash() => SHA256.HashData(Json.Write(this));
}

/// <summary>A revision as it is stored.</summary>
internal sealed record RevisionRow
{
    public required int Number { get; init; }
    public required string Slug { get; init; }
    public required string? Kicker { get; init; }
    public required string Headline { get; init; }
    public required string? Deck { get; init; }
    public required string? Excerpt { get; init; }
    public required string Body { get; init; }
    public required Guid? SectionId { get; init; }
    public required Guid[] AuthorIds { get; init; }
    public required Guid[] TagIds { get; init; }
    public required Guid[] RelatedIds { get; init; }
    public required string? HeroImage { get; init; }
    public required string Access { get; init; }
    public required string? Disclosure { get; init; }
    public required string Corrections { get; init; }
    public required string? Seo { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required int WordCount { get; init; }
    public required int ReadingMinutes { get; init; }
    public required byte[] ContentHash { get; init; }

    public const string Columns = """
        number, slug, kicker, headline, deck, nullif(excerpt, '') excerpt, body, section_id, author_ids, tag_ids, related_ids, hero_image,
        access, disclosure, corrections, seo, published_at, word_count, reading_minutes, content_hash
        """;

    /// <summary>
    /// As it would be written again, references as ids; without the body, which a patch replaces whole or leaves.
    /// </summary>
    public ArticleInput ToInput() =>
        new()
        {
            Slug = Slug,
            Kicker = Kicker,
            Headline = Headline,
            Deck = Deck,
            Excerpt = Excerpt,
            Section = SectionId?.ToString(),
            Authors = [.. AuthorIds.Select(id => id.ToString())],
            HeroImage = HeroImage is null ? null : Json.Read<ImageUseInput>(HeroImage),
            Tags = [.. TagIds.Select(id => id.ToString())],
            Access = Enum.Parse<ArticleAccess>(Access, ignoreCase: true),
            Disclosure = Disclosure,
            Corrections = Json.Read<Correction[]>(Corrections),
            Seo = Seo is null ? null : Json.Read<Seo>(Seo),
            Related = [.. RelatedIds.Select(id => id.ToString())],
            PublishedAt = PublishedAt,
        };
}
