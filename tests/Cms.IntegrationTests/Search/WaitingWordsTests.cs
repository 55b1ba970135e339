using System.Net;
using System.Text.Json.Nodes;
using Cms.Editorial.Upkeep;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Search;

/// <summary>Nobody can tell whether the words of an article are in the index yet.</summary>
public sealed class WaitingWordsTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Postgres => cms.Services.GetRequiredService<NpgsqlDataSource>();

    [Fact]
    public async Task Every_answer_is_the_same_before_and_after_words_are_indexed()
    {
        var (common, half, rare, hidden) = (Names.Word(), Names.Word(), Names.Word(), Names.Word());
        var (section, author, tag) = (await cms.SectionAsync(), await cms.AuthorAsync(), Names.Unique("tag"));
        var bystander = await cms.PublishedAsync();
        var ids = new List<Guid>();
        string[] asked;
        string[] before;
        await using (await cms.HoldWordsAsync())
        {
            JsonObject? article = null;
            for (var i = 0; i < 12; i++)
            {
                article = await cms.PublishedAsync(
                    new JsonObject
                    {
                        ["headline"] = i % 5 == 0 ? $"The {common} {rare} lands" : $"About {i} things",
                        ["deck"] = i % 2 == 0 ? $"Of a {half} and more" : $"{half}ing",
                        ["body"] = new JsonObject
                        {
                            ["markdown"] =
                                $"It said {common}{string.Concat(Enumerable.Repeat($" {common}", i))}.\n"
                                + $"\nTwo.\n\nThe {hidden} {half}.",
                        },
                        ["access"] = i % 3 == 0 ? "subscriber" : "public",
                        ["authors"] = i % 4 == 0 ? new JsonArray(author) : [],
                        ["tags"] = i % 3 == 1 ? new JsonArray(tag) : [],
                        ["section"] = i % 2 == 0 ? section : await cms.SectionAsync(),
                        ["publishedAt"] = i == 7 ? "2019-03-04T05:06:07Z" : null,
                    }
                );
                ids.Add(Guid.Parse((string)article["id"]!));
            }
            await Wait.UntilAsync(
                "the words in the vocabulary",
                async () =>
                    await cms.ScalarAsync<long>(
                        "select count(*) from search_vocabulary where word = any(@words)",
                        new { words = new[] { common, half, rare, hidden } }
                    ) == 4
            );
            asked =
            [
                .. new[]
                {
                    common,
                    $"{common} {half}",
                    $"{rare} OR {half}",
                    $"{common} -{rare}",
                    $"\"{hidden} {half}\"",
                    $"\"{common} {rare}\"",
                    author,
                    $"{tag} {common}",
                    $"{common[..^1]}",
                }.SelectMany(q =>
                    new[]
                    {
                        "",
                        "&sort=-publishedAt",
                        "&sort=-publishedAt&limit=3",
                        "&facets=section,author,tag,month",
                        $"&section={section}&limit=50",
                        $"&author={author}&access=public",
                        "&publishedBefore=2020-01-01T00:00:00Z",
                        "&as-you-type=true",
                    }.Select(more => $"/v1/search?q={Uri.EscapeDataString(q)}{more}")
                ),
                $"/v1/articles/{article!["slug"]}/related?limit=20",
            ];
            before = await AskAsync(asked);
            Assert.Equal(ids.Count, (await FindAsync(common, 50)).Length);
            Assert.Equal(ids.Count, await WaitingAsync(ids));
        }
        await MoveAsync(ids);
        // So that no answer comes from memory.
        await WithdrawAsync(bystander);

        Assert.Equal(before, await AskAsync(asked));
    }

    [Fact]
    public async Task An_article_is_found_exactly_once_while_its_words_are_put_into_the_index()
    {
        var word = Names.Word();
        var limit = 1;
        await using var held = await cms.HoldWordsAsync();
        var article = await cms.PublishedAsync(new JsonObject { ["headline"] = word });
        Guid[] ids = [Guid.Parse((string)article["id"]!)];
        Assert.Equal(1, await WaitingAsync(ids));
        await IsFoundOnceAsync();

        await held.ExecuteAsync(
            "update published_article_words set waits = false where article_id = any(@ids)",
            new { ids }
        );
        await IsFoundOnceAsync();
        await held.CommitAsync();
        await IsFoundOnceAsync();
        await WaitingWords.MergeAsync(Postgres, Ct);
        await IsFoundOnceAsync();

        // Another page size each time, so that no answer comes from memory.
        async Task IsFoundOnceAsync() => Assert.Equal([ids[0]], await FindAsync(word, ++limit));
    }

    [Fact]
    public async Task An_article_is_gone_at_once_whether_or_not_its_words_are_indexed()
    {
        var word = Names.Word();
        JsonObject waits;
        var indexed = await cms.PublishedAsync(new JsonObject { ["headline"] = word });
        Guid[] ids = [Guid.Parse((string)indexed["id"]!)];
        await MoveAsync(ids);
        await using var held = await cms.HoldWordsAsync();
        waits = await cms.PublishedAsync(new JsonObject { ["headline"] = word });
        Assert.Equal(2, (await FindAsync(word)).Length);

        await WithdrawAsync(waits);
        Assert.Equal(ids, await FindAsync(word));
        await WithdrawAsync(indexed);
        Assert.Empty(await FindAsync(word));
    }

    [Fact]
    public async Task What_is_published_again_is_found_by_its_new_words_only()
    {
        var (old, next, last) = (Names.Word(), Names.Word(), Names.Word());
        var article = await cms.PublishedAsync(new JsonObject { ["headline"] = old });
        Guid[] ids = [Guid.Parse((string)article["id"]!)];
        await MoveAsync(ids);
        await using var held = await cms.HoldWordsAsync();

        await ChangeAsync(next);
        Assert.Equal(1, await WaitingAsync(ids));
        Assert.Empty(await FindAsync(old));
        Assert.Equal(ids, await FindAsync(next));
        // Once more, while it waits.
        await ChangeAsync(last);
        Assert.Empty(await FindAsync(next));
        Assert.Equal(ids, await FindAsync(last));

        async Task ChangeAsync(string headline)
        {
            using var changed = await cms.Editor.SendPatchAsync(
                $"/v1/editorial/articles/{ids[0]}?publish=true",
                new JsonObject { ["headline"] = headline },
                "*"
            );
            await changed.ReadAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Words_are_indexed_by_one_node_at_a_time_and_those_being_replaced_are_left_for_the_next()
    {
        Guid[] ids;
        await using (await cms.HoldWordsAsync())
        {
            var first = await cms.PublishedAsync();
            var second = await cms.PublishedAsync();
            ids = [Guid.Parse((string)first["id"]!), Guid.Parse((string)second["id"]!)];
            Assert.Equal(0, await WaitingWords.MoveAsync(Postgres, Ct));
            Assert.Equal(2, await WaitingAsync(ids));
        }
        await using var connection = await Postgres.OpenConnectionAsync(Ct);
        await using var publication = await connection.BeginTransactionAsync(Ct);
        await using (
            var hold = new NpgsqlCommand(
                "select from published_article_words where article_id = $1 for update",
                connection,
                publication
            )
        )
        {
            hold.Parameters.Add(new() { Value = ids[0] });
            await hold.ExecuteNonQueryAsync(Ct);
        }

        await MoveAsync(ids[1..]);
        Assert.Equal(1, await WaitingAsync(ids[..1]));
    }

    /// <summary>Indexes what waits until these do not.</summary>
    private Task MoveAsync(IReadOnlyCollection<Guid> ids) =>
        Wait.UntilAsync(
            "the words in the index",
            async () =>
            {
                await WaitingWords.MoveAsync(Postgres, Ct);
                return await WaitingAsync(ids) == 0;
            }
        );

    private Task<long> WaitingAsync(IReadOnlyCollection<Guid> ids) =>
        cms.ScalarAsync<long>(
            "select count(*) from published_article_words where waits and article_id = any(@ids)",
            new { ids = ids.ToArray() }
        );

    private Task<JsonObject> WithdrawAsync(JsonObject article) =>
        cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/unpublish",
            expected: HttpStatusCode.OK
        );

    private async Task<Guid[]> FindAsync(string word, int limit = 20) =>
        [
            .. (await cms.Anonymous.GetJsonAsync($"/v1/search?q={word}&limit={limit}"))["data"]!
                .AsArray()
                .Select(a => Guid.Parse((string)a!["id"]!)),
        ];

    /// <summary>The answers to readers without and with a key. Cursors tell when they were given.</summary>
    private async Task<string[]> AskAsync(string[] addresses)
    {
        var answers = new List<string>();
        foreach (var reader in new[] { cms.Anonymous, cms.Reader })
        foreach (var address in addresses)
        {
            var answer = await reader.GetJsonAsync(address);
            answer.Remove("page");
            answers.Add($"{address} {answer.ToJsonString()}");
        }
        return [.. answers];
    }
}
