-- What readers see: the live copies. Delivery reads these tables and views and no others, and only Publisher writes them.
-- Their shape was measured at 1,000,000 articles: every junction carries the sort keys, so that a page at any
-- depth of any list is one index range; the arrays with their GIN index serve filters that no junction can.

create table published_articles (
    id uuid primary key,
    slug slug not null,
    revision int not null,
    content_hash bytea not null,
    kicker text,
    headline text not null,
    deck text,
    excerpt text not null,
    body jsonb not null,
    access text not null check (access in ('public', 'registered', 'subscriber')),
    section_id uuid not null references sections,
    section_path uuid[] not null,
    author_ids uuid[] not null,
    tag_ids uuid[] not null,
    related_ids uuid[] not null,
    hero_image_id uuid references images,
    hero_alt text,
    hero_caption text,
    hero_credit text,
    disclosure text,
    corrections jsonb not null,
    seo jsonb,
    word_count int not null,
    reading_minutes int not null,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    sort_headline text collate "C" not null,
    constraint published_articles_slug_key unique (slug)
);
create index published_articles_by_publication on published_articles (published_at, id);
create index published_articles_by_update on published_articles (updated_at, id);
create index published_articles_by_headline on published_articles (sort_headline, id);
create index published_articles_by_access_publication on published_articles (access, published_at, id);
create index published_articles_by_access_update on published_articles (access, updated_at, id);
create index published_articles_by_access_headline on published_articles (access, sort_headline, id);
create index published_articles_terms on published_articles using gin (tag_ids, author_ids, section_path) with (fastupdate = off);

-- An article belongs to its section and to all above it.
create table published_article_sections (
    section_id uuid not null references sections,
    article_id uuid not null references published_articles on delete cascade,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    sort_headline text collate "C" not null,
    primary key (article_id, section_id)
);
create index published_article_sections_by_publication on published_article_sections (section_id, published_at, article_id);
create index published_article_sections_by_update on published_article_sections (section_id, updated_at, article_id);
create index published_article_sections_by_headline on published_article_sections (section_id, sort_headline, article_id);

create table published_article_authors (
    author_id uuid not null references authors,
    article_id uuid not null references published_articles on delete cascade,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    sort_headline text collate "C" not null,
    primary key (article_id, author_id)
);
create index published_article_authors_by_publication on published_article_authors (author_id, published_at, article_id);
create index published_article_authors_by_update on published_article_authors (author_id, updated_at, article_id);
create index published_article_authors_by_headline on published_article_authors (author_id, sort_headline, article_id);

create table published_article_tags (
    tag_id uuid not null references tags,
    article_id uuid not null references published_articles on delete cascade,
    published_at timestamptz not null,
    updated_at timestamptz not null,
    sort_headline text collate "C" not null,
    primary key (article_id, tag_id)
);
create index published_article_tags_by_publication on published_article_tags (tag_id, published_at, article_id);
create index published_article_tags_by_update on published_article_tags (tag_id, updated_at, article_id);
create index published_article_tags_by_headline on published_article_tags (tag_id, sort_headline, article_id);

create table published_article_images (
    image_id uuid not null references images,
    article_id uuid not null references published_articles on delete cascade,
    primary key (article_id, image_id)
);
create index published_article_images_by_image on published_article_images (image_id);

-- Every slug that an article was ever published under: present ones answer, former ones redirect (308), and those of
-- withdrawn articles say so (410). No foreign key: it outlives the article.
create table published_slugs (
    slug slug primary key,
    article_id uuid not null
);
create index published_slugs_by_article on published_slugs (article_id);

-- Sections and authors are live as soon as they are saved. Tags and images are words of the articles that use them:
-- they are delivered when something published uses them, and not before.
create view published_sections as
    select id, slug, name, description, position, parent_id from sections;

create view published_authors as
    select id, slug, name, job_title, bio, social, avatar_image_id, sort_name from authors;

create view published_tags as
    select id, slug, name, sort_name from tags t
    where exists (select from published_article_tags u where u.tag_id = t.id);

create view published_images as
    select i.id, i.alt, i.caption, i.credit, i.focal_x, i.focal_y, f.width, f.height, f.media_type, f.placeholder
    from images i
    join image_files f using (sha256)
    where exists (select from published_article_images u where u.image_id = i.id)
       or exists (select from authors a where a.avatar_image_id = i.id);

-- The latest change of each thing that readers can see, numbered in the order of the commits (Changes/ChangeLog.cs).
create sequence change_sequence;
create table changes (
    entity_type text not null check (entity_type in ('article', 'section', 'author', 'image', 'tag')),
    entity_id uuid not null,
    sequence bigint not null,
    op text not null check (op in ('upsert', 'delete')),
    changed_at timestamptz not null,
    primary key (entity_id, entity_type)
);
create unique index changes_in_order on changes (sequence);
