-- Search: the words of what is published. An article's row is written with its publication, in the same transaction, and goes with it.
-- Names of authors and tags are not in it: it holds their ids as words, and a query finds out by the names which ids it means. So a
-- renamed author is found at once, and nothing has to be written again.

create extension if not exists unaccent;
create extension if not exists pg_trgm;

-- Each of PostgreSQL's languages without accents: search_english, search_german … and search_simple, which knows no language.
do $$
declare
    language record;
    kind text;
begin
    for language in select oid, cfgname from pg_ts_config where cfgnamespace = 'pg_catalog'::regnamespace loop
        execute format('create text search configuration search_%s (copy = pg_catalog.%I)', language.cfgname, language.cfgname);
        foreach kind in array array['word', 'hword', 'hword_part'] loop
            execute format(
                'alter text search configuration search_%s alter mapping for %s with unaccent, %s', language.cfgname, kind,
                (select string_agg(m.mapdict::regdictionary::text, ', ' order by m.mapseqno)
                 from pg_ts_config_map m, ts_token_type('default') t
                 where m.mapcfg = language.oid and m.maptokentype = t.tokid and t.alias = kind));
        end loop;
    end loop;
end $$;

-- What the words are cut by. 'indexed' trails behind it while the articles are gone through again.
insert into settings (name, value) values ('search-language', 'english'), ('search-indexed', ''), ('search-vocabulary', '0');

create view search_state as
    select max(value) filter (where name = 'search-language') as language,
           max(value) filter (where name = 'search-indexed') as indexed,
           max(case name when 'search-vocabulary' then value::bigint end) as learnt_through
    from settings where name in ('search-language', 'search-indexed', 'search-vocabulary');

create function search_configuration() returns regconfig
    language sql stable
    return ('search_' || (select value from settings where name = 'search-language'))::regconfig;

-- Quotation marks and dashes part words, and an apostrophe is one, also where PostgreSQL runs under the locale C and takes them for letters.
create function search_text(text text) returns text
    language sql immutable strict
    return translate(text, U&'\2019\2018\02BC\201C\201D\201E\201A\00AB\00BB\2039\203A\2014\2013\2026\00B7\2022\00A0\202F', '''''''               ');

-- Weeks since 1970, by which a search is narrowed to what is new.
create function search_week(at timestamptz) returns int
    language sql immutable
    return floor(extract(epoch from at) / 604800)::int;

-- The body comes with its marks replaced (Publisher.SearchableText): in a long text it would cost as much here as the words themselves.
-- Ids stand in it as 'a …', 't …', 's …', the access as 'x …', the week as 'w …': no text can spell them, since no word holds a space.
create function search_vector(
    headline text, kicker text, deck text, body text, section_id uuid, author_ids uuid[], tag_ids uuid[], access text, published_at timestamptz)
    returns tsvector
    language plpgsql stable as $$
declare
    cut constant regconfig := search_configuration();
begin
    return setweight(to_tsvector(cut, search_text(headline)), 'A')
        || setweight(to_tsvector(cut, search_text(concat_ws(' ', kicker, deck))), 'B')
        || setweight(to_tsvector(cut, body), 'D')
        || coalesce((select string_agg(quote_literal('a ' || a) || ':1B', ' ') from unnest(author_ids) a), '')::tsvector
        || coalesce((select string_agg(quote_literal('t ' || t) || ':1B', ' ') from unnest(tag_ids) t), '')::tsvector
        || array_to_tsvector(array['s ' || section_id, 'x ' || access, 'w ' || search_week(published_at)]);
end $$;

create table published_article_words (
    article_id uuid primary key references published_articles on delete cascade,
    published_at timestamptz not null,
    language text not null,
    words tsvector not null
);
create index published_article_words_by_publication on published_article_words (published_at, article_id);
create index published_article_words_search on published_article_words using gin (words) with (fastupdate = off);
-- The planner's guesses are of words: the more it knows, the better.
alter table published_article_words alter column words set statistics 1000;

alter table authors add column name_words tsvector not null generated always as (to_tsvector('search_simple', search_text(name))) stored;
create index authors_by_name_words on authors using gin (name_words) with (fastupdate = off);
alter table tags add column name_words tsvector not null generated always as (to_tsvector('search_simple', search_text(name))) stored;
create index tags_by_name_words on tags using gin (name_words) with (fastupdate = off);

create or replace view published_authors as
    select id, slug, name, job_title, bio, social, avatar_image_id, sort_name, name_words from authors;

create or replace view published_tags as
    select id, slug, name, sort_name, name_words from tags t
    where exists (select from published_article_tags u where u.tag_id = t.id);

-- Words as they are written, without accents, and in about how many articles they have been published: for words that are being typed,
-- and for those that are mistyped. It is written a little later than the articles, and forgets nothing: whoever offers a word must look whether
-- anything is found by it.
create table search_vocabulary (
    word text collate "C" primary key,
    articles bigint not null
);
create index search_vocabulary_by_likeness on search_vocabulary using gin (word gin_trgm_ops) with (fastupdate = off);
