using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests.Search;

/// <summary>The language of search is set by configuration, and what is published is gone through again.</summary>
public sealed class SearchLanguageTests(Newsrooms newsrooms)
{
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
                update tags set name_text = null;
                update settings set value = '0' where name in ('search-analysis', 'search-desk')
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
                        and not exists (select from authors where name_text is null) and not exists (select from tags where name_text is null)
                        and (select value from settings where name = 'search-desk') <> '0'
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
                update published_article_words set language = 'german' where article_id in (select id from published_articles limit 9);
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

    /// <summary>A pass that is under way would say at its end that all is done, whatever was done to it meanwhile.</summary>
    private static Task FirstPassAsync(CmsProcess server) =>
        Wait.UntilAsync(
            "the first pass",
            async () =>
                await Sql.ScalarAsync<bool>(
                    Sql.Of(server),
                    "select language = indexed and (select value from settings where name = 'search-desk') <> '0' from search_state"
                )
        );

    private static async Task<string[]> FindAsync(HttpClient reader, string words) =>
        [
            .. (await reader.GetJsonAsync($"/v1/search?q={Uri.EscapeDataString(words)}&fields=slug"))["data"]!
                .AsArray()
                .Select(a => (string)a!["slug"]!),
        ];
}
