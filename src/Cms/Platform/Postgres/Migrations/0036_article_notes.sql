-- What the desk says to each other about articles. Nothing of it is delivered. (What a save says of itself is the note
-- of its revision, and something else.)
create table article_notes (
    id uuid primary key,
    article_id uuid not null references articles on delete cascade,
    -- The note that begins the thread: itself, or the one that it answers.
    thread_id uuid not null,
    text text not null check (length(text) between 1 and 2000),
    -- The block that it is about. It may be gone from the body by now.
    block text,
    created_at timestamptz not null,
    created_by uuid references actors,
    resolved_at timestamptz,
    resolved_by uuid references actors,
    constraint article_notes_thread foreign key (thread_id, article_id) references article_notes (id, article_id),
    constraint article_notes_of_article unique (id, article_id),
    -- A thread is about one thing, and is resolved as a whole.
    constraint article_notes_replies check (thread_id = id or (block is null and resolved_at is null))
);
create index article_notes_by_thread on article_notes (article_id, thread_id, id);

create table note_mentions (
    note_id uuid not null references article_notes on delete cascade,
    actor_id uuid not null references actors,
    n int not null,
    primary key (note_id, actor_id)
);
