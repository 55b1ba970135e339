-- Two tags whose names look the same are one: whatever their case (beyond ASCII too), spelling (NFKC), white space and invisible characters. The key
-- is made by the server (NameKey), whose tables are the same on every machine. A node of the build before gives none: what it makes is like no other
-- until it is renamed.
alter table tags add column name_key text collate "C" not null default '?' || gen_random_uuid();
drop index tags_name_key;
create unique index tags_name_key on tags (name_key);

-- Slugs that sections and authors had: a filter by one means what it was renamed to, until something else takes the slug.
create table former_slugs (
    entity_type text not null check (entity_type in ('section', 'author')),
    slug slug not null,
    entity_id uuid not null,
    primary key (entity_type, slug)
);
create index former_slugs_by_entity on former_slugs (entity_id);

create function keep_former_slug() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from former_slugs where entity_id = old.id;
        return old;
    end if;
    delete from former_slugs where entity_type = tg_argv[0] and slug = new.slug;
    if tg_op = 'UPDATE' and old.slug <> new.slug then
        insert into former_slugs (entity_type, slug, entity_id) values (tg_argv[0], old.slug, new.id)
        on conflict (entity_type, slug) do update set entity_id = excluded.entity_id;
    end if;
    return new;
end $$;
create trigger sections_keep_former_slug after insert or update of slug or delete on sections
    for each row execute function keep_former_slug('section');
create trigger authors_keep_former_slug after insert or update of slug or delete on authors
    for each row execute function keep_former_slug('author');

create view published_former_slugs as select entity_type, slug, entity_id from former_slugs;
