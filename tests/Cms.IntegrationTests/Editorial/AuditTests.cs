using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Desk;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary>The audit log: every act has its record, and no record can be changed.</summary>
[Collection(WholeLog)]
public sealed class AuditTests(CmsServer cms)
{
    /// <summary>
    /// Tests that hold the whole log, or a record of it, for as long as they take: one would wait for the other.
    /// </summary>
    internal const string WholeLog = "the whole audit log";

    private const string Articles = "/v1/editorial/articles";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_life_of_an_article_is_recorded_act_by_act()
    {
        var article = await cms.DraftAsync();
        var url = $"{Articles}/{article["id"]}";
        await (await cms.Editor.SendPatchAsync(url, new JsonObject { ["deck"] = "New" }, "\"1\"")).ReadAsync(
            HttpStatusCode.OK
        );
        await cms.Editor.PostAsync($"{url}/submit", expected: HttpStatusCode.OK);
        await cms.Editor.PostAsync($"{url}/publish", expected: HttpStatusCode.OK);
        await cms.Editor.PostAsync($"{url}/unpublish", expected: HttpStatusCode.OK);
        await cms.Editor.SendDeleteAsync(url, "\"2\"");
        await cms.Editor.PostAsync($"{url}/restore", expected: HttpStatusCode.OK);
        await cms.Editor.SendDeleteAsync(url, "\"2\"");
        await cms.Admin.SendDeleteAsync($"{url}?permanently=true", "\"2\"");

        Assert.Equal(
            [
                "article.create -1",
                "article.change 1-2",
                "article.submit 2-2",
                "article.publish 2-2",
                "article.unpublish 2-2",
                "article.trash 2-2",
                "article.restore 2-2",
                "article.trash 2-2",
                "article.delete 2-",
            ],
            (await RecordsAsync($"entity={article["id"]}"))
                .Reverse()
                .Select(r => $"{r["act"]} {r["fromRevision"]}-{r["toRevision"]}")
        );
    }

    [Fact]
    public async Task A_record_says_who_did_it_when_and_by_which_request()
    {
        var key = await cms.NewKeyAsync(Role.Editor);
        using var client = cms.Client(key.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/editorial/tags")
        {
            Content = new StringContent($$"""{"name":"{{Names.Unique("tag")}}"}""", null, "application/json"),
        };
        request.Headers.Add("X-Request-Id", "desk-tool-17");
        var before = DateTimeOffset.UtcNow;
        var tag = await (await client.SendAsync(request, Ct)).ReadAsync(HttpStatusCode.Created);

        var record = Assert.Single(await RecordsAsync($"actor={key.Id}"));

        Assert.Equal(key.Name, (string?)record["actor"]!["name"]);
        Assert.Equal((string?)tag["id"], (string?)record["entityId"]);
        Assert.Equal("POST /v1/editorial/tags", (string?)record["request"]);
        Assert.Equal("desk-tool-17", (string?)record["requestId"]);
        Assert.Equal("done", (string?)record["outcome"]);
        Assert.InRange((DateTimeOffset)record["at"]!, before.AddSeconds(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task Publishing_with_a_save_is_recorded_as_both()
    {
        var article = await cms.Editor.PostAsync(
            $"{Articles}?publish=true",
            new JsonObject
            {
                ["headline"] = Names.Unique("Both"),
                ["section"] = await cms.SectionAsync(),
                ["body"] = new JsonObject { ["markdown"] = "One." },
            }
        );

        Assert.Equal(
            ["article.create", "article.publish"],
            (await RecordsAsync($"entity={article["id"]}")).Select(r => (string?)r["act"]).Order()
        );
    }

    [Fact]
    public async Task A_refusal_of_somebody_known_is_recorded_and_what_is_undone_is_not()
    {
        var article = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var (id, url) = (article["id"], $"{Articles}/{article["id"]}");
        // Keys of its own: other tests have more refused in a minute than are recorded one by one.
        using var editor = cms.Client((await cms.NewKeyAsync(Role.Editor)).Token);
        using var stale = await editor.SendPatchAsync(url, new JsonObject { ["deck"] = "x" }, "\"7\"");
        using var invalid = await cms.Editor.PostAsync($"{url}/publish", null, Ct);
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, HttpStatusCode.UnprocessableEntity),
            (stale.StatusCode, invalid.StatusCode)
        );
        var key = await cms.NewKeyAsync(Role.Contributor);
        using var contributor = cms.Client(key.Token);
        using var forbidden = await contributor.PostAsync($"{url}/publish", null, Ct);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);

        Assert.Equal(
            ["article.change refused revision-changed", "article.create done "],
            (await RecordsAsync($"entity={id}")).Select(r => $"{r["act"]} {r["outcome"]} {r["refusal"]}")
        );
        var record = Assert.Single(await RecordsAsync($"actor={key.Id}&outcome=refused"));
        Assert.Equal(
            ("article.publish", "forbidden", $"POST {url}/publish"),
            ((string?)record["act"], (string?)record["refusal"], (string?)record["request"])
        );
    }

    [Fact]
    public async Task Refusals_without_end_are_summed_up()
    {
        var key = await cms.NewKeyAsync(Role.Viewer);
        using var client = cms.Client(key.Token);
        for (var n = 0; n < RefusedActs.MaxPerMinute + 7; n++)
            await client.PostAsync($"{Articles}/any/publish", expected: HttpStatusCode.Forbidden);
        Assert.Equal(RefusedActs.MaxPerMinute, (await RecordsAsync($"actor={key.Id}")).Count);

        await cms
            .Services.GetRequiredService<RefusedActs>()
            .SumUpAsync(DateTimeOffset.UtcNow.AddMinutes(1), Ct);

        var records = await RecordsAsync($"actor={key.Id}");
        Assert.Equal(RefusedActs.MaxPerMinute + 1, records.Count);
        Assert.Equal(
            ("article.publish", "refused", "forbidden"),
            ((string?)records[0]["act"], (string?)records[0]["outcome"], (string?)records[0]["refusal"])
        );
        Assert.StartsWith("Stands for 7 refusals", (string?)records[0]["note"], StringComparison.Ordinal);
        // The next minute begins anew.
        await client.PostAsync($"{Articles}/any/publish", expected: HttpStatusCode.Forbidden);
        Assert.Equal(records.Count + 1, (await RecordsAsync($"actor={key.Id}")).Count);
    }

    [Fact]
    public async Task Keys_and_webhooks_are_recorded_without_their_secrets()
    {
        var key = await cms.Admin.PostAsync(
            "/v1/editorial/keys",
            new JsonObject { ["name"] = Names.Unique("key"), ["role"] = "viewer" }
        );
        await cms.Admin.SendDeleteAsync($"/v1/editorial/keys/{key["id"]}", null);

        var records = await RecordsAsync($"entity={key["id"]}");

        Assert.Equal(["key.revoke", "key.create"], records.Select(r => (string?)r["act"]));
        Assert.DoesNotContain((string)key["token"]!, string.Concat(records.Select(r => r.ToJsonString())));
    }

    [Theory]
    [InlineData("update audit_log set actor_name = 'somebody else'")]
    [InlineData("delete from audit_log")]
    [InlineData("truncate audit_log")]
    public async Task Nothing_changes_or_deletes_a_record(string statement)
    {
        await cms.DraftAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => cms.ExecuteAsync(statement));

        Assert.Equal("The audit log is append-only.", refused.MessageText);
    }

