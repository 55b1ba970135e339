-- Lists that are narrowed by date and sorted by something else walk the index of that order. With the date in it, what is too old or too new is
-- passed over within the index; without, each article had to be looked at.
drop index published_articles_by_update, published_articles_by_headline,
    published_articles_by_access_update, published_articles_by_access_headline,
    published_article_sections_by_update, published_article_sections_by_headline,
    published_article_authors_by_update, published_article_authors_by_headline,
    published_article_tags_by_update, published_article_tags_by_headline;

create index published_articles_by_update on published_articles (updated_at, id) include (published_at);
create index published_articles_by_headline on published_articles (sort_headline, id) include (published_at);
create index published_articles_by_access_update on published_articles (access, updated_at, id) include (published_at);
create index published_articles_by_access_headline on published_articles (access, sort_headline, id) include (published_at);
create index published_article_sections_by_update on published_article_sections (section_id, updated_at, article_id) include (published_at);
create index published_article_sections_by_headline on published_article_sections (section_id, sort_headline, article_id) include (published_at);
create index published_article_authors_by_update on published_article_authors (author_id, updated_at, article_id) include (published_at);
create index published_article_authors_by_headline on published_article_authors (author_id, sort_headline, article_id) include (published_at);
create index published_article_tags_by_update on published_article_tags (tag_id, updated_at, article_id) include (published_at);
create index published_article_tags_by_headline on published_article_tags (tag_id, sort_headline, article_id) include (published_at);
