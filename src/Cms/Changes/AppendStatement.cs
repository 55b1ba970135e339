namespace Cms.Changes;

/// <summary>
/// The statement that appends an announcement to the feed. It runs under the feed's lock, so every publication waits
/// for it: it looks up what the announcement names, by keys, and reads nothing else. Each part below is one step of it.
/// </summary>
internal static class AppendStatement
{
    /// <summary>
    /// Set before it, in the same transaction. PostgreSQL cannot know how long the lists are that it is given. Left
    /// alone it expects thousands of rows, reads whole tables to join them, and plans anew each time: 25 to 60 ms.
    /// Looked up row by row, and planned once for each connection, it takes 1 ms.
    /// </summary>
    public const string LookUp = """
        set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off
        """;

    /// <summary>
    /// What the announcement names. Extents: 1 may have come or gone; 2 shows something that changed; 3 changed itself;
    /// 4 is not seen, and something else is said of that.
    /// </summary>
    private const string Given = """
        given as (
            select * from unnest(@Types, @Ids, @Extents, @Reasons) g(entity_type, entity_id, extent, reason)),
        given_articles as (
            select p.id, p.section_path, p.author_ids, p.tag_ids
            from given g join published_articles p on p.id = g.entity_id where g.entity_type = 'article'),
        displaced as (
            select p.id, p.access, p.author_ids, p.tag_ids
            from published_article_sections s join published_articles p on p.id = s.article_id
            where s.section_id = any(@Moved))
        """;

    /// <summary>With what depends on it: what articles need, and what shows something that changed.</summary>
    private const string Touched = """
        needed as (
            select id, author_ids, tag_ids from given_articles union all select id, author_ids, tag_ids from displaced),
        named as (
            select entity_type, entity_id, extent from given
            -- A key may be limited to sections: who may read on behind the wall can change with a move.
            union all select 'article', id, case access when 'public' then 1 else 2 end from displaced
            union all select 'author', unnest(author_ids), 1 from needed
            union all select 'tag', unnest(tag_ids), 1 from needed
            union all select 'image', u.image_id, 1 from needed n join published_article_images u on u.article_id = n.id
            -- What articles show of images is written into them; and they name only articles that readers can see.
            union all select 'article', u.article_id, 2
                from given g join published_article_images u on u.image_id = g.entity_id
                where g.entity_type = 'image' and g.extent = 3
            union all select 'article', p.id, 2
                from (select unnest(@Relocated) id union select id from displaced) r
                join published_articles p on p.related_ids @> array[r.id]),
        touched as (
            select entity_type, entity_id, max(extent) extent from (
                select * from named
                union all select 'image', a.avatar_image_id, 1
                    from named n join authors a on a.id = n.entity_id
                    where n.entity_type = 'author' and a.avatar_image_id is not null) n
            group by entity_type, entity_id)
        """;

    /// <summary>
    /// What readers see of each thing now, and what they saw before: its row says so. A picture has changed for readers
    /// also if it moved before or behind the wall, or if another article now shows it behind the wall.
    /// </summary>
    private const string Things = """
        looked_at as (
            select t.entity_type, t.entity_id, t.extent, g.reason, old.slug old_slug,
                coalesce(old.op = 'upsert', false) was_seen,
                   coalesce(old.is_open, true) was_open_last, coalesce(old.was_open, false) was_open,
                   case when t.entity_type = 'image' then (select is_open from published_images i
                       where i.id = t.entity_id)
                       else true end is_open,
                   array_position('{section,image,author,tag,article}'::text[], t.entity_type) rank,
                   case t.entity_type
                       when 'article' then (select slug::text from published_articles p where p.id = t.entity_id)
                       when 'section' then (select slug from published_sections s where s.id = t.entity_id)
                       when 'author' then (select slug from published_authors a where a.id = t.entity_id)
                       when 'tag' then (select slug from published_tags g where g.id = t.entity_id)
                       else (select ''::text from published_images i where i.id = t.entity_id) end new_slug
            from touched t left join given g using (entity_type, entity_id)
            left join changes old using (entity_type, entity_id)),
        things as materialized (
            select entity_type, entity_id, reason, old_slug, was_seen, was_open, coalesce(is_open, false) is_open,
                rank, new_slug,
                   case when is_open and was_open_last then extent else greatest(extent, 2) end extent
            from looked_at),
        news as materialized (
            select *, new_slug is not null is_seen from things
            where (new_slug is not null) <> was_seen or (new_slug is not null and extent >= 2) or extent = 4),
        moment as materialized (select greatest(@at, clock_timestamp(), changed_at) at from change_feed)
        """;

