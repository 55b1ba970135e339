-- Excerpts that were made when the teaser of a walled article could be all of it. MadeExcerpts makes them anew.
insert into settings (name, value) values ('made-excerpts', '');
