using System.Runtime.CompilerServices;
using Cms.Platform.Postgres;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.Blocks;

namespace Cms.Editorial.Articles;

/// <summary>What a revision holds: an article's content, its references resolved to ids.</summary>
internal record ArticleContent : ArticleFacts
{
    /// <summary>As it was written; null: generated where it is shown.</summary>
    public required string? Excerpt { get; init; }

    /// <summary>The body as it is stored: blocks, sanitised.</summary>
    public required string Body { get; init; }
    public required Guid? SectionId { get; init; }
    public required Guid[] AuthorIds { get; init; }
    public required Guid[] TagIds { get; init; }
    public required Guid[] RelatedIds { get; init; }
    public required ImageUseInput? HeroImage { get; init; }
    public required DateTimeOffset? PublishedAt { get; init; }
    public required DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>From what was written to what is stored. <see cref="RevisionRow.ToInput"/> is the way back.</summary>
    public static ArticleContent Of(ArticleInput input, string slug, Body body, References references) =>
        new()
        {
            Slug = slug,
            Kind = input.Kind,
            Lang = input.Lang,
            Dir = input.Dir,
            Kicker = input.Kicker,
            Headline = input.Headline,
            Deck = input.Deck,
            Excerpt = input.Excerpt,
            Body = BlockIds.Stored(body).ToJson(),
            SectionId = references.SectionId,
            AuthorIds = references.AuthorIds,
            TagIds = references.TagIds,
            RelatedIds = references.RelatedIds,
            HeroImage = input.HeroImage,
            Access = input.Access,
            AlertHeadline = input.AlertHeadline,
            NewsletterHeadline = input.NewsletterHeadline,
            Disclosure = input.Disclosure,
            Corrections = input.Corrections,
            Seo = input.Seo,
            PublishedAt = input.PublishedAt,
            EmbargoedUntil = input.EmbargoedUntil,
        };
}

/// <summary>A revision as it is stored.</summary>
internal sealed record RevisionRow : ArticleContent
{
    public required int Number { get; init; }
    public required int WordCount { get; init; }
    public required int ReadingMinutes { get; init; }
    public required byte[] ContentHash { get; init; }
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Whether its article was ever published, in whatever revision.</summary>
    public required bool WasPublished { get; init; }

    public static readonly string Columns = $"""
        {ArticleColumns.Select(
            "r"
        )}, r.number, nullif(r.excerpt, '') excerpt, r.body, r.section_id, r.author_ids,
        present_tags(r.tag_ids) tag_ids, r.related_ids,
        r.hero_image, r.published_at, r.embargoed_until, r.word_count, r.reading_minutes, r.content_hash,
        r.created_at saved_at, exists (select from articles o
            where o.id = r.article_id and o.first_published_at is not null) was_published
        """;

    /// <summary>
    /// As it would be written again, references as ids; without the body, which a patch replaces whole or leaves.
    /// </summary>
    public ArticleInput ToInput() =>
        new()
        {
            Slug = Slug,
            Kind = Kind,
            Lang = Lang,
            Dir = Dir,
            Kicker = Kicker,
            Headline = Headline,
            Deck = Deck,
            Excerpt = Excerpt,
            Section = SectionId?.ToString(),
            Authors = [.. AuthorIds.Select(id => id.ToString())],
            HeroImage = HeroImage,
            Tags = [.. TagIds.Select(id => id.ToString())],
            Access = Access,
            AlertHeadline = AlertHeadline,
            NewsletterHeadline = NewsletterHeadline,
            Disclosure = Disclosure,
            Corrections = Corrections,
            Seo = Seo,
            Related = [.. RelatedIds.Select(id => id.ToString())],
            PublishedAt = PublishedAt,
            EmbargoedUntil = EmbargoedUntil,
        };

#pragma warning disable CA2255 // whoever reads rows must find the types of their columns
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void TellDapper() => DapperSetup.ReadsAsJson<ImageUseInput>();
}
