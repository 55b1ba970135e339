-- Articles that go live together, now or at a time. What went live stays, so that it can be put back.
create table releases (
    id uuid primary key,
    name text not null,
    revision int not null default 1,
    -- When it goes live by itself.
    due_at timestamptz,
    -- When that is tried next.
    try_at timestamptz,
    published_at timestamptz,
    published_by uuid references api_keys,
    -- The release whose articles this one put back to what was live before.
    reverts uuid references releases,
    failed_at timestamptz,
    -- What was found, as in an answer of 422.
    failure jsonb,
    created_at timestamptz not null,
    created_by uuid references api_keys,
    updated_at timestamptz not null,
    updated_by uuid references api_keys,
    constraint releases_try check ((try_at is not null) = (due_at is not null and published_at is null)),
    constraint releases_failure check (
        (failed_at is null) = (failure is null) and (failed_at is null or try_at is not null))
);
create index releases_by_creation on releases (created_at, id);
create index releases_by_try on releases (try_at, id) where try_at is not null;

-- No foreign key to articles: one that was deleted for good stays named, so that nothing goes live without it unseen.
create table release_items (
    release_id uuid not null references releases on delete cascade,
    position int not null,
    article_id uuid not null,
    act text not null check (act in ('publish', 'unpublish')),
    -- What is published; null: the working copy at that time.
    revision int,
    -- The working copy when the article was added.
    added_revision int not null,
    -- What readers saw before the release went live; null: nothing.
    replaced_revision int,
    primary key (release_id, article_id),
    unique (release_id, position),
    constraint release_items_revision check (act = 'publish' or revision is null)
);
create index release_items_by_article on release_items (article_id);