    /// <summary>Numbers what is new to readers.</summary>
    private const string Feed = """
        feed as (
            insert into changes (entity_type, entity_id, sequence, op, reason, slug, changed_at, is_open, was_open)
            select entity_type, entity_id, nextval('change_sequence'), case when is_seen then 'upsert'
                else 'delete' end,
                   case when not is_seen then coalesce(reason, 'unpublished') end,
                       coalesce(nullif(new_slug, ''), old_slug), at,
                   is_open, was_open or (is_seen and is_open)
            from (select * from news order by rank, entity_id) n, moment
            on conflict (entity_id, entity_type) do update
                set sequence = excluded.sequence, op = excluded.op, reason = excluded.reason, slug = excluded.slug,
                    changed_at = excluded.changed_at, is_open = excluded.is_open, was_open = excluded.was_open)
        """;

    /// <summary>The same for each section into or out of which something may have gone.</summary>
    private const string SectionFeed = """
        scopes as (
            select unnest(@Sections) section_id
            union select unnest(section_path) from given_articles
            union select unnest(section_path(m)) from unnest(@Moved) m),
        -- An author's picture comes and goes wherever the author is.
        pictures as materialized (
            select i.entity_type, i.entity_id, max(i.extent) extent, i.rank, c.section_id,
                bool_or(p.avatar_image_id is not null) is_known, bool_or(i.new_slug is not null) is_seen
            from things i cross join things a
            join section_changes c on c.entity_type = 'author' and c.entity_id = a.entity_id and c.op = 'upsert'
            left join authors p on p.id = a.entity_id and p.avatar_image_id = i.entity_id
            where i.entity_type = 'image' and a.entity_type = 'author' and a.extent = 3
              and c.section_id not in (select section_id from scopes)
            group by i.entity_type, i.entity_id, i.rank, c.section_id),
        asked as (
            select t.entity_type, t.entity_id, t.extent, t.rank, s.section_id, false is_known,
                t.new_slug is not null is_seen
            from things t, scopes s where t.entity_type <> 'section'
            union all select * from pictures),
        -- What is there for the sake of these articles: for nearly all of it nobody has to look further.
        present as materialized (
            select s.section_id, needs.entity_type, needs.entity_id
            from given_articles a cross join unnest(a.section_path) s(section_id) cross join lateral (
                select 'article' entity_type, a.id entity_id
                union all select 'author', unnest(a.author_ids)
                union all select 'tag', unnest(a.tag_ids)
                union all select 'image', u.image_id from published_article_images u where u.article_id = a.id
                union all select 'image', p.avatar_image_id
                    from authors p where p.id = any(a.author_ids) and p.avatar_image_id is not null) needs),
        members as (
            select a.section_id, a.entity_type, a.entity_id, a.extent, a.rank,
                   -- What readers do not see is in no section, whatever refers to it.
                   a.is_seen and (a.is_known
                   -- PostgreSQL hashes the list of an "in"; an "exists" here would read it for each pair.
                   or (a.section_id, a.entity_type, a.entity_id) in (
                       select section_id, entity_type, entity_id from present)
                   or is_in_section(a.entity_type, a.entity_id, a.section_id, array(select id
                       from given_articles))) is_in,
                   coalesce(c.op = 'upsert', false) was_in
            from asked a left join section_changes c using (section_id, entity_type, entity_id)
            -- Everywhere else what is there stays there, and is only told that it changed, or that it is gone.
            union all
            select c.section_id, c.entity_type, c.entity_id, t.extent, t.rank, t.new_slug is not null, true
            from things t join section_changes c using (entity_type, entity_id)
            -- Where its deletion was told, it is told once more.
            where t.extent >= 2 and (c.op = 'upsert' or t.extent = 4)
              and not exists (select from scopes s where s.section_id = c.section_id)
              and (t.entity_type <> 'image'
                  or not exists (select from pictures i
                      where (i.section_id, i.entity_id) = (c.section_id, c.entity_id)))),
        section_feed as (
            insert into section_changes (section_id, entity_type, entity_id, sequence, op, changed_at)
            select section_id, entity_type, entity_id, nextval('change_sequence'), case when is_in then 'upsert'
                else 'delete' end, at
            from (select * from members where is_in <> was_in or (is_in and extent >= 2)
                order by rank, entity_id) m, moment
            on conflict (section_id, entity_id, entity_type) do update
                set sequence = excluded.sequence, op = excluded.op, changed_at = excluded.changed_at)
        """;

