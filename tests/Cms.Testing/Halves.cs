namespace Cms.Testing;

/// <summary>What is always true of a newsroom's tables.</summary>
internal static class Halves
{
    /// <summary>Each finds rows that a write which was cut in half would have left.</summary>
    public static readonly string[] Queries =
    [
        """
            select 'article without its revision ' || a.id from articles a
                left join article_revisions r on (r.article_id, r.number) = (a.id, a.revision)
            where r.headline is distinct from a.headline or r.slug is distinct from a.slug
                or r.section_id is distinct from a.section_id
            """,
        """
            select 'revisions with a gap ' || a.id from articles a
            where revision <> (select count(*) from article_revisions where article_id = a.id)
            """,
        """
            select 'reserved slug ' || a.id from articles a
            where not exists (select from article_slugs s where (s.slug, s.article_id) = (a.slug, a.id))
            """,
        """
            select 'words ' || a.id from articles a
            where not exists (select from article_words w where w.article_id = a.id)
            """,
        """
            select 'working references ' || a.id from articles a
                join article_revisions r on (r.article_id, r.number) = (a.id, a.revision)
            where not (select coalesce(array_agg(author_id order by author_id), '{}') from article_authors
                       where article_id = a.id)
                    = (select coalesce(array_agg(x order by x), '{}') from unnest(r.author_ids) x)
               or not (select coalesce(array_agg(tag_id order by tag_id), '{}') from article_tags
                       where article_id = a.id)
                    = (select coalesce(array_agg(x order by x), '{}') from unnest(r.tag_ids) x)
            """,
        """
            select 'published without its copy ' || a.id from articles a full join published_articles p using (id)
            where a.published_revision is distinct from p.revision
                or (a.status = 'published') is distinct from (p.id is not null)
            """,
        """
            select 'copy unlike its revision ' || p.id from published_articles p
                join article_revisions r on (r.article_id, r.number) = (p.id, p.revision)
            where (r.slug, r.headline, r.section_id, r.author_ids, r.tag_ids, r.content_hash,
                   (select jsonb_agg(b.value - 'id' order by b.n)
                    from jsonb_array_elements(r.body -> 'blocks') with ordinality b(value, n)))
                is distinct from
                  (p.slug, p.headline, p.section_id, p.author_ids, p.tag_ids, p.content_hash,
                   (select jsonb_agg(b.value - 'id' order by b.n)
                    from jsonb_array_elements(p.body -> 'blocks') with ordinality b(value, n)))
            """,
        """
            select 'sections ' || p.id from published_articles p
            where (select coalesce(array_agg(section_id order by section_id), '{}') from published_article_sections
                   where article_id = p.id and (published_at, updated_at, sort_headline)
                       = (p.published_at, p.updated_at, p.sort_headline))
               <> (select coalesce(array_agg(x order by x), '{}') from unnest(p.section_path) x)
            """,
        """
            select 'authors ' || p.id from published_articles p
            where (select coalesce(array_agg(author_id order by author_id), '{}') from published_article_authors
                   where article_id = p.id and (published_at, updated_at, sort_headline)
                       = (p.published_at, p.updated_at, p.sort_headline))
               <> (select coalesce(array_agg(x order by x), '{}') from unnest(p.author_ids) x)
            """,
        """
            select 'tags ' || p.id from published_articles p
            where (select coalesce(array_agg(tag_id order by tag_id), '{}') from published_article_tags
                   where article_id = p.id and (published_at, updated_at, sort_headline)
                       = (p.published_at, p.updated_at, p.sort_headline))
               <> (select coalesce(array_agg(x order by x), '{}') from unnest(p.tag_ids) x)
            """,
        """
            select 'hero ' || p.id from published_articles p
            where hero_image_id is not null and not exists (select from published_article_images i
                where (i.article_id, i.image_id) = (p.id, p.hero_image_id))
            """,
        """
            select 'published slug ' || p.id from published_articles p
            where not exists (select from published_slugs s where (s.slug, s.article_id) = (p.slug, p.id))
            """,
        """
            select 'change ' || coalesce(c.entity_id, p.id) from published_articles p
                full join (select * from changes where entity_type = 'article') c on c.entity_id = p.id
            where c.op is distinct from case when p.id is null then 'delete' else 'upsert' end
            """,
    ];
}
