-- The same, planned once for each connection: as a function in SQL it was planned at each call, which took longer than to run it.
create or replace function section_path(section uuid) returns uuid[] language plpgsql stable as $$
begin
    return (
        with recursive up(id, parent_id, depth) as (
            select s.id, s.parent_id, 1 from sections s where s.id = section
            union all
            select s.id, s.parent_id, up.depth + 1 from sections s join up on s.id = up.parent_id)
        select array_agg(up.id order by up.depth desc) from up);
end $$;
