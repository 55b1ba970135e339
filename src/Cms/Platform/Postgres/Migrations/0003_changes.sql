-- The change feed: what apps that sync, pages that listen and webhooks read. Only Changes/ChangeLog.cs writes here, under one lock
-- that is held until the commit, so that the order of the numbers is the order of the commits.

-- Where the feed stands.
create table change_feed (
    one_row bool primary key default true check (one_row),
    -- Names the feed in every cursor, so that one of another newsroom is told from one that was tampered with.
    id uuid not null default gen_random_uuid(),
    -- The last number that was given.
    head bigint not null check (head >= 0),
    changed_at timestamptz not null,
    -- Deletions numbered up to here have been forgotten: a cursor from before cannot be served.
    forgotten_through bigint not null default 0 check (forgotten_through <= head)
);

-- The lives of the feed. A database that was restored, promoted or set back runs under a server process that was started anew, or
-- has another oid; what is numbered there belongs to another epoch than what was numbered, under the same numbers, in the life that
-- was lost. A cursor names its epoch, and is good up to where the next one begins.
create table change_epochs (
    number int primary key,
    id uuid not null unique default gen_random_uuid(),
    starts_after bigint not null check (starts_after >= 0),
    database_oid oid not null,
    server_started_at timestamptz not null,
    begun_at timestamptz not null
);

-- From here on op says what readers see: upsert, they see it; delete, they saw it once. What was never seen has no row.
alter table changes add column reason text check (reason in ('unpublished', 'deleted'));
-- The slug that readers last saw, for those who must forget it.
alter table changes add column slug text;
create index changes_by_type on changes (entity_type, sequence);
create index changes_deleted on changes (changed_at) where op = 'delete';

update changes c set op = 'delete'
where (entity_type = 'tag' and not exists (select from published_tags t where t.id = c.entity_id))
   or (entity_type = 'image' and not exists (select from published_images i where i.id = c.entity_id))
   or (entity_type = 'author' and not exists (select from published_authors a where a.id = c.entity_id))
   or (entity_type = 'section' and not exists (select from published_sections s where s.id = c.entity_id));
update changes set reason = 'unpublished' where op = 'delete';
alter table changes add constraint changes_reason check ((op = 'delete') = (reason is not null));
insert into changes (entity_type, entity_id, sequence, op, changed_at)
select entity_type, id, nextval('change_sequence'), 'upsert', now() from (
    select 'section' entity_type, id, 1 n from published_sections
    union all select 'image', id, 2 from published_images
    union all select 'author', id, 3 from published_authors
    union all select 'tag', id, 4 from published_tags
    union all select 'article', id, 5 from published_articles
    order by 3, 2) live
on conflict do nothing;
update changes c set slug = live.slug
from (select id, slug from published_articles union all select id, slug from published_sections
      union all select id, slug from published_authors union all select id, slug from published_tags) live
where live.id = c.entity_id;

-- The same for each section: which articles are in it (or below), and which authors, tags and images those articles need. One row for
-- each thing that is there or once was.
create table section_changes (
    section_id uuid not null,
    entity_type text not null check (entity_type in ('article', 'author', 'image', 'tag')),
    entity_id uuid not null,
    sequence bigint not null,
    op text not null check (op in ('upsert', 'delete')),
    changed_at timestamptz not null,
    primary key (section_id, entity_id, entity_type)
);
create unique index section_changes_in_order on section_changes (section_id, sequence);
create index section_changes_by_type on section_changes (section_id, entity_type, sequence);
create index section_changes_by_entity on section_changes (entity_id, entity_type);
create index section_changes_deleted on section_changes (changed_at) where op = 'delete';

insert into section_changes (section_id, entity_type, entity_id, sequence, op, changed_at)
select section_id, entity_type, id, nextval('change_sequence'), 'upsert', now() from (
    select section_id, 'article' entity_type, article_id id, 4 n from published_article_sections
    union select s.section_id, 'author', u.author_id, 2 from published_article_sections s join published_article_authors u using (article_id)
    union select s.section_id, 'tag', u.tag_id, 3 from published_article_sections s join published_article_tags u using (article_id)
    union select s.section_id, 'image', u.image_id, 1 from published_article_sections s join published_article_images u using (article_id)
    union select s.section_id, 'image', a.avatar_image_id, 1 from published_article_sections s
        join published_article_authors u using (article_id) join authors a on a.id = u.author_id where a.avatar_image_id is not null
    order by 4, 3) members;

-- Whether something is in a section now: an article by itself, the others by an article there that needs them. The articles given are
-- looked at first: as a rule one of them is the reason for asking.
create function is_in_section(entity_type text, entity uuid, section uuid, first uuid[]) returns bool language plpgsql stable as $$
begin
    case entity_type
        when 'article' then
            return exists (select from published_article_sections s where s.article_id = entity and s.section_id = section);
        when 'author' then
            return exists (select from published_article_authors u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.article_id = any(first) and u.author_id = entity)
                or exists (select from published_article_authors u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.author_id = entity);
        when 'tag' then
            return exists (select from published_article_tags u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.article_id = any(first) and u.tag_id = entity)
                or exists (select from published_article_tags u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.tag_id = entity);
        when 'image' then
            return exists (select from published_article_images u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.image_id = entity)
                or exists (select from authors a where a.avatar_image_id = entity
                    and is_in_section('author', a.id, section, first));
        else
            return false;
    end case;
end $$;

-- Which articles name an article: they are announced when it comes or goes.
create index published_articles_related on published_articles using gin (related_ids) with (fastupdate = off);

-- What happened, for webhooks: written with the change itself, in the order of the commits.
create table events (
    sequence bigint primary key,
    -- The webhook-id of every delivery of it.
    id uuid not null unique default gen_random_uuid(),
    type text not null,
    entity_type text,
    entity_id uuid,
    data jsonb not null,
    occurred_at timestamptz not null,
    constraint events_entity check ((entity_type is null) = (entity_id is null))
);
create index events_by_time on events (occurred_at);

insert into change_feed (head, changed_at)
select coalesce(max(sequence), 0), coalesce(max(changed_at), now())
from (select sequence, changed_at from changes union all select sequence, changed_at from section_changes) c;
insert into change_epochs (number, starts_after, database_oid, server_started_at, begun_at)
select 1, head, d.oid, pg_postmaster_start_time(), now() from change_feed, pg_database d where d.datname = current_database();
