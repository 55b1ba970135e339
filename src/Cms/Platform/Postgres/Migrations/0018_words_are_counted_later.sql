-- Up to where the vocabulary's words have been counted. 'search-vocabulary' says up to where they are known at all (SearchVocabulary).
insert into settings (name, value)
select 'search-vocabulary-counted', value from settings where name = 'search-vocabulary';

-- Counts are written beside the ones that they replace, so that the index of likeness, which does not hold them, is left alone: with full pages a
-- count of 4,000 words wrote 13 MB of log.
alter table search_vocabulary set (fillfactor = 50);
cluster search_vocabulary using search_vocabulary_pkey;
