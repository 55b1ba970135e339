-- The library is searched, sorted by its last changes, and asked for what nothing uses.
create index images_by_update on images (updated_at, id);
create index images_by_likeness on images using gin (
    (coalesce(file_name, '') || ' ' || coalesce(title, '') || ' ' || coalesce(alt, '') || ' '
        || coalesce(caption, '') || ' ' || coalesce(credit, '')) gin_trgm_ops) with (fastupdate = off);
