-- A node of the build before, which still runs while this one starts, publishes without saying which pictures stand before the wall, and tells the
-- feed that all of them are open. TeaserPictures then looks again.
create function ask_for_teaser_pictures() returns trigger language plpgsql as $$
begin
    update settings set value = '' where name = 'teaser-pictures' and value <> ''
        and exists (select from published_articles p where p.id = new.article_id and p.access <> 'public');
    return null;
end $$;
create trigger published_article_images_of_older_nodes after insert on published_article_images
    for each row when (new.in_teaser is null) execute function ask_for_teaser_pictures();
