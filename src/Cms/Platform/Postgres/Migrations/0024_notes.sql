-- Why a revision was saved, in its writer's words.
alter table article_revisions add column note text;
