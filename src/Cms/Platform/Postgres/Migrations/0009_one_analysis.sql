-- One analysis of text (Publishing/Search/TextAnalysis): texts come to the database as words that it cannot cut any further, and what it adds is what it
-- knows of the language. Rows of an older analysis are written again in the background (SearchIndexing).

alter table published_article_words add column analysis int not null default 0;
alter table article_words add column analysis int not null default 0;

-- The analysis that all nodes write by, and that by which all of the desk's words were written.
insert into settings (name, value) values ('search-analysis', '0'), ('search-desk', '0');

-- Articles whose words are old, since a picture of theirs says something else now.
create table search_stale (
    article_id uuid primary key references published_articles on delete cascade
);

create or replace view search_state as
    select max(value) filter (where name = 'search-language') as language,
           max(value) filter (where name = 'search-indexed') as indexed,
           max(case name when 'search-vocabulary' then value::bigint end) as learnt_through,
           exists (select from search_stale) as is_stale
    from settings where name in ('search-language', 'search-indexed', 'search-vocabulary');

-- Headline: A. Kicker, deck and names: B. The body: D; but of an article behind the wall what stands before it: C, so that a search can
-- leave out what its reader may not read ('word:ABC').
create function search_words(
    headline text, lead text, open text, walled text, section_id uuid, author_ids uuid[], tag_ids uuid[], access text, published_at timestamptz)
    returns tsvector
    language plpgsql stable as $$
declare
    cut constant regconfig := search_configuration();
begin
    return setweight(to_tsvector(cut, headline), 'A')
        || setweight(to_tsvector(cut, lead), 'B')
        || setweight(to_tsvector(cut, open), case access when 'public' then 'D' else 'C' end::"char")
        || to_tsvector(cut, walled)
        || coalesce((select string_agg(quote_literal('a ' || a) || ':1B', ' ') from unnest(author_ids) a), '')::tsvector
        || coalesce((select string_agg(quote_literal('t ' || t) || ':1B', ' ') from unnest(tag_ids) t), '')::tsvector
        || array_to_tsvector(array['s ' || section_id, 'x ' || access, 'w ' || search_week(published_at)]);
end $$;

-- The words of names, as the server wrote them: a line of those in a row, and one of those beside them. Where they are missing the database cuts the
-- name by itself, until the server comes to it.
alter table authors alter column name_words drop expression, add column name_text text;
alter table tags alter column name_words drop expression, add column name_text text;
create index authors_without_words on authors (id) where name_text is null;
create index tags_without_words on tags (id) where name_text is null;

create function search_name() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and lower(new.name) <> lower(old.name) and new.name_text is not distinct from old.name_text then
        new.name_text := null;
    end if;
    new.name_words := to_tsvector('search_simple', coalesce(new.name_text, search_text(new.name)));
    return new;
end $$;
create trigger authors_name_words before insert or update of name, name_text on authors for each row execute function search_name();
create trigger tags_name_words before insert or update of name, name_text on tags for each row execute function search_name();

create or replace view published_tags as
    select id, slug, name, sort_name, name_words, coalesce(name_text, search_text(name)) as name_text from tags t
    where exists (select from published_article_tags u where u.tag_id = t.id);

-- The desk's search box: every word must be there, at least as a beginning; of what is written together the whole (before the line's end) will do.
create function search_beginnings(words text) returns tsquery
    language sql stable
    return (select string_agg('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || ''':*', ' & ')::tsquery
            from unnest(to_tsvector('search_simple', words)));
