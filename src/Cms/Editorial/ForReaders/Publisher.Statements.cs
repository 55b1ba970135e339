using Cms.Editorial.Schedules;
using Cms.Editorial.Upkeep;
using Cms.Publishing.Articles;

namespace Cms.Editorial.ForReaders;

/// <summary>The statements by which an article becomes what readers see.</summary>
internal static partial class Publisher
{
    /// <summary>
    /// The way up from a section must not be moved while it is written down: sections that an article came to unseen
    /// would keep it for ever.
    /// </summary>
    private const string HoldTree =
        "select pg_advisory_xact_lock_shared(hashtextextended('cms:sections', 0))";

    private static readonly string SelectLive = $"""
        select content_hash, excerpt, word_count, published_at,
               section_path, author_ids, tag_ids, array(select image_id from published_article_images
                   where article_id = a.id) image_ids,
               coalesce(body = (select r.body from article_revisions r
                   where r.article_id = a.id and r.number = @Revision), false)
                   has_same_body,
               coalesce((select ({ArticleColumns.SelectLater(
            "r"
        )}) is not distinct from ({ArticleColumns.SelectLater("a")})
                   from article_revisions r where r.article_id = a.id and r.number = @Revision), false)
                   has_same_later
        from published_articles a where id = @Id
        """;

    private const string KeepShown = """
        update published_articles set revision = @Revision where id = @Id and revision <> @Revision
        """;

    private const string KeepLive = $"""
        {Plans.Settle};
        {KeepShown};
        update articles set status = 'published', published_revision = @Revision
        where id = @Id and (status, published_revision) is distinct from ('published', @Revision)
        """;

    // updated_at moves only if what readers see does: publishing the same content again is no news.
    private static readonly string UpsertArticle = $"""
        insert into published_articles as live (
            id, {ArticleColumns.Names}, revision, content_hash, excerpt, body, section_id, section_path,
                author_ids, tag_ids, related_ids,
            hero_image_id, hero_alt, hero_caption, hero_credit, word_count, reading_minutes, published_at,
                updated_at, sort_headline)
        values (
            @Id, {ArticleColumns.Values}, @Number, @ContentHash, @Excerpt, @Body::jsonb, @SectionId,
                section_path(@SectionId), @AuthorIds,
            @TagIds, @RelatedIds, @HeroId, @HeroAlt, @HeroCaption, @HeroCredit, @WordCount, @ReadingMinutes,
                @publishedAt, @at, @SortHeadline)
        on conflict (id) do update set
            {ArticleColumns.Excluded}, revision = excluded.revision, content_hash = excluded.content_hash,
                excerpt = excluded.excerpt,
            -- The same body is left where it is stored.
            body = case when @HasSameBody then live.body else excluded.body end,
            section_id = excluded.section_id, section_path = excluded.section_path, author_ids = excluded.author_ids,
            tag_ids = excluded.tag_ids, related_ids = excluded.related_ids, hero_image_id = excluded.hero_image_id,
            hero_alt = excluded.hero_alt, hero_caption = excluded.hero_caption, hero_credit = excluded.hero_credit,
            word_count = excluded.word_count, reading_minutes = excluded.reading_minutes,
                published_at = excluded.published_at,
            updated_at = case when @isMinor or live.content_hash = excluded.content_hash then live.updated_at
                else excluded.updated_at end,
            sort_headline = excluded.sort_headline;
        insert into published_slugs (slug, article_id) values (@slug, @Id) on conflict (slug) do nothing;
        """;

    // Rows that stay are changed where they stand: their foreign keys are not checked again.
    private static readonly string WriteJunctions =
        Junction("published_article_sections", "section_id", "section_path")
        + Junction("published_article_authors", "author_id", "author_ids")
        + Junction("published_article_tags", "tag_id", "tag_ids")
        + """
            delete from published_article_images where article_id = @Id and image_id <> all(@ImageIds);
            insert into published_article_images as live (image_id, article_id, in_teaser)
            select image_id, @Id, image_id = any(@InTeaser) from unnest(@ImageIds) u(image_id)
            on conflict (article_id, image_id) do update set in_teaser = excluded.in_teaser
            where live.in_teaser is distinct from excluded.in_teaser;

            """;

    private static string Junction(string table, string id, string ids) =>
        $"""
            delete from {table} j using published_articles a
            where a.id = @Id and j.article_id = a.id and j.{id} <> all(a.{ids});
            insert into {table} as live ({id}, article_id, published_at, updated_at, sort_headline)
            select unnest({ids}), id, published_at, updated_at, sort_headline from published_articles where id = @Id
            on conflict (article_id, {id}) do update
                set published_at = excluded.published_at, updated_at = excluded.updated_at,
                    sort_headline = excluded.sort_headline
            where (live.published_at, live.updated_at, live.sort_headline)
                is distinct from (excluded.published_at, excluded.updated_at, excluded.sort_headline);

            """;

    private static string UpsertWords(string waits) =>
        $"""
            insert into published_article_words as live (article_id, published_at, language, analysis, words, waits)
            select a.id, a.published_at, s.value, @Version,
                   search_words(@HeadlineWords, @Lead, @Open, @Walled, section_id, author_ids, tag_ids, access,
                       kind, published_at), {waits}
            from published_articles a, settings s where a.id = @Id and s.name = 'search-language'
            on conflict (article_id) do update set
                published_at = excluded.published_at, language = excluded.language, analysis = excluded.analysis,
                    words = excluded.words,
                waits = excluded.waits
            where (live.published_at, live.language, live.analysis, live.words)
                is distinct from (excluded.published_at, excluded.language, excluded.analysis, excluded.words)
            """;

    /// <summary>What readers see of a publication.</summary>
    private static readonly string Show =
        UpsertArticle
        + WriteJunctions
        + UpsertWords(WaitingWords.Wait)
        + """
            ;
            delete from published_withdrawals where article_id = @Id
            """;

    /// <summary>All that a publication writes, in one exchange with the database.</summary>
    private static readonly string WriteLive =
        Show
        + $"""
            ;
            {Plans.Settle};
            update articles set status = 'published', published_revision = @Revision,
                first_published_at = coalesce(first_published_at, @at)
            where id = @Id
            """;
}
