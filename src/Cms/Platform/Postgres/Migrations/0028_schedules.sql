-- What is to be done to articles by the clock. A row goes in the transaction that does it: it is done exactly once.
create table article_schedules (
    article_id uuid not null references articles on delete cascade,
    act text not null check (act in ('publish', 'unpublish')),
    -- What is to be published.
    revision int,
    due_at timestamptz not null,
    -- When it is tried next: when it is due, and some time after each failure.
    try_at timestamptz not null,
    -- The status that the article goes back to when this is cancelled.
    status_before text,
    created_at timestamptz not null,
    created_by uuid references api_keys,
    failed_at timestamptz,
    -- What was found, as in an answer of 422.
    failure jsonb,
    primary key (article_id, act),
    foreign key (article_id, revision) references article_revisions (article_id, number),
    constraint article_schedules_revision check ((act = 'publish') = (revision is not null)),
    constraint article_schedules_failure check ((failed_at is null) = (failure is null))
);
create index article_schedules_by_try on article_schedules (try_at, article_id);
create index article_schedules_by_due on article_schedules (due_at) where failed_at is null;

-- What was done by the clock after its time, until the next publication or withdrawal.
alter table article_plans
    add column late_act text check (late_act in ('publish', 'unpublish')),
    add column late_due_at timestamptz,
    add column late_done_at timestamptz;
