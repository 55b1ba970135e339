using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests.Search;

/// <summary>The language of search is set by configuration, and what is published is gone through again.</summary>
public sealed class SearchLanguageTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_language_is_that_of_all_articles_after_a_while_and_stays_set()
    {
        var data = await newsrooms.SeededAsync();
        await using (var english = await CmsProcess.ServeAsync(data))
        {
            using var reader = english.Client();
            Assert.NotEmpty(await FindAsync(reader, "spreadsheets"));
            await english.StopAsync();
        }
        await using (
            var german = await CmsProcess.ServeAsync(
                data,
                new Dictionary<string, string> { ["Cms__SearchLanguage"] = "german" }
            )
        )
        {
            using var reader = german.Client();
            using var desk = german.Admin();
            // To English "working" is an ending of "work"; to German it is a word of its own.
            await Wait.UntilAsync(
                "the articles in German",
                async () =>
                    await Sql.ScalarAsync<long>(
                        Sql.Of(german),
                        "select count(*) from published_article_words where language <> 'german'"
                    ) == 0
            );
            Assert.NotEmpty(await FindAsync(reader, "working"));
            Assert.NotEqual(await FindAsync(reader, "working"), await FindAsync(reader, "work"));
            await desk.PostAsync(
                "/v1/editorial/articles",
                new JsonObject
                {
                    ["slug"] = "haeuser",
                    ["headline"] = "Alte Häuser am Kanal",
                    ["section"] = "power",
                    ["body"] = new JsonObject { ["markdown"] = "Sie stehen leer." },
                }
            );
            await desk.PostAsync("/v1/editorial/articles/haeuser/publish", expected: HttpStatusCode.OK);
            Assert.Equal(["haeuser"], await FindAsync(reader, "haus kanal OR häusern"));
            await german.StopAsync();
        }
        await using var later = await CmsProcess.ServeAsync(data);
        using var after = later.Client();
        Assert.Equal(["haeuser"], await FindAsync(after, "häusern"));
    }

    [Fact]
    public async Task Articles_from_before_there_was_a_search_are_found_after_the_next_start()
    {
        var data = await newsrooms.SeededAsync();
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            await FirstPassAsync(server);
            await Sql.ExecuteAsync(
                Sql.Of(server),
                "delete from published_article_words; update settings set value = '' where name = 'search-indexed'"
            );
            await server.StopAsync();
        }
        await using var next = await CmsProcess.ServeAsync(data);
        using var reader = next.Client();

        await Wait.UntilAsync("the words", async () => (await FindAsync(reader, "mainframe")).Length > 0);
    }

    [Fact]
    public async Task An_index_of_an_older_analysis_is_rebuilt_while_it_is_read()
    {
        var data = await newsrooms.SeededAsync();
        long written;
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            await FirstPassAsync(server);
            written = await Sql.ScalarAsync<long>(
                Sql.Of(server),
                "select count(*) from published_article_words"
            );
            // As a node leaves it that knew no analysis, and was cut off in the middle of the next one's work.
            await Sql.ExecuteAsync(
                Sql.Of(server),
                """
                update published_article_words set analysis = 0, words = to_tsvector('simple', 'elsewhere')
                where article_id in (select id from published_articles order by id offset 3);
                update article_words set analysis = 0, words = to_tsvector('simple', 'elsewhere');
                update authors set name_text = null;
                delete from search_vocabulary where word ~ '[0-9]';
                -- The words of all articles are known and counted: nothing but the rebuild adds any.
                update settings set value = (select max(sequence) from changes) where name like 'search-vocabulary%';
                update tags set name_text = null;
                update settings set value = '0' where name = 'search-analysis'
                """
            );
            await server.StopAsync();
        }
        await using var next = await CmsProcess.ServeAsync(data);
        using var reader = next.Client();
        using var desk = next.Admin();

        Assert.NotNull(await reader.GetJsonAsync("/v1/search?q=mainframe"));
        await Wait.UntilAsync(
            "the words",
            async () =>
                await Sql.ScalarAsync<bool>(
                    Sql.Of(next),
                    """
                    select language = indexed and not exists (select from published_article_words where analysis = 0)
                        and not exists (select from article_words where analysis = 0)
                        and not exists (select from authors where name_text is null) and not exists (select
                            from tags where name_text is null)
                        and exists (select from search_vocabulary where word ~ '[0-9]')
                    from search_state
                    """
                )
        );
        Assert.NotEmpty(await FindAsync(reader, "mainframe"));
        Assert.NotEmpty(
            (await desk.GetJsonAsync("/v1/editorial/articles?q=mainframe&fields=slug"))["data"]!.AsArray()
        );
        Assert.Equal(
            written,
            await Sql.ScalarAsync<long>(Sql.Of(next), "select count(*) from published_article_words")
        );
    }

    [Fact]
    public async Task What_nodes_of_an_older_build_write_beside_this_one_is_renewed()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        using var desk = server.Admin();
        await FirstPassAsync(server);
        await using var connection = await Sql.OpenAsync(Sql.Of(server));
        await using (var older = await connection.BeginTransactionAsync(Ct))
        {
            Assert.False(await IsStaleAsync());
            // The language too: of a publication that was under way when that was changed. One sorts before the present
            // one.
            await ExecuteAsync(
                connection,
                """
                update published_article_words set analysis = analysis - 1, words = to_tsvector('simple', 'elsewhere')
                where article_id in (select id from published_articles order by id limit 3);
                update published_article_words set language = 'german', words = to_tsvector('simple', 'elsewhere')
                where article_id in (select id from published_articles order by id desc limit 2);
                update published_article_words set language = 'danish', words = to_tsvector('simple', 'elsewhere')
                where article_id in (select id from published_articles order by id desc offset 2 limit 2);
                update article_words set analysis = analysis - 1, words = to_tsvector('simple', 'elsewhere')
                where article_id in (select id from articles order by id limit 3)
                """
            );
            Assert.True(await IsStaleAsync());
            await older.CommitAsync(Ct);
        }
        await desk.PatchAsync("/v1/editorial/sections/politics", new JsonObject { ["name"] = "Now" }, 1);

        await Wait.UntilAsync(
            "the words",
            async () =>
                await Sql.ScalarAsync<bool>(
                    Sql.Of(server),
                    """
                    select not exists (select from published_article_words
                        where words @@ 'elsewhere'::tsquery or language <> 'english')
                       and not exists (select from article_words where words @@ 'elsewhere'::tsquery)
                    """
                )
        );
        Assert.False(await IsStaleAsync());
        Assert.NotEmpty(await FindAsync(reader, "mainframe"));

        async Task<bool> IsStaleAsync()
        {
            await using var command = new NpgsqlCommand("select is_stale from search_state", connection);
            return (bool)(await command.ExecuteScalarAsync(Ct))!;
        }
    }

    [Fact]
    public async Task Nodes_take_turns_at_writing_an_index_again()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var desk = server.Admin();
        await FirstPassAsync(server);
        await using var other = await Sql.OpenAsync(Sql.Of(server));
        await ExecuteAsync(
            other,
            """
            select pg_advisory_lock(hashtextextended('cms:search-indexing', 0));
            update published_article_words set analysis = 0;
            update article_words set analysis = 0;
            update settings set value = '0' where name = 'search-analysis'
            """
        );
        await desk.PatchAsync("/v1/editorial/sections/politics", new JsonObject { ["name"] = "Now" }, 1);

        // First those that are gone through, then those that are found by their analysis, then the desk's.
        await WaitsAsync();
        Assert.Equal(0, await RenewedAsync("published_article_words"));
        await ExecuteAsync(other, "select pg_advisory_unlock_all()");
        await Wait.UntilAsync(
            "all words",
            async () =>
                await Sql.ScalarAsync<bool>(
                    Sql.Of(server),
                    """
                    select not exists (select from published_article_words where analysis = 0)
                       and not exists (select from article_words where analysis = 0)
                    """
                )
        );

        foreach (var table in new[] { "published_article_words", "article_words" })
        {
            await ExecuteAsync(
                other,
                $"select pg_advisory_lock(hashtextextended('cms:search-indexing', 0)); update {table} set analysis = 0"
            );
            await TouchAsync();
            await WaitsAsync();
            Assert.Equal(0, await RenewedAsync(table));
            await ExecuteAsync(other, "select pg_advisory_unlock_all()");
            await Wait.UntilAsync("its words", async () => await RenewedAsync(table) > 0);
        }

        Task WaitsAsync() =>
            Wait.UntilAsync(
                "the node in the queue",
                async () =>
                    await Sql.ScalarAsync<bool>(
                        Sql.Of(server),
                        """
                        select exists (select from pg_locks w
                            join pg_locks h using (locktype, database, classid, objid, objsubid)
                            where w.locktype = 'advisory' and not w.granted and h.granted and h.pid = @pid)
                        """.Replace("@pid", $"{other.ProcessID}", StringComparison.Ordinal)
                    )
            );

        Task<long> RenewedAsync(string table) =>
            Sql.ScalarAsync<long>(Sql.Of(server), $"select count(*) from {table} where analysis > 0");

        async Task TouchAsync()
        {
            var section = await desk.GetJsonAsync("/v1/editorial/sections/politics");
            await desk.PatchAsync(
                "/v1/editorial/sections/politics",
                new JsonObject { ["name"] = $"{section["name"]}!" },
                (int)section["revision"]!
            );
        }
    }

    [Fact]
    public async Task A_change_of_mind_before_all_articles_were_gone_through_leaves_none_in_the_other_language()
    {
        var data = await newsrooms.SeededAsync();
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            await FirstPassAsync(server);
            // As a pass for German leaves it that was cut off; this server looks only when something changes.
            await Sql.ExecuteAsync(
                Sql.Of(server),
                """
                update published_article_words set language = 'german'
                where article_id in (select id from published_articles limit 9);
                update settings set value = 'german' where name = 'search-language'
                """
            );
            await server.StopAsync();
        }
        await using var next = await CmsProcess.ServeAsync(
            data,
            new Dictionary<string, string> { ["Cms__SearchLanguage"] = "english" }
        );

        await Wait.UntilAsync(
            "the articles in English",
            async () =>
                await Sql.ScalarAsync<long>(
                    Sql.Of(next),
                    "select count(*) from published_article_words where language <> 'english'"
                ) == 0
        );
        // What other nodes and shared caches keep of searches was by the other language.
        Assert.True(
            await Sql.ScalarAsync<bool>(
                Sql.Of(next),
                "select exists (select from events where type = 'content.invalidated' and data -> 'cacheTags' ? 'all')"
            )
        );
    }

    [Fact]
    public async Task A_language_that_nobody_knows_stops_the_start_and_says_which_there_are()
    {
        await using var process = CmsProcess.Start(
            ["serve", "--urls", "http://127.0.0.1:0"],
            new Dictionary<string, string> { ["Cms__SearchLanguage"] = "klingon" },
            newsrooms.NewData()
        );

        Assert.NotEqual(0, await process.ExitAsync());
        Assert.Contains(process.Errors, line => line.Contains("klingon", StringComparison.Ordinal));
        Assert.Contains(process.Errors, line => line.Contains("english", StringComparison.Ordinal));
    }

    /// <summary>
    /// A pass that is under way would say at its end that all is done, whatever was done to it meanwhile.
    /// </summary>
    private static Task FirstPassAsync(CmsProcess server) =>
        Wait.UntilAsync(
            "the first pass",
            async () =>
                await Sql.ScalarAsync<bool>(
                    Sql.Of(server),
                    """
                    select language = indexed and (select value from settings
                        where name = 'search-analysis') <> '0' from search_state
                    """
                )
        );

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    private static async Task<string[]> FindAsync(HttpClient reader, string words) =>
        [
            .. (await reader.GetJsonAsync($"/v1/search?q={Uri.EscapeDataString(words)}&fields=slug"))["data"]!
                .AsArray()
                .Select(a => (string)a!["slug"]!),
        ];
}
