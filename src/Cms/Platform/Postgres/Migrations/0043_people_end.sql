-- The provider may give a person no rights any more, or sections that are all gone. Previews of such a person end, so
-- what the last token said is stored as it was: no role is null, and no section is none.
alter table people alter column role drop not null;
alter table people drop constraint people_section_ids_check;

-- When an admin ended what the person had: tokens issued and previews made before do not count.
alter table people add column ended_at timestamptz;
