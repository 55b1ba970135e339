-- In a migration of its own: the one that changes the tables holds locks that readers wait for, and this one goes through all images behind the wall.

-- Until now they were told to everybody, so that was_open stays. The feed tells everybody that they are gone when TeaserPictures comes to them.
update changes c set is_open = false
from (select distinct u.image_id id from published_articles p join published_article_images u on u.article_id = p.id
      where p.access <> 'public' and p.hero_image_id is distinct from u.image_id) walled
join published_images i using (id)
where c.entity_type = 'image' and c.entity_id = walled.id and not i.is_open;

insert into settings (name, value) values ('teaser-pictures', '');
