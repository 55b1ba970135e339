using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Changes;

/// <summary>
/// The one door through which a write announces itself. One row for each thing, its latest change, numbered in the order of the commits: the
/// numbers are taken under a lock that is held until the commit, so no reader of the numbers can skip one that commits late. The door is
/// built so that this cannot be got wrong: the announcement is appended after the work is done, and then the transaction commits at once.
/// </summary>
internal sealed class ChangeLog(NpgsqlDataSource postgres, ChangeSignal signal, TimeProvider clock)
{
    /// <summary>The channel that every append notifies, with the feed's head.</summary>
    public const string Channel = "cms_changes";

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction (see <see cref="Db.InTransactionAsync"/>), and appends what it announces. When this returns,
    /// this node knows of the change.
    /// </summary>
    public async Task<T> InTransactionAsync<T>(
        Func<NpgsqlTransaction, Announcement, Task<T>> work,
        CancellationToken ct
    )
    {
        Appended? appended = null;
        T result;
        try
        {
            result = await postgres.InTransactionAsync(
                async transaction =>
                {
                    appended = null;
                    var announcement = new Announcement();
                    var done = await work(transaction, announcement);
                    appended = await AppendAsync(transaction, announcement, clock.GetUtcNow(), ct);
                    return done;
                },
                ct
            );
        }
        catch when (appended is not null)
        {
            // It was to be committed, and nobody knows whether it was.
            signal.Doubt();
            throw;
        }
        if (appended is not null)
            signal.Advance(appended.Epoch, appended.Before, appended.Head, appended.Event, appended.Stale);
        return result;
    }

    /// <summary>Forgets deletions from before a time, and what happened until then. Cursors that would need them are refused from now on.</summary>
    /// <returns>How many deletions were forgotten.</returns>
    public async Task<int> ForgetAsync(
        DateTimeOffset deletionsBefore,
        DateTimeOffset eventsBefore,
        CancellationToken ct
    )
    {
        var forgotten = await postgres.InTransactionAsync(
            async transaction =>
            {
                await transaction.ExecuteAsync(Lock, new { }, ct);
                return await transaction.FindAsync<int>(Forget, new { deletionsBefore, eventsBefore }, ct);
            },
            ct
        );
        signal.Trim();
        return forgotten;
    }

    /// <summary>Begins a new life of the feed if the database was restored, promoted, set back or only restarted since the last one began.</summary>
    public static Task<int> BeginEpochAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        postgres.InTransactionAsync(
            async transaction => await transaction.ExecuteAsync($"{Lock};{BeginEpoch}", new { }, ct),
            ct
        );

    private static async Task<Appended?> AppendAsync(
        NpgsqlTransaction transaction,
        Announcement announcement,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        if (announcement.IsEmpty)
            return null;
        // Statements of their own: what is true is asked, and numbers are taken, after the lock is held.
        await transaction.ExecuteAsync($"{Lock};{BeginEpoch}", new { }, ct);
        return await transaction.FindAsync<Appended>($"{Append};{MoveHead}", announcement.Arguments(at), ct);
    }

