-- What the desk has decided of an article and its clock has done. Apart from the article, since few have such a row.
create table article_plans (
    article_id uuid primary key references articles on delete cascade,
    -- Why it was sent back to its author; until it is submitted again or published.
    rejected_at timestamptz,
    rejected_by uuid references api_keys,
    rejection text,
    constraint article_plans_rejection check ((rejected_at is null) = (rejection is null))
);
