-- Whether what is scheduled is a minor change, of which readers see no new date.
alter table article_schedules
    add column is_minor boolean not null default false,
    add constraint article_schedules_minor check (act = 'publish' or not is_minor);

-- Who is to do something with an article, and until when: of the article, not of a revision. The foreign key becomes one
-- to actors (0035).
alter table articles
    add column assignee_id uuid references api_keys,
    add column due_at timestamptz;
create index articles_by_assignee on articles (assignee_id, updated_at, id) where assignee_id is not null;
create index articles_by_assignee_due on articles (assignee_id, due_at, id) where due_at is not null;
create index articles_by_due on articles (due_at, id) where due_at is not null;
create index articles_by_creator on articles (created_by, updated_at, id);
