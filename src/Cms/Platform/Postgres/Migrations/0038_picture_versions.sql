-- The addresses of renditions carry a version, so that they can be kept for ever. Whatever changes what a rendition
-- shows makes another version, whoever writes it.
alter table images add column picture_version int not null default 1 check (picture_version > 0);

create function count_picture_version() returns trigger language plpgsql as $$
begin
    new.picture_version := old.picture_version + 1;
    return new;
end
$$;

create trigger images_picture_version before update on images for each row
    when ((old.sha256, old.focal_x, old.focal_y) is distinct from (new.sha256, new.focal_x, new.focal_y))
    execute function count_picture_version();
