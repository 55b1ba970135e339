-- The file of an image can be replaced. Its address carries a version from the second file on, so that each can be kept
-- for ever.
alter table images add column file_version int not null default 1 check (file_version > 0);

create function count_file_version() returns trigger language plpgsql as $$
begin
    new.file_version := old.file_version + 1;
    return new;
end
$$;

create trigger images_file_version before update on images for each row
    when (old.sha256 is distinct from new.sha256) execute function count_file_version();

create or replace view published_images as
    select i.id, i.alt, i.caption, i.credit, i.focal_x, i.focal_y, f.width, f.height, f.media_type, f.placeholder,
           exists (select from authors a where a.avatar_image_id = i.id)
               or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                   where u.image_id = i.id and (p.access = 'public' or p.hero_image_id = i.id or u.in_teaser)) is_open,
           i.picture_version, f.thumb_hash, f.dominant_color, i.licence, i.usage_until, i.file_version
    from images i
    join image_files f using (sha256)
    where i.usage_ended_at is null
      and (exists (select from published_article_images u where u.image_id = i.id)
          or exists (select from authors a where a.avatar_image_id = i.id));
