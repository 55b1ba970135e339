-- Lists of what was published between two dates, sorted by update: most articles are updated soon after their publication, so the index of updates
-- is walked near those dates, and these hold the others (ArticleList.Walk).
create index published_articles_by_late_update on published_articles (updated_at, id) include (published_at, access)
    where updated_at - published_at > interval '720 hours';
create index published_article_sections_by_late_update on published_article_sections (section_id, updated_at, article_id) include (published_at)
    where updated_at - published_at > interval '720 hours';
create index published_article_authors_by_late_update on published_article_authors (author_id, updated_at, article_id) include (published_at)
    where updated_at - published_at > interval '720 hours';
create index published_article_tags_by_late_update on published_article_tags (tag_id, updated_at, article_id) include (published_at)
    where updated_at - published_at > interval '720 hours';
