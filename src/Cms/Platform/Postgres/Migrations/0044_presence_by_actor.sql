-- For the limit on open articles of each key or person, and for removing those that have ended.
create index article_presence_by_actor on article_presence (actor_id, expires_at);
create index article_presence_by_end on article_presence (expires_at);
