-- Webhooks: who is to be told of what happens, and what became of it. The events themselves are the outbox (0003_changes.sql).

-- UUIDv7 (RFC 9562) of a time, for rows that a statement makes out of other rows.
create function uuid_at(at timestamptz) returns uuid language sql volatile as $$
    select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;

create table webhooks (
    id uuid primary key,
    url text not null check (length(url) between 1 and 2000),
    description text,
    events text[] not null check (cardinality(events) > 0),
    -- In the clear: a signature is made with the secret itself, not with a hash of it.
    secret bytea not null check (length(secret) between 24 and 64),
    -- The one before it, which signs too for a while.
    previous_secret bytea,
    previous_secret_until timestamptz,
    -- The number up to which events have become deliveries.
    position bigint not null check (position >= 0),
    paused_because text check (paused_because in ('manual', 'gone', 'failing')),
    paused_at timestamptz,
    -- Attempts that failed since the last one that did not, and since when.
    failures int not null default 0 check (failures >= 0),
    failing_since timestamptz,
    -- Nothing is sent before: the receiver has asked for a rest, or is given one.
    not_before timestamptz,
    revision int not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint webhooks_previous check ((previous_secret is null) = (previous_secret_until is null)),
    constraint webhooks_paused check ((paused_because is null) = (paused_at is null)),
    constraint webhooks_failing check ((failures = 0) = (failing_since is null))
);
create index webhooks_in_order on webhooks (created_at, id);

-- One event for one webhook. The deliveries of a webhook that are about the same thing are a queue, in the order of their numbers:
-- its head has a time for its next attempt, those behind it have none. Rows are made, and heads moved on, under the lock of the
-- webhook's row only, so that no two can take each other for the head.
create table webhook_deliveries (
    id uuid primary key,
    number bigint not null generated always as identity,
    webhook_id uuid not null references webhooks on delete cascade,
    -- The webhook-id. No reference: events are forgotten after a while, and what is to be sent stays here until it is.
    event_id uuid not null,
    type text not null,
    -- What it is about: 'article:<id>', or 'content' for content.invalidated.
    entity text not null,
    -- The body, byte by byte: a retry by a later version of this program must send the same.
    body text not null,
    status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
    created_at timestamptz not null,
    -- When it may be tried next; while an attempt is under way, when that is given up for lost (its node was killed).
    next_attempt_at timestamptz,
    -- Names the attempt under way: only that one may say what became of it.
    lease uuid,
    attempts int not null default 0 check (attempts >= 0),
    -- Where the time runs for which it is tried.
    first_tried_at timestamptz,
    last_tried_at timestamptz,
    last_status int,
    last_error text,
    finished_at timestamptz,
    constraint webhook_deliveries_finished check ((status = 'pending') = (finished_at is null)),
    constraint webhook_deliveries_waiting check (status = 'pending' or next_attempt_at is null),
    constraint webhook_deliveries_lease check (lease is null or next_attempt_at is not null)
);
-- Order for each thing, as a rule of the database: never two that may be sent.
create unique index webhook_deliveries_head on webhook_deliveries (webhook_id, entity)
    where status = 'pending' and next_attempt_at is not null;
-- What is due, however much waits behind it.
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_attempt_at, number)
    where status = 'pending' and next_attempt_at is not null;
create index webhook_deliveries_queue on webhook_deliveries (webhook_id, entity, number) where status = 'pending';
create index webhook_deliveries_in_order on webhook_deliveries (webhook_id, number);
create index webhook_deliveries_by_status on webhook_deliveries (webhook_id, status, number);
create index webhook_deliveries_by_type on webhook_deliveries (webhook_id, type, number);
create index webhook_deliveries_finished_at on webhook_deliveries (finished_at) where status <> 'pending';

create table webhook_attempts (
    delivery_id uuid not null references webhook_deliveries on delete cascade,
    number int not null check (number > 0),
    at timestamptz not null,
    duration_ms int not null check (duration_ms >= 0),
    url text not null,
    headers jsonb not null,
    -- What came back; null when nothing did.
    status int,
    answer text,
    error text,
    primary key (delivery_id, number),
    constraint webhook_attempts_outcome check (status is not null or error is not null)
);
