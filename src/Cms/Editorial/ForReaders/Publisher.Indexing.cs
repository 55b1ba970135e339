using Cms.Changes;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Publishing.Articles;
using Cms.Publishing.Bodies;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.ForReaders;

/// <summary>Writes anew what is derived from a published article: its words, excerpt and pictures.</summary>
internal static partial class Publisher
{
    /// <summary>Gives a published article another excerpt, where nobody wrote one.</summary>
    public static async Task RenewExcerptAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        Guid article,
        string excerpt,
        CancellationToken ct
    )
    {
        await transaction.ExecuteAsync(
            "update published_articles set excerpt = @excerpt where id = @article",
            new { article, excerpt },
            ct
        );
        announcement.Changed(EntityType.Article, article);
    }

    /// <summary>Writes which of an article's pictures stand before its wall.</summary>
    public static Task MarkTeaserAsync(
        NpgsqlTransaction transaction,
        Guid article,
        Body body,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            "update published_article_images set in_teaser = image_id = any(@Shown) where article_id = @article",
            new { article, Shown = body.Teaser().Body.ImageIds.ToArray() },
            ct
        );

    /// <summary>Writes the words by which a published article is found.</summary>
    public static async Task IndexAsync(
        NpgsqlTransaction transaction,
        Guid article,
        Body body,
        CancellationToken ct
    )
    {
        var row = (await transaction.FindAsync<IndexedRow>(SelectIndexed, new { article }, ct))!;
        var hero = row.HeroImageId is { } id
            ? new ImageUseInput
            {
                Id = id,
                Alt = row.HeroAlt,
                Caption = row.HeroCaption,
                Credit = row.HeroCredit,
            }
            : null;
        var words = ArticleWords.Of(body, row, hero, Json.Read<ImageRow[]>(row.Images));
        await transaction.ExecuteAsync(
            // Many in a row, which are merged together (SearchIndexing).
            UpsertWords("false"),
            new
            {
                Id = article,
                words.HeadlineWords,
                words.Lead,
                words.Open,
                words.Walled,
                TextAnalysis.Version,
            },
            ct
        );
    }

    /// <summary>
    /// Puts the words of articles that wait for it into the index of search. Those that another transaction is writing
    /// are left for the next time. Returns how many there were.
    /// </summary>
    public static Task<int> IndexWaitingAsync(
        NpgsqlTransaction transaction,
        int atMost,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            """
            with batch as materialized (
                select article_id from published_article_words where waits limit @atMost for update skip locked)
            update published_article_words w set waits = false from batch b where w.article_id = b.article_id
            """,
            new { atMost },
            ct
        );

    /// <summary>
    /// Queues the articles that show an image whose texts have changed. They are indexed again in the background, since
    /// they may be many.
    /// </summary>
    public static Task ImageSaysAsync(NpgsqlTransaction transaction, Guid image, CancellationToken ct) =>
        transaction.ExecuteAsync(
            """
            insert into search_stale (article_id)
            select article_id from published_article_images where image_id = @image on conflict do nothing
            """,
            new { image },
            ct
        );

    private static readonly string SelectIndexed = $"""
        select {ArticleColumns.Select("p")}, hero_image_id, hero_alt, hero_caption, hero_credit,
               (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'alt', i.alt, 'caption',
                   i.caption, 'credit', i.credit, 'isEnded', i.usage_ended_at is not null)), '[]')
                from published_article_images u join images i on i.id = u.image_id where u.article_id = p.id) images
        from published_articles p where id = @article
        """;

    private sealed record IndexedRow : ArticleFacts
    {
        public required Guid? HeroImageId { get; init; }
        public required string? HeroAlt { get; init; }
        public required string? HeroCaption { get; init; }
        public required string? HeroCredit { get; init; }
        public required string Images { get; init; }
    }
}
