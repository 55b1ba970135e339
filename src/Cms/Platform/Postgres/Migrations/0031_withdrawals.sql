-- What readers are told of articles that were withdrawn. A row goes when the article is published again. No foreign keys:
-- like published_slugs, it outlives the articles.
create table published_withdrawals (
    article_id uuid primary key,
    reason text check (reason in ('error', 'legal', 'duplicate', 'expired', 'other')),
    notice text,
    replaced_by uuid check (replaced_by <> article_id)
);

-- The same of a withdrawal that is scheduled.
alter table article_schedules
    add column reason text check (reason in ('error', 'legal', 'duplicate', 'expired', 'other')),
    add column notice text,
    add column replaced_by uuid references articles on delete set null,
    add constraint article_schedules_replaced_by check (replaced_by <> article_id),
    add constraint article_schedules_withdrawal
        check (act = 'unpublish' or (reason is null and notice is null and replaced_by is null));
create index article_schedules_by_replacement on article_schedules (replaced_by) where replaced_by is not null;

alter table changes
    drop constraint changes_reason_check,
    add constraint changes_reason_check
        check (reason in ('unpublished', 'deleted', 'error', 'legal', 'duplicate', 'expired', 'other'));
