-- Lists of one kind are ranges of these, as those by access are. In a file of their own: while they are built publications wait, but readers
-- do not.
create index published_articles_by_kind_publication on published_articles (kind, published_at, id);
create index published_articles_by_kind_update on published_articles (kind, updated_at, id) include (published_at);
create index published_articles_by_kind_headline on published_articles (kind, sort_headline, id) include (published_at);
create index published_articles_by_late_update_and_kind on published_articles (updated_at, id) include (published_at, access, kind)
    where updated_at - published_at > interval '720 hours';

-- Last, since from here on readers wait for the commit.
drop index published_articles_by_late_update;
alter index published_articles_by_late_update_and_kind rename to published_articles_by_late_update;
