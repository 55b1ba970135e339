-- During a rolling deploy nodes of an older build publish and save with their older analysis. What they write is found by these, at a glance, and
-- written again (SearchIndexing).
create index published_article_words_by_analysis on published_article_words (analysis, language);
create index article_words_by_analysis on article_words (analysis);

-- Which of the desk's words are old is told by the rows.
delete from settings where name = 'search-desk';

-- While there are any, answers of search may change without a publication, and are not kept.
create or replace view search_state as
    select max(value) filter (where name = 'search-language') as language,
           max(value) filter (where name = 'search-indexed') as indexed,
           max(case name when 'search-vocabulary' then value::bigint end) as learnt_through,
           exists (select from search_stale)
           or exists (
               select from published_article_words
               where analysis < (select value::int from settings where name = 'search-analysis')) as is_stale
    from settings where name in ('search-language', 'search-indexed', 'search-vocabulary');

-- The nearest slugs to an unknown one, without comparing it with every slug.
create index sections_by_likeness on sections using gin ((slug::text) gin_trgm_ops);
create index authors_by_likeness on authors using gin ((slug::text) gin_trgm_ops);
