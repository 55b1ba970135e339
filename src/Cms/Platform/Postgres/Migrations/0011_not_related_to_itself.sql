-- An article is not related to itself. Not valid: old revisions never change, and what was published so is put right here.
update published_articles set related_ids = array_remove(related_ids, id) where id = any(related_ids);
alter table article_revisions add constraint article_revisions_not_of_itself check (article_id <> all(related_ids)) not valid;
alter table published_articles add constraint published_articles_not_of_itself check (id <> all(related_ids)) not valid;
