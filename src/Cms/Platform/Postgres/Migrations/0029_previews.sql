-- Addresses at which a draft can be read as readers will see it. Only a hash of the token is stored.
create table previews (
    id uuid primary key,
    token_hash bytea not null unique check (length(token_hash) = 32),
    article_id uuid not null references articles on delete cascade,
    -- Null: the working copy, as it is when it is read.
    revision int,
    note text,
    created_at timestamptz not null,
    created_by uuid references api_keys,
    expires_at timestamptz not null check (expires_at > created_at),
    constraint previews_revision foreign key (article_id, revision)
        references article_revisions (article_id, number) on delete cascade
);
create index previews_by_article on previews (article_id, created_at, id);
create index previews_by_end on previews (expires_at);
