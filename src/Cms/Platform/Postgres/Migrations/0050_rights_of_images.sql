-- Until when a picture may be shown. See decisions/0048.
alter table images
    add column usage_until timestamptz,
    -- Since when readers no longer see it: written with the time above, or by the clock when that time has come.
    add column usage_ended_at timestamptz;

-- What the clock looks for, and what the desk asks for.
create index images_usage_ahead on images (usage_until, id) where usage_until is not null and usage_ended_at is null;
create index images_by_usage on images (usage_until, id) where usage_until is not null;

create or replace view published_images as
    select i.id, i.alt, i.caption, i.credit, i.focal_x, i.focal_y, f.width, f.height, f.media_type, f.placeholder,
           exists (select from authors a where a.avatar_image_id = i.id)
               or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                   where u.image_id = i.id and (p.access = 'public' or p.hero_image_id = i.id or u.in_teaser)) is_open,
           i.picture_version, f.thumb_hash, f.dominant_color, i.licence, i.usage_until
    from images i
    join image_files f using (sha256)
    where i.usage_ended_at is null
      and (exists (select from published_article_images u where u.image_id = i.id)
          or exists (select from authors a where a.avatar_image_id = i.id));
