-- What kind of article it is, in which language it is written, and its short headlines. The checks are not validated, since that would read the
-- whole table while nobody else can: the columns are new, so no row can break them.
alter table article_revisions
    add column kind text not null default 'story',
    add column lang text,
    add column dir text,
    add column alert_headline text,
    add column newsletter_headline text;
alter table article_revisions add constraint article_revisions_dir check (dir in ('ltr', 'rtl')) not valid;
alter table published_articles
    add column kind text not null default 'story',
    add column lang text,
    add column dir text,
    add column alert_headline text,
    add column newsletter_headline text;
alter table published_articles add constraint published_articles_dir check (dir in ('ltr', 'rtl')) not valid;

-- A story has no word for its kind: so what was indexed before there were kinds, and what older nodes write, is right as it is.
create function search_words(
    headline text, lead text, open text, walled text, section_id uuid, author_ids uuid[], tag_ids uuid[], access text, kind text,
    published_at timestamptz)
    returns tsvector
    language sql stable as $$
    select search_words(headline, lead, open, walled, section_id, author_ids, tag_ids, access, published_at)
        || case when kind = 'story' then ''::tsvector else array_to_tsvector(array['k ' || kind, 'k other']) end
$$;
