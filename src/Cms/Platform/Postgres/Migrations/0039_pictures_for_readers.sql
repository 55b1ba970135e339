-- Addresses of renditions need the version of the picture.
create or replace view published_images as
    select i.id, i.alt, i.caption, i.credit, i.focal_x, i.focal_y, f.width, f.height, f.media_type, f.placeholder,
           exists (select from authors a where a.avatar_image_id = i.id)
               or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                   where u.image_id = i.id and (p.access = 'public' or p.hero_image_id = i.id or u.in_teaser)) is_open,
           i.picture_version
    from images i
    join image_files f using (sha256)
    where exists (select from published_article_images u where u.image_id = i.id)
       or exists (select from authors a where a.avatar_image_id = i.id);
