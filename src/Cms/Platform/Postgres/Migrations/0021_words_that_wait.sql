-- A publication leaves its words in their row, beside the index. They are put into it for many articles together (WaitingWords): articles share most of
-- their words, so a batch of 200 changes about a fifth of the entries that 200 articles would have changed one by one.
alter table published_article_words add column waits boolean not null default false;

-- Reads the narrow rows, not the words: 0.2 s at 1,000,000 articles.
create index published_article_words_waiting on published_article_words (article_id) where waits;

-- Its pending list holds a batch for as long as it takes to merge it. Where articles are already the server builds this index beside the old one, which
-- takes minutes, and then drops the old one. As long as that is there, no words wait.
do $$
begin
    if not exists (select from published_article_words) then
        drop index published_article_words_search;
        create index published_article_words_indexed on published_article_words using gin (words)
            with (fastupdate = on, gin_pending_list_limit = 16384) where (not waits);
    end if;
end $$;

-- A new word has about eight groups of letters, and each took a kilobyte of log. The list is short, and only the background waits when it is merged.
alter index search_vocabulary_by_likeness set (fastupdate = on, gin_pending_list_limit = 256);
