using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests.Search;

/// <summary>The words of published articles come into the index, whatever happens.</summary>
public sealed class WaitingWordsTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_is_indexed_in_the_background_and_publications_do_it_themselves_where_too_many_wait()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var desk = server.Admin();
        using var reader = server.Client();
        await using (var other = await Sql.OpenAsync(Sql.Of(server)))
        {
            await ExecuteAsync(other, "select pg_advisory_lock(hashtextextended('cms:waiting-words', 0))");
            await PublishAsync(desk, "one");
            Assert.True(await WaitsAsync(server, "one"));
            // Articles that only this table knows of.
            await ExecuteAsync(
                other,
                """
                set session_replication_role = replica;
                insert into published_article_words (article_id, published_at, language, analysis, words, waits)
                select gen_random_uuid(), '2020-01-01', 'english', (select max(analysis)
                    from published_article_words), 'crowd', true
                from generate_series(1, 999)
                """
            );
            await PublishAsync(desk, "two");
            Assert.False(await WaitsAsync(server, "two"));
            Assert.Equal(["two"], await FindAsync(reader, "wordtwo"));
        }
        await PublishAsync(desk, "three");

        await Wait.UntilAsync(
            "all batches",
            async () =>
                await Sql.ScalarAsync<long>(
                    Sql.Of(server),
                    "select count(*) from published_article_words where waits"
                ) < 200
        );
        foreach (var slug in new[] { "one", "two", "three" })
            Assert.Equal([slug], await FindAsync(reader, $"word{slug}"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newsroom_from_before_words_waited_gets_its_index_while_it_is_used(bool interrupted)
    {
        var data = await newsrooms.SeededAsync();
        await using (var server = await CmsProcess.ServeAsync(data))
        {
            await using var other = await Sql.OpenAsync(Sql.Of(server));
            await ExecuteAsync(
                other,
                """
                select pg_advisory_lock(hashtextextended('cms:waiting-words', 0));
                update published_article_words set waits = false;
                create index published_article_words_search on published_article_words using gin (words)
                    with (fastupdate = off);
                """
                    + (
                        interrupted
                            ? """
                            update pg_index set indisvalid = false
                            where indexrelid = 'published_article_words_indexed'::regclass
                            """
                            : "drop index published_article_words_indexed"
                    )
            );
            using var early = server.Admin();
            await PublishAsync(early, "early");
            Assert.False(await WaitsAsync(server, "early"));
            await server.StopAsync();
        }
        await using var next = await CmsProcess.ServeAsync(data);
        using var reader = next.Client();
        using var desk = next.Admin();
        Assert.Equal(["early"], await FindAsync(reader, "wordearly"));

        await Wait.UntilAsync(
            "the new index",
            async () =>
                await Sql.ScalarAsync<bool>(
                    Sql.Of(next),
                    """
                    select to_regclass('published_article_words_search') is null
                       and (select indisvalid from pg_index
                           where indexrelid = to_regclass('published_article_words_indexed'))
                    """
                )
        );
        await PublishAsync(desk, "late");
        Assert.True(await WaitsAsync(next, "late"));
        Assert.Equal(["early"], await FindAsync(reader, "wordearly everywhere"));
        Assert.Equal(["late"], await FindAsync(reader, "wordlate everywhere"));
    }

    private static async Task PublishAsync(HttpClient desk, string slug)
    {
        await desk.PostAsync(
            "/v1/editorial/articles",
            new JsonObject
            {
                ["slug"] = slug,
                ["headline"] = $"Word{slug} everywhere",
                ["section"] = "power",
                ["body"] = new JsonObject { ["markdown"] = "A body." },
            }
        );
        await desk.PostAsync($"/v1/editorial/articles/{slug}/publish", expected: HttpStatusCode.OK);
    }

    private static Task<bool> WaitsAsync(CmsProcess server, string slug) =>
        Sql.ScalarAsync<bool>(
            Sql.Of(server),
            $"""
            select waits from published_article_words join published_articles on id = article_id
            where slug = '{slug}'
            """
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
