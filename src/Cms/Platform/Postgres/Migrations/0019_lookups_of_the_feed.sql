-- Whether a thing was in a section is asked for both at once. An author who is everywhere is in every section, and with the index of the thing
-- alone all of them were read.
create index section_changes_of_entity on section_changes (entity_id, entity_type, section_id);
drop index section_changes_by_entity;

-- The articles given are looked up by themselves: by author or tag all articles of theirs were read. (Nodes of an older build still give them.)
create or replace function is_in_section(entity_type text, entity uuid, section uuid, first uuid[]) returns bool language plpgsql stable as $$
begin
    case entity_type
        when 'article' then
            return exists (select from published_article_sections s where s.article_id = entity and s.section_id = section);
        when 'author' then
            return exists (select from unnest(first) f(id) where
                    exists (select from published_article_authors u where u.article_id = f.id and u.author_id = entity)
                    and exists (select from published_article_sections s where s.article_id = f.id and s.section_id = section))
                or exists (select from published_article_authors u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.author_id = entity);
        when 'tag' then
            return exists (select from unnest(first) f(id) where
                    exists (select from published_article_tags u where u.article_id = f.id and u.tag_id = entity)
                    and exists (select from published_article_sections s where s.article_id = f.id and s.section_id = section))
                or exists (select from published_article_tags u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.tag_id = entity);
        when 'image' then
            return exists (select from published_article_images u
                    join published_article_sections s on s.article_id = u.article_id and s.section_id = section
                    where u.image_id = entity)
                or exists (select from authors a where a.avatar_image_id = entity
                    and is_in_section('author', a.id, section, first));
        else
            return false;
    end case;
end $$;

-- The oldest analysis is the first of its index; whether there is an older one than a given one is not: PostgreSQL would expect a third of all rows.
create or replace view search_state as
    select max(value) filter (where name = 'search-language') as language,
           max(value) filter (where name = 'search-indexed') as indexed,
           max(case name when 'search-vocabulary' then value::bigint end) as learnt_through,
           exists (select from search_stale)
           or coalesce((select min(analysis) from published_article_words)
               < (select value::int from settings where name = 'search-analysis'), false) as is_stale
    from settings where name in ('search-language', 'search-indexed', 'search-vocabulary');
