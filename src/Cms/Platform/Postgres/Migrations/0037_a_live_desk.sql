-- Who has an article open. Unlogged: it is worth nothing after a crash, is written all the time, and would fill the log
-- of replicas, which have no desk.
create unlogged table article_presence (
    article_id uuid not null references articles on delete cascade,
    actor_id uuid not null references actors on delete cascade,
    blocks text[] not null,
    since timestamptz not null,
    -- By the database's clock, so that nodes need not agree on the time.
    expires_at timestamptz not null,
    primary key (article_id, actor_id)
);

-- The transaction of each record, so that a stream of them is read without gaps: see decision 42.
alter table audit_log add column xact xid8 not null default '0';
alter table audit_log alter column xact set default pg_current_xact_id();
create index audit_log_by_transaction on audit_log (xact, id) where outcome = 'done';