    /// <summary>What webhooks and streams are told.</summary>
    private const string Happened = """
        happened as (
            select entity_type || '.' || case
                       when is_seen and not was_seen then case entity_type when 'article' then 'published'
                           else 'created' end
                       when is_seen then 'updated'
                       else case when entity_type <> 'article' or reason = 'deleted' then 'deleted'
                           else 'unpublished' end end type,
                   entity_type, entity_id, rank,
                   jsonb_strip_nulls(jsonb_build_object(
                       'type', entity_type, 'id', entity_id, 'slug', coalesce(nullif(new_slug, ''), old_slug),
                       'previousSlug', case when is_seen and was_seen and old_slug <> new_slug then old_slug end,
                       -- Why it was withdrawn, where that was said.
                       'reason', case when not is_seen and reason not in ('unpublished', 'deleted') then reason end,
                       'url', case entity_type
                           when 'article' then '/v1/articles/' || coalesce(new_slug, old_slug)
                           when 'section' then '/v1/sections/' || coalesce(new_slug, old_slug)
                           when 'author' then '/v1/authors/' || coalesce(new_slug, old_slug)
                           when 'image' then '/v1/images/' || entity_id end)) data
            from news where extent >= 3 or is_seen <> was_seen)
        """;

    /// <summary>
    /// The cache tags of what is stale: about 45 KB. Beyond, one tag stands for all, since an article does not carry
    /// that of articles.
    /// </summary>
    private const string Purge = """
        stale as (
            select distinct unnest(case entity_type
                when 'article' then array['articles', 'article:' || entity_id]
                when 'section' then array['sections', 'section:' || entity_id]
                when 'author' then array['authors', 'author:' || entity_id]
                when 'image' then array['images', 'image:' || entity_id]
                when 'tag' then array['tags', 'tag:' || entity_id] end) tag
            from news
            union select 'articles' where cardinality(@Moved) > 0
            union select 'all' where @Everything),
        purge as (
            select case when count(*) <= 1000 then jsonb_agg(tag order by tag) else '["all"]' end tags
            from stale having count(*) > 0)
        """;

    private const string Events = """
        insert into events (sequence, type, entity_type, entity_id, data, occurred_at)
        select nextval('change_sequence'), type, entity_type, entity_id, data, at
        from (select type, entity_type, entity_id, data, rank from happened
              union all select n.type, n.entity_type, n.entity_id, n.data::jsonb, 8
                  from unnest(@NewsTypes, @NewsEntities, @NewsIds, @NewsData) n(type, entity_type, entity_id, data)
              union all select 'content.invalidated', null, null, jsonb_build_object('cacheTags', tags), 9 from purge
              order by rank, entity_id) e, moment
        """;

    /// <summary>The whole. Its parameters are those of <see cref="Announcement.Arguments"/>.</summary>
    public const string Text = $"""
        with {Given},
        {Touched},
        {Things},
        {Feed},
        {SectionFeed},
        {Happened},
        {Purge}
        {Events}
        """;
}
