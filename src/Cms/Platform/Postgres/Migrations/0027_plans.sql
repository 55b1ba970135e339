-- What the desk plans with an article. Apart from the article: few have a plan, and the indexes are made empty.
create table article_plans (
    article_id uuid primary key references articles on delete cascade,
    -- Who works on it: a key, or a person without one.
    assignee_id uuid references api_keys,
    assignee text,
    due_at timestamptz,
    -- Nothing of it leaves the house before.
    embargoed_until timestamptz,
    -- Why it was sent back to its author; until it is submitted again or published.
    rejected_at timestamptz,
    rejected_by uuid references api_keys,
    rejection text,
    constraint article_plans_one_assignee check (assignee_id is null or assignee is null),
    constraint article_plans_rejection check ((rejected_at is null) = (rejection is null))
);
create index article_plans_by_key on article_plans (assignee_id) where assignee_id is not null;
create index article_plans_by_person on article_plans (assignee) where assignee is not null;
create index article_plans_by_due on article_plans (due_at, article_id) where due_at is not null;
