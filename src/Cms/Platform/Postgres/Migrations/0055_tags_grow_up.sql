-- What a tag is about. Its kind is a name; a newsroom may use names of its own.
alter table tags
    add column kind text not null default 'topic',
    add column description text,
    add column same_as text[] not null default '{}';

create or replace view published_tags as
    select id, slug, name, sort_name, name_words, coalesce(name_text, search_text(name)) as name_text, kind, description, same_as from tags t
    where exists (select from published_article_tags u where u.tag_id = t.id);

-- Former slugs of tags lead to the present one, as those of sections and authors do. One stays when another tag takes it: that tag comes
-- first once readers can see it, and until then the former slug still leads somewhere.
alter table former_slugs drop constraint former_slugs_entity_type_check,
    add constraint former_slugs_entity_type_check check (entity_type in ('section', 'author', 'tag'));
create function keep_former_slug_of_tag() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from former_slugs where entity_type = 'tag' and entity_id = old.id;
        return old;
    end if;
    if old.slug <> new.slug then
        insert into former_slugs (entity_type, slug, entity_id) values ('tag', old.slug, new.id)
        on conflict (entity_type, slug) do update set entity_id = excluded.entity_id;
    end if;
    return new;
end $$;
create trigger tags_keep_former_slug after update of slug or delete on tags for each row execute function keep_former_slug_of_tag();

-- Tags that were merged into others. Revisions never change, so those from before name the former tag: it means the other one. Whoever
-- writes its name means that one too, unless a new tag takes the name.
create table merged_tags (
    id uuid primary key,
    into_id uuid not null references tags on delete cascade,
    name_key text collate "C" not null
);
create index merged_tags_by_into on merged_tags (into_id);
create index merged_tags_by_name on merged_tags (name_key);

-- The tags that a revision means today, each once, in its order.
create function present_tags(ids uuid[]) returns uuid[] language sql stable as $$
    select case when exists (select from merged_tags m where m.id = any(ids))
        then (select array_agg(u.id order by u.n) from (
            select coalesce(m.into_id, i.id) id, min(i.n) n from unnest(ids) with ordinality i(id, n)
            left join merged_tags m on m.id = i.id group by 1) u)
        else ids end
$$;
