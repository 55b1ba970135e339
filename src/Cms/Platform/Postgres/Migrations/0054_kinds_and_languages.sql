-- What kind of article it is, in which language it is written, and its short headlines.
alter table article_revisions
    add column kind text not null default 'story',
    add column lang text,
    add column dir text check (dir in ('ltr', 'rtl')),
    add column alert_headline text,
    add column newsletter_headline text;
alter table published_articles
    add column kind text not null default 'story',
    add column lang text,
    add column dir text check (dir in ('ltr', 'rtl')),
    add column alert_headline text,
    add column newsletter_headline text;

-- Lists of one kind are ranges of these, as those by access are.
create index published_articles_by_kind_publication on published_articles (kind, published_at, id);
create index published_articles_by_kind_update on published_articles (kind, updated_at, id) include (published_at);
create index published_articles_by_kind_headline on published_articles (kind, sort_headline, id) include (published_at);

drop index published_articles_by_late_update;
create index published_articles_by_late_update on published_articles (updated_at, id) include (published_at, access, kind)
    where updated_at - published_at > interval '720 hours';

-- A story has no word for its kind: so what was indexed before there were kinds, and what older nodes write, is right as it is.
create function search_words(
    headline text, lead text, open text, walled text, section_id uuid, author_ids uuid[], tag_ids uuid[], access text, kind text,
    published_at timestamptz)
    returns tsvector
    language sql stable as $$
    select search_words(headline, lead, open, walled, section_id, author_ids, tag_ids, access, published_at)
        || case when kind = 'story' then ''::tsvector else array_to_tsvector(array['k ' || kind, 'k other']) end
$$;
