using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Editorial.Presences;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Who has an article open.</summary>
public sealed class PresenceTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_has_an_article_open_is_shown_until_it_is_closed()
    {
        var address = await AddressAsync();
        await PutAsync(cms.Editor, address, "first");
        var again = await PutAsync(cms.Editor, address, "second", "third");
        await PutAsync(cms.Viewer, address);

        var all = (await cms.Viewer.GetJsonAsync($"{address}/presence"))["data"]!.AsArray();

        Assert.Equal(2, all.Count);
        Assert.Equal(["second", "third"], all[0]!["blocks"]!.AsArray().Select(b => (string?)b));
        Assert.Equal("key", (string?)all[0]!["actor"]!["kind"]);
        Assert.Empty(all[1]!["blocks"]!.AsArray());
        Assert.Equal((string?)again["data"]![0]!["since"], (string?)all[0]!["since"]);
        var list = await cms.Viewer.GetJsonAsync("/v1/editorial/articles?limit=100&sort=-createdAt");
        var listed = list["data"]!
            .AsArray()
            .Single(a => address.EndsWith((string)a!["id"]!, StringComparison.Ordinal));
        Assert.Equal(2, listed!["openBy"]!.AsArray().Count);
        Assert.Equal(204, await cms.Editor.DeleteAsync($"{address}/presence", Ct).StatusAsync());
        Assert.Single((await cms.Viewer.GetJsonAsync(address))["openBy"]!.AsArray());
    }

    [Fact]
    public async Task Presence_ends_by_itself_and_a_later_one_begins_anew()
    {
        var (address, other) = (await AddressAsync(), await AddressAsync());
        var before = await PutAsync(cms.Editor, address);
        await cms.ExecuteAsync(
            """
            update article_presence set since = since - interval '1 hour', expires_at = now() - interval '1 ms'
            where article_id = @id::uuid
            """,
            new { id = address[(address.LastIndexOf('/') + 1)..] }
        );

        Assert.Empty((await cms.Viewer.GetJsonAsync($"{address}/presence"))["data"]!.AsArray());
        Assert.Empty((await cms.Viewer.GetJsonAsync(address))["openBy"]!.AsArray());
        var after = await PutAsync(cms.Editor, address);
        var since = (DateTimeOffset)after["data"]![0]!["since"]!;
        Assert.True(since >= (DateTimeOffset)before["data"]![0]!["since"]!);
        await PutAsync(cms.Viewer, other);
    }

    [Fact]
    public async Task It_blocks_no_save_and_is_in_no_log()
    {
        var address = await AddressAsync();
        await PutAsync(cms.Viewer, address);
        await PutAsync(cms.Viewer, address, "b1");
        var saved = await cms.Editor.ChangeAsync(
            address,
            new JsonObject { ["headline"] = "Saved all the same" }
        );

        Assert.Equal(2, (int?)saved["revision"]);
        var audit = await cms.Editor.GetJsonAsync(
            $"/v1/editorial/audit?entity={address[(address.LastIndexOf('/') + 1)..]}"
        );
        Assert.Equal(
            ["article.change", "article.create"],
            audit["data"]!.AsArray().Select(r => (string?)r!["act"])
        );
    }

    [Fact]
    public async Task Articles_out_of_reach_have_nobody()
    {
        var article = await cms.DraftAsync(new() { ["section"] = await cms.SectionAsync() });
        var address = $"/v1/editorial/articles/{article["id"]}";
        using var elsewhere = cms.Client(
            (await cms.NewKeyAsync(Role.Editor, [await cms.SectionAsync()])).Token
        );

        await elsewhere.GetJsonAsync($"{address}/presence", HttpStatusCode.NotFound);
        await PutAsync(elsewhere, address, HttpStatusCode.NotFound);
        Assert.Equal(404, await elsewhere.DeleteAsync($"{address}/presence", Ct).StatusAsync());
    }

    [Fact]
    public async Task Whoever_polls_an_article_sees_who_comes_and_what_becomes_of_it()
    {
        var address = await AddressAsync();
        await PutAsync(cms.Viewer, address);
        Assert.Single((await PollAsync())["openBy"]!.AsArray());
        await cms.Viewer.DeleteAsync($"{address}/presence", Ct);
        Assert.Empty((await PollAsync())["openBy"]!.AsArray());
        await cms.Editor.ActAsync($"{address}/submit");
        Assert.Equal("inReview", (string?)(await PollAsync())["status"]);

        async Task<JsonObject> PollAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add("If-None-Match", "\"1\"");
            using var answer = await cms.Editor.SendAsync(request, Ct);
            Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
            return await answer.ReadAsync(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Many_come_and_go_at_once()
    {
        var address = await AddressAsync();
        var roles = new[] { "viewer", "contributor", "editor", "admin" };
        await cms.ExecuteAsync("update article_presence set expires_at = now() where expires_at > now()");

        var answers = await RawRequests.TogetherAsync(
            Enumerable
                .Range(0, 40)
                .Select<int, Func<Task<HttpResponseMessage>>>(n =>
                    () => SendAsync(cms.As(roles[n % 4]), address, $"b{n}")
                )
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Equal(4, (await cms.Viewer.GetJsonAsync($"{address}/presence"))["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task Renewing_holds_nothing_that_another_node_needs_while_it_waits()
    {
        var address = await AddressAsync();
        var (mine, theirs) = (await IdOfAsync(cms.Editor), await IdOfAsync(cms.Viewer));
        await PutAsync(cms.Editor, address);
        await PutAsync(cms.Viewer, address);
        await cms.ExecuteAsync(
            "update article_presence set expires_at = now() where article_id = @Id",
            new { Id = IdIn(address) }
        );
        // As another node: it has removed one that ended, and renews the other next.
        await using var connection = new NpgsqlConnection(cms.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (
            var patience = new NpgsqlCommand("set local deadlock_timeout = '1ms'", connection, transaction)
        )
            // So that it would be this one that PostgreSQL ends.
            await patience.ExecuteNonQueryAsync(Ct);
        await ExecuteAsync("delete from article_presence where article_id = $1 and actor_id = $2", mine);

        var renewed = PutAsync(cms.Editor, address);
        await Wait.UntilAsync(
            "it waits",
            () =>
                cms.ScalarAsync<bool>(
                    "select exists (select from pg_stat_activity where @Pid = any(pg_blocking_pids(pid)))",
                    new { Pid = connection.ProcessID }
                )
        );
        await ExecuteAsync(
            """
            update article_presence set expires_at = now() + interval '1 minute'
            where article_id = $1 and actor_id = $2
            """,
            theirs
        );
        await transaction.CommitAsync(Ct);

        Assert.Contains(
            $"{mine}",
            (await renewed)["data"]!.AsArray().Select(p => (string?)p!["actor"]!["id"])
        );

        async Task ExecuteAsync(string sql, Guid actor)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction)
            {
                Parameters =
                {
                    new() { Value = IdIn(address) },
                    new() { Value = actor },
                },
            };
            await command.ExecuteNonQueryAsync(Ct);
        }
    }

    [Fact]
    public async Task Nobody_has_more_articles_open_than_anybody_could()
    {
        var key = await cms.NewKeyAsync(Role.Viewer);
        using var client = cms.Client(key.Token);
        var acts = Enumerable
            .Range(0, PresenceTable.MaxArticles)
            .Select(_ =>
                (JsonNode)
                    new JsonObject
                    {
                        ["act"] = "create",
                        ["article"] = new JsonObject { ["headline"] = Names.Unique("open") },
                    }
            );
        await cms.Editor.PostAsync(
            "/v1/editorial/batch",
            new JsonObject { ["acts"] = new JsonArray([.. acts]) },
            HttpStatusCode.OK
        );
        await cms.ExecuteAsync(
            """
            insert into article_presence (article_id, actor_id, blocks, since, expires_at)
            select id, @Id, '{}', now(), now() + interval '1 minute' from articles
            order by created_at desc limit @MaxArticles
            """,
            new { key.Id, PresenceTable.MaxArticles }
        );
        var another = await AddressAsync();

        var problem = await (await SendAsync(client, another)).ReadAsync(HttpStatusCode.TooManyRequests);

        Assert.Equal("too-many-open-articles", (string?)problem["code"]);
        var open = await cms.ScalarAsync<Guid>(
            "select article_id from article_presence where actor_id = @Id limit 1",
            new { key.Id }
        );
        await PutAsync(client, $"/v1/editorial/articles/{open}");
        await client.DeleteAsync($"/v1/editorial/articles/{open}/presence", Ct);
        await PutAsync(client, another);
    }

    private static async Task<Guid> IdOfAsync(HttpClient client) =>
        Guid.Parse((string)(await client.GetJsonAsync("/v1/editorial/me"))["id"]!);

    private static Guid IdIn(string address) => Guid.Parse(address[(address.LastIndexOf('/') + 1)..]);

    private async Task<string> AddressAsync() => $"/v1/editorial/articles/{(await cms.DraftAsync())["id"]}";

    private static async Task<JsonObject> PutAsync(
        HttpClient client,
        string address,
        params string[] blocks
    ) => await (await SendAsync(client, address, blocks)).ReadAsync(HttpStatusCode.OK);

    private static async Task PutAsync(HttpClient client, string address, HttpStatusCode expected) =>
        await (await SendAsync(client, address)).ReadAsync(expected);

    private static Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        string address,
        params string[] blocks
    ) =>
        client.SendTextAsync(
            HttpMethod.Put,
            $"{address}/presence",
            new JsonObject { ["blocks"] = new JsonArray([.. blocks.Select(b => (JsonNode)b)]) }.ToJsonString()
        );
}
