-- Pictures that stand behind the wall are for those who may read on: their captions tell what is told there.

-- Whether a picture stands before the wall if its article has one: Publisher writes it, and for articles of before TeaserPictures finds it out. Null:
-- not known yet, and until then not shown. In an article without a wall, and of its hero image, it says nothing.
alter table published_article_images add column in_teaser bool;

-- Pictures that readers can see, and whether they are open to all of them: an article that anybody may read shows it, or one before its wall, or it is an
-- author's.
create or replace view published_images as
    select i.id, i.alt, i.caption, i.credit, i.focal_x, i.focal_y, f.width, f.height, f.media_type, f.placeholder,
           exists (select from authors a where a.avatar_image_id = i.id)
               or exists (select from published_article_images u join published_articles p on p.id = u.article_id
                   where u.image_id = i.id and (p.access = 'public' or p.hero_image_id = i.id or u.in_teaser)) is_open
    from images i
    join image_files f using (sha256)
    where exists (select from published_article_images u where u.image_id = i.id)
       or exists (select from authors a where a.avatar_image_id = i.id);

-- Whether a thing that readers see is open to all of them, and whether it ever was: only then may they be told that it is gone, since its id alone is the
-- address of a file. Everything but pictures is open.
alter table changes
    add column is_open bool not null default true,
    add column was_open bool not null default true;
