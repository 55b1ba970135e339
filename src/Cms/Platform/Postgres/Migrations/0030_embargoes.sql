-- Until when nothing of it may reach readers. It belongs to the revision, as the date that readers see does; readers are
-- not told of it, so what is published has no such column.
alter table article_revisions add column embargoed_until timestamptz;
