-- The sections that an article was in before and after an act, from the root to its own; empty: it had none, or did not
-- exist. Keys limited to sections are told of the act by them, also where the article has moved or is gone since. Null:
-- written by a node of the version before, or by this column's past.
alter table audit_log add column sections_before uuid[];
alter table audit_log add column sections_after uuid[];