    [Fact]
    public async Task Filters_narrow_the_log_and_pages_go_through_it()
    {
        var key = await cms.NewKeyAsync(Role.Editor);
        using var client = cms.Client(key.Token);
        for (var i = 0; i < 5; i++)
            await client.PostAsync(Articles, new JsonObject { ["headline"] = Names.Unique("Article") });
        await client.PostAsync("/v1/editorial/tags", new JsonObject { ["name"] = Names.Unique("tag") });

        var seen = new List<string?>();
        for (var next = $"/v1/editorial/audit?actor={key.Id}&act=article.create&limit=2"; next is not null; )
        {
            var page = await cms.Editor.GetJsonAsync(next);
            seen.AddRange(page["data"]!.AsArray().Select(r => (string?)r!["id"]));
            next = page["page"]!["next"] is { } cursor
                ? $"/v1/editorial/audit?actor={key.Id}&act=article.create&limit=2&cursor={cursor}"
                : null;
        }

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
        Assert.Empty(await RecordsAsync($"actor={key.Id}&before=2020-01-01T00:00:00Z"));
        Assert.Equal(6, (await RecordsAsync($"actor={key.Id}&after=2020-01-01T00:00:00Z")).Count);
    }

    [Fact]
    public async Task Lines_are_the_whole_log_of_a_filter()
    {
        var key = await cms.NewKeyAsync(Role.Editor);
        using var client = cms.Client(key.Token);
        for (var i = 0; i < 25; i++)
            await client.PostAsync(Articles, new JsonObject { ["headline"] = Names.Unique("Article") });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/editorial/audit?actor={key.Id}");
        request.Headers.Add("Accept", "application/x-ndjson");

        using var response = await cms.Editor.SendAsync(request, Ct);

        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(Ct)).Split('\n')[..^1];
        Assert.Equal(25, lines.Select(line => (string?)JsonNode.Parse(line)!["id"]).Distinct().Count());
    }

    [Fact]
    public async Task An_unknown_act_is_named_with_the_nearest()
    {
        var problem = await cms.Editor.GetJsonAsync(
            "/v1/editorial/audit?act=article.publsh",
            HttpStatusCode.BadRequest
        );

        Assert.Contains(
            "article.publish",
            (string?)problem["errors"]![0]!["detail"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Only_editors_of_all_sections_read_it()
    {
        var limited = await cms.NewKeyAsync(Role.Editor, [await cms.SectionAsync()]);
        using var client = cms.Client(limited.Token);

        await client.GetJsonAsync("/v1/editorial/audit", HttpStatusCode.Forbidden);
        await cms.Contributor.GetJsonAsync("/v1/editorial/audit", HttpStatusCode.Forbidden);
        await cms.Anonymous.GetJsonAsync("/v1/editorial/audit", HttpStatusCode.Unauthorized);
    }

    private async Task<IReadOnlyList<JsonNode>> RecordsAsync(string query) =>
        [
            .. (await cms.Editor.GetJsonAsync($"/v1/editorial/audit?limit=100&{query}"))["data"]!
                .AsArray()
                .Select(r => r!),
        ];
}
