-- Who did what at the desk. Written in the transaction of the act, never changed, never deleted. No foreign keys: it
-- outlives what it speaks of.
create table audit_log (
    id uuid primary key,
    at timestamptz not null,
    -- Null: the newsroom itself, by its command line or its clock.
    actor_id uuid,
    actor_name text not null,
    act text not null,
    entity_type text not null,
    entity_id uuid,
    from_revision int,
    to_revision int,
    outcome text not null check (outcome in ('done', 'refused')),
    -- The code of the problem that refused it.
    refusal text,
    note text,
    -- Method and path.
    request text,
    request_id text,
    constraint audit_log_refusal check ((outcome = 'refused') = (refusal is not null))
);
create index audit_log_by_time on audit_log (at, id);
create index audit_log_by_entity on audit_log (entity_id, at, id) where entity_id is not null;
create index audit_log_by_actor on audit_log (actor_id, at, id) where actor_id is not null;
create index audit_log_by_act on audit_log (act, at, id);

create function audit_log_is_append_only() returns trigger language plpgsql as $$
begin
    raise exception 'The audit log is append-only.' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_log_is_append_only before update or delete or truncate on audit_log
    for each statement execute function audit_log_is_append_only();

-- First answers to requests with an Idempotency-Key. The answer is encrypted with a key made from the caller's
-- Idempotency-Key, of which only a hash is stored: an answer may hold a secret that is shown once.
create table idempotency_keys (
    key_hash bytea primary key check (length(key_hash) = 32),
    fingerprint bytea not null check (length(fingerprint) = 32),
    answer bytea not null,
    created_at timestamptz not null
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
