-- A dump can be restored over the database it came from: the same oid, the same server process, and yet an earlier state. But whoever
-- writes the rows back does so in a transaction of its own, which is not the one that the row names.
alter table change_epochs add column begun_by xid8;
update change_epochs set begun_by = pg_current_xact_id();
alter table change_epochs alter column begun_by set default pg_current_xact_id();
alter table change_epochs alter column begun_by set not null;