    private sealed record Appended
    {
        public required Guid Epoch { get; init; }
        public required long Before { get; init; }
        public required long Head { get; init; }
        public required long? Event { get; init; }
        public required string[] Stale { get; init; }
    }

    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('cms:changes', 0))";

    /// <summary>
    /// The feed's present life, and whether it still is: it ends with the server's process and with the database, and when its row was
    /// written by another transaction than the one that it names, which is so after every restore.
    /// </summary>
    public const string Epoch = """
        (select e.id, e.number, d.oid database_oid,
                e.database_oid = d.oid and e.server_started_at = pg_postmaster_start_time()
                    and e.xmin::text = (e.begun_by::text::numeric % 4294967296)::text is_present
         from change_epochs e, pg_database d where d.datname = current_database() order by e.number desc limit 1)
        """;

    private const string BeginEpoch = $"""
        insert into change_epochs (number, starts_after, database_oid, server_started_at, begun_at)
        select e.number + 1, f.head, e.database_oid, pg_postmaster_start_time(), clock_timestamp()
        from change_feed f, {Epoch} e where not e.is_present
        """;

    // Extents: 1 may have appeared or disappeared; 2 shows something that changed, but did not change itself; 3 changed. A picture has changed for readers if it moved
    // before or behind the wall, or if another article now shows it behind the wall.
    // A row says what readers see, so what comes, goes or is nothing to them is told from the row before it.
    private const string Append = """
        with given as (
            select * from unnest(@Types, @Ids, @Extents, @Reasons) g(entity_type, entity_id, extent, reason)),
        given_articles as (
            select p.id, p.section_path, p.author_ids, p.tag_ids
            from given g join published_articles p on p.id = g.entity_id where g.entity_type = 'article'),
        displaced as (
            select p.id, p.access, p.author_ids, p.tag_ids
            from published_article_sections s join published_articles p on p.id = s.article_id where s.section_id = any(@Moved)),
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
                from given g join published_article_images u on u.image_id = g.entity_id where g.entity_type = 'image' and g.extent = 3
            union all select 'article', p.id, 2
                from (select unnest(@Relocated) id union select id from displaced) r join published_articles p on p.related_ids @> array[r.id]),
        touched as (
            select entity_type, entity_id, max(extent) extent from (
                select * from named
                union all select 'image', a.avatar_image_id, 1
                    from named n join authors a on a.id = n.entity_id where n.entity_type = 'author' and a.avatar_image_id is not null) n
            group by entity_type, entity_id),
        looked_at as (
            select t.entity_type, t.entity_id, t.extent, g.reason, old.slug old_slug, coalesce(old.op = 'upsert', false) was_seen,
                   coalesce(old.is_open, true) was_open_last, coalesce(old.was_open, false) was_open,
                   case when t.entity_type = 'image' then (select is_open from published_images i where i.id = t.entity_id) else true end is_open,
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
            select entity_type, entity_id, reason, old_slug, was_seen, was_open, coalesce(is_open, false) is_open, rank, new_slug,
                   case when is_open and was_open_last then extent else greatest(extent, 2) end extent
            from looked_at),
        news as materialized (
            select *, new_slug is not null is_seen from things
            where (new_slug is not null) <> was_seen or (new_slug is not null and extent >= 2)),
        moment as materialized (select greatest(@at, clock_timestamp(), changed_at) at from change_feed),
        feed as (
            insert into changes (entity_type, entity_id, sequence, op, reason, slug, changed_at, is_open, was_open)
            select entity_type, entity_id, nextval('change_sequence'), case when is_seen then 'upsert' else 'delete' end,
                   case when not is_seen then coalesce(reason, 'unpublished') end, coalesce(nullif(new_slug, ''), old_slug), at,
                   is_open, was_open or (is_seen and is_open)
            from (select * from news order by rank, entity_id) n, moment
            on conflict (entity_id, entity_type) do update
                set sequence = excluded.sequence, op = excluded.op, reason = excluded.reason, slug = excluded.slug,
                    changed_at = excluded.changed_at, is_open = excluded.is_open, was_open = excluded.was_open),
        -- Sections out of or into which something may have gone.
        scopes as (
            select unnest(@Sections) section_id
            union select unnest(section_path) from given_articles
            union select unnest(section_path(m)) from unnest(@Moved) m),
        asked as (
            select t.*, s.section_id from things t, scopes s where t.entity_type <> 'section'
            -- An author's picture comes and goes wherever the author is.
            union select i.*, c.section_id from things i, things a
                join section_changes c on c.entity_type = 'author' and c.entity_id = a.entity_id and c.op = 'upsert'
                where i.entity_type = 'image' and a.entity_type = 'author' and a.extent = 3),
        members as (
            select a.section_id, a.entity_type, a.entity_id, a.extent, a.rank,
                   is_in_section(a.entity_type, a.entity_id, a.section_id, array(select id from given_articles)) is_in,
                   coalesce(c.op = 'upsert', false) was_in
            from asked a left join section_changes c using (section_id, entity_type, entity_id)
            -- Everywhere else what is there stays there, and is only told that it changed.
            union all
            select c.section_id, c.entity_type, c.entity_id, t.extent, t.rank, true, true
            from things t join section_changes c using (entity_type, entity_id)
            where t.extent >= 2 and c.op = 'upsert'
              and not exists (select from asked a where (a.section_id, a.entity_type, a.entity_id) = (c.section_id, c.entity_type, c.entity_id))),
        section_feed as (
            insert into section_changes (section_id, entity_type, entity_id, sequence, op, changed_at)
            select section_id, entity_type, entity_id, nextval('change_sequence'), case when is_in then 'upsert' else 'delete' end, at
            from (select * from members where is_in <> was_in or (is_in and extent >= 2) order by rank, entity_id) m, moment
            on conflict (section_id, entity_id, entity_type) do update
                set sequence = excluded.sequence, op = excluded.op, changed_at = excluded.changed_at),
        happened as (
            select entity_type || '.' || case
                       when not was_seen then case entity_type when 'article' then 'published' else 'created' end
                       when is_seen then 'updated'
                       else case when entity_type <> 'article' then 'deleted' else coalesce(reason, 'unpublished') end end type,
                   entity_type, entity_id, rank,
                   jsonb_strip_nulls(jsonb_build_object(
                       'type', entity_type, 'id', entity_id, 'slug', coalesce(nullif(new_slug, ''), old_slug),
                       'previousSlug', case when is_seen and was_seen and old_slug <> new_slug then old_slug end,
                       'url', case entity_type
                           when 'article' then '/v1/articles/' || coalesce(new_slug, old_slug)
                           when 'section' then '/v1/sections/' || coalesce(new_slug, old_slug)
                           when 'author' then '/v1/authors/' || coalesce(new_slug, old_slug)
                           when 'image' then '/v1/images/' || entity_id end)) data
            from news where extent = 3 or is_seen <> was_seen),
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
        -- About 45 KB. Beyond, one tag stands for all: the kinds would not do, since an article does not carry that of articles.
        purge as (
            select case when count(*) <= 1000 then jsonb_agg(tag order by tag) else '["all"]' end tags
            from stale having count(*) > 0)
        insert into events (sequence, type, entity_type, entity_id, data, occurred_at)
        select nextval('change_sequence'), type, entity_type, entity_id, data, at
        from (select type, entity_type, entity_id, data, rank from happened
              union all select 'content.invalidated', null, null, jsonb_build_object('cacheTags', tags), 9 from purge
              order by rank, entity_id) e, moment
        """;

    private const string MoveHead = """
        update change_feed set head = n.given, changed_at = greatest(@at, clock_timestamp(), changed_at)
        from (select max(last_value) given, (select head from change_feed) before from change_sequence where is_called) n where n.given > head
        returning (select id from change_epochs order by number desc limit 1) epoch, n.before, head, (select sequence from events where type = 'content.invalidated' and sequence > n.before) event,
            array(select jsonb_array_elements_text(data -> 'cacheTags') from events where type = 'content.invalidated' and sequence > n.before) stale;
        select pg_notify('cms_changes', head::text) from change_feed
        """;

    private const string Forget = """
        with gone as (
            delete from changes where op = 'delete' and changed_at < @deletionsBefore returning sequence),
        gone_of_sections as (
            delete from section_changes where op = 'delete' and changed_at < @deletionsBefore returning sequence),
        old_events as (
            delete from events where occurred_at < @eventsBefore),
        moved as (
            update change_feed set forgotten_through = greatest(
                forgotten_through, (select max(sequence) from gone), (select max(sequence) from gone_of_sections)))
        select (select count(*)::int from gone) + (select count(*)::int from gone_of_sections)
        """;
}
