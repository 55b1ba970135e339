-- What a page shows of a picture before its file is there. Files from before this are gone through in the background;
-- those that nodes of an older build add are too.
alter table image_files
    add column thumb_hash text,
    add column dominant_color text,
    add column is_previewed boolean not null default false;

create index image_files_without_preview on image_files (sha256) where not is_previewed;

create or replace view published_images as
    select i.id, i.alt, i.caption, i.credit, i.focal_x, i.focal_y, f.width, f.height, f.media_type, f.placeholder,
           exists (select from authors a where a.avatar_image_id = i.id)
               or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                   where u.image_id = i.id and (p.access = 'public' or p.hero_image_id = i.id or u.in_teaser)) is_open,
           i.picture_version, f.thumb_hash, f.dominant_color
    from images i
    join image_files f using (sha256)
    where exists (select from published_article_images u where u.image_id = i.id)
       or exists (select from authors a where a.avatar_image_id = i.id);
