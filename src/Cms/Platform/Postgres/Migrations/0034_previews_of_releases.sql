-- A preview shows an article, or a release.
alter table previews
    alter column article_id drop not null,
    add column release_id uuid references releases on delete cascade,
    add constraint previews_of check (num_nonnulls(article_id, release_id) = 1),
    add constraint previews_of_release check (release_id is null or revision is null);
create index previews_by_release on previews (release_id, created_at, id) where release_id is not null;
