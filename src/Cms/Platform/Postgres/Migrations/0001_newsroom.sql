-- The newsroom: what editors write. Nothing in this file is read by delivery, save through the published_* tables and views of 0002.

create domain slug as text collate "C"
    constraint slug_shape check (value ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(value) <= 120)
    -- A resource is addressed by slug or id, so a slug must never look like an id.
    constraint slug_is_no_id check (value !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$');

create table settings (
    name text primary key,
    value text not null
);

-- Signs the cursors of every node of this newsroom: 244 random bits.
insert into settings (name, value)
values ('cursor-key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

create table api_keys (
    id uuid primary key,
    name text not null check (length(name) between 1 and 100),
    role text not null check (role in ('reader', 'viewer', 'contributor', 'editor', 'admin')),
    section_ids uuid[] check (cardinality(section_ids) > 0),
    secret_hash bytea not null check (length(secret_hash) = 32),
    created_at timestamptz not null,
    expires_at timestamptz check (expires_at > created_at),
    revoked_at timestamptz,
    last_used_at timestamptz
);
create index api_keys_by_age on api_keys (created_at, id);

create table sections (
    id uuid primary key,
    slug slug not null,
    name text not null check (length(name) between 1 and 100),
    description text,
    position int not null default 0,
    parent_id uuid references sections,
    revision int not null default 1 check (revision > 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint sections_slug_key unique (slug),
    constraint sections_tree check (parent_id <> id)
);
create index sections_by_parent on sections (parent_id);
create index sections_by_position on sections (position, id);

-- A tree of at most five levels. The lock makes two moves that together would close a circle wait for each other.
create function sections_keep_a_tree() returns trigger language plpgsql as $$
declare
    above int;
    below int;
begin
    perform pg_advisory_xact_lock(hashtextextended('cms:sections', 0));
    with recursive up(id, parent_id, depth) as (
        select id, parent_id, 1 from sections where id = new.id
        union all
        select s.id, s.parent_id, up.depth + 1 from sections s join up on s.id = up.parent_id where up.depth <= 20)
    select max(depth) into above from up;
    with recursive down(id, depth) as (
        select new.id, 0
        union all
        select s.id, down.depth + 1 from sections s join down on s.parent_id = down.id where down.depth <= 20)
    select max(depth) into below from down;
    if above > 20 or below > 20 then
        raise exception 'The section would be its own ancestor.'
            using errcode = 'check_violation', constraint = 'sections_tree', table = 'sections';
    end if;
    if above + below > 5 then
        raise exception 'Sections nest at most five levels deep.'
            using errcode = 'check_violation', constraint = 'sections_depth', table = 'sections';
    end if;
    return null;
end $$;
create trigger sections_keep_a_tree after insert or update of parent_id on sections
    for each row execute function sections_keep_a_tree();

-- The way from the root to a section, itself last.
create function section_path(section uuid) returns uuid[] language sql stable as $$
    with recursive up(id, parent_id, depth) as (
        select id, parent_id, 1 from sections where id = section
        union all
        select s.id, s.parent_id, up.depth + 1 from sections s join up on s.id = up.parent_id)
    select array_agg(id order by depth desc) from up
$$;

create table image_files (
    sha256 bytea primary key check (length(sha256) = 32),
    media_type text not null check (media_type in ('image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif')),
    bytes bigint not null check (bytes > 0),
    width int not null check (width > 0),
    height int not null check (height > 0),
    placeholder text
);

create table images (
    id uuid primary key,
    sha256 bytea not null references image_files,
    alt text,
    caption text,
    credit text,
    focal_x float8 check (focal_x between 0 and 1),
    focal_y float8 check (focal_y between 0 and 1),
    file_name text,
    revision int not null default 1 check (revision > 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint images_focal_point check ((focal_x is null) = (focal_y is null))
);
create index images_by_file on images (sha256);
create index images_by_age on images (created_at, id);

create table authors (
    id uuid primary key,
    slug slug not null,
    name text not null check (length(name) between 1 and 200),
    job_title text,
    bio text,
    social jsonb not null default '{}' check (jsonb_typeof(social) = 'object'),
    avatar_image_id uuid references images,
    email text,
    sort_name text collate "C" not null,
    revision int not null default 1 check (revision > 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint authors_slug_key unique (slug)
);
create index authors_by_name on authors (sort_name, id);
create index authors_by_avatar on authors (avatar_image_id);

create table tags (
    id uuid primary key,
    slug slug not null,
    name text not null check (length(name) between 1 and 100),
    sort_name text collate "C" not null,
    revision int not null default 1 check (revision > 0),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint tags_slug_key unique (slug)
);
create unique index tags_name_key on tags (lower(name));
create index tags_by_name on tags (sort_name, id);

-- Every slug that an article has or once published under. It outlives the article, so that no other one
-- can take over a link that the world already has.
create table article_slugs (
    slug slug primary key,
    article_id uuid not null,
    unique (slug, article_id)
);
create index article_slugs_by_article on article_slugs (article_id);

create table articles (
    id uuid primary key,
    slug slug not null,
    status text not null check (status in ('draft', 'inReview', 'scheduled', 'published', 'unpublished', 'trashed')),
    revision int not null check (revision > 0),
    published_revision int,
    -- The date that readers see; stays through every later publication.
    first_published_at timestamptz,
    section_id uuid references sections,
    headline text not null,
    created_at timestamptz not null,
    created_by uuid references api_keys,
    updated_at timestamptz not null,
    updated_by uuid references api_keys,
    constraint articles_slug_key unique (slug),
    constraint articles_slug_reserved foreign key (slug, id) references article_slugs (slug, article_id) deferrable initially deferred,
    constraint articles_live_when_published check ((status = 'published') = (published_revision is not null))
);
create index articles_by_update on articles (updated_at, id);
create index articles_by_creation on articles (created_at, id);
create index articles_by_status on articles (status, updated_at, id);
create index articles_by_section on articles (section_id, updated_at, id);

create table article_revisions (
    article_id uuid not null references articles on delete cascade,
    number int not null check (number > 0),
    slug slug not null,
    kicker text,
    headline text not null,
    deck text,
    excerpt text,
    body jsonb not null,
    section_id uuid,
    author_ids uuid[] not null,
    tag_ids uuid[] not null,
    related_ids uuid[] not null,
    hero_image jsonb,
    access text not null check (access in ('public', 'registered', 'subscriber')),
    disclosure text,
    corrections jsonb not null,
    seo jsonb,
    published_at timestamptz,
    word_count int not null,
    reading_minutes int not null,
    content_hash bytea not null,
    created_at timestamptz not null,
    created_by uuid references api_keys,
    primary key (article_id, number)
);

create function article_revisions_never_change() returns trigger language plpgsql as $$
begin
    raise exception 'A revision never changes: save a new one.' using errcode = 'restrict_violation';
end $$;
create trigger article_revisions_never_change before update on article_revisions
    for each row execute function article_revisions_never_change();

alter table articles
    add constraint articles_revision_exists foreign key (id, revision)
        references article_revisions (article_id, number) deferrable initially deferred,
    add constraint articles_published_revision_exists foreign key (id, published_revision)
        references article_revisions (article_id, number) deferrable initially deferred;

-- What the working copy refers to: foreign keys, so that nothing that is used can be deleted, whoever is first.
create table article_authors (
    article_id uuid not null references articles on delete cascade,
    author_id uuid not null references authors,
    primary key (article_id, author_id)
);
create index article_authors_by_author on article_authors (author_id);
create table article_tags (
    article_id uuid not null references articles on delete cascade,
    tag_id uuid not null references tags,
    primary key (article_id, tag_id)
);
create index article_tags_by_tag on article_tags (tag_id);
create table article_images (
    article_id uuid not null references articles on delete cascade,
    image_id uuid not null references images,
    primary key (article_id, image_id)
);
create index article_images_by_image on article_images (image_id);

-- The desk's search box: words of the working copy. Apart, so that a save does not rewrite its neighbours.
create table article_words (
    article_id uuid primary key references articles on delete cascade,
    words tsvector not null
);
create index article_words_search on article_words using gin (words) with (fastupdate = off);
