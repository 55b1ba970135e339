-- Who acts at the desk: keys and people. What is written names its writer here, whichever of them that is.
create table actors (
    id uuid primary key,
    kind text not null check (kind in ('key', 'person')),
    name text not null check (length(name) between 1 and 100)
);
insert into actors (id, kind, name) select id, 'key', name from api_keys;

-- People who came with a token of the newsroom's OpenID Connect provider.
create table people (
    id uuid primary key,
    issuer text not null check (length(issuer) between 1 and 500),
    subject text not null check (length(subject) between 1 and 255),
    -- As their last token said.
    name text not null check (length(name) between 1 and 100),
    role text not null check (role in ('reader', 'viewer', 'contributor', 'editor', 'admin')),
    section_ids uuid[] check (cardinality(section_ids) > 0),
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    constraint people_identity unique (issuer, subject)
);

-- A key or person is an actor from the moment it exists, whoever adds it: also a node of the version before.
create function actors_follow() returns trigger language plpgsql as $$
begin
    insert into actors (id, kind, name) values (new.id, tg_argv[0], new.name)
    on conflict (id) do update set name = excluded.name;
    return null;
end $$;
create trigger api_keys_are_actors after insert or update of name on api_keys
    for each row execute function actors_follow('key');
create trigger people_are_actors after insert or update of name on people
    for each row execute function actors_follow('person');

-- Every foreign key to a writer that was a key becomes one to an actor.
do $$
declare writer record;
begin
    for writer in
        select c.conrelid::regclass of_table, c.conname, a.attname
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'api_keys'::regclass
    loop
        execute format('alter table %s drop constraint %I, add constraint %2$I foreign key (%I) references actors',
            writer.of_table, writer.conname, writer.attname);
    end loop;
end $$;
