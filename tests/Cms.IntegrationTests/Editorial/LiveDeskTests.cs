using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Editorial.Live;
using Cms.IntegrationTests.Sync;
using Cms.Platform.Http.Load;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary><c>GET /v1/editorial/events</c>. Other tests are at the desk too: each looks for its own.</summary>
[Collection(AuditTests.WholeLog)]
public sealed class LiveDeskTests(CmsServer cms)
{
    private const string Events = "/v1/editorial/events";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_act_is_told_with_who_did_it_and_what_it_led_to()
    {
        await using var events = await EventReader.OpenAsync(cms.Viewer, Events);
        var article = await cms.DraftAsync();
        var address = Address(article);
        var changed = await cms.Editor.ChangeAsync(address, new JsonObject { ["headline"] = "Another" });

        var created = await ActAsync(events, article);
        var told = await ActAsync(events, article);

        Assert.Equal(("article.create", 1), ((string?)created["act"], (int?)created["toRevision"]));
        Assert.Equal(
            ("article.change", "article", 1, 2),
            (
                (string?)told["act"],
                (string?)told["entity"],
                (int?)told["fromRevision"],
                (int?)told["toRevision"]
            )
        );
        Assert.Equal((string?)changed["updatedBy"]!["id"], (string?)told["actor"]!["id"]);
        Assert.Equal("key", (string?)told["actor"]!["kind"]);
    }

    [Fact]
    public async Task A_client_that_comes_back_misses_nothing_and_gets_nothing_twice()
    {
        var article = await cms.DraftAsync();
        string lastId;
        await using (var events = await EventReader.OpenAsync(cms.Viewer, Events))
        {
            await cms.Editor.ActAsync($"{Address(article)}/submit");
            await ActAsync(events, article, "article.submit");
            lastId = events.LastId!;
        }
        for (var i = 0; i < 3; i++)
            await cms.Editor.ChangeAsync(
                Address(article),
                new JsonObject { ["headline"] = $"Meanwhile {i}" }
            );

        await using var again = await EventReader.OpenAsync(cms.Viewer, Events, lastId);

        for (var revision = 2; revision <= 4; revision++)
            Assert.Equal(revision, (int?)(await ActAsync(again, article))["toRevision"]);
    }

    [Fact]
    public async Task An_act_that_commits_late_is_not_skipped()
    {
        var (late, soon) = (await cms.DraftAsync(), await cms.DraftAsync());
        await using var events = await EventReader.OpenAsync(cms.Viewer, Events);
        // As another node has it: begun first, and not yet committed.
        await using var connection = new NpgsqlConnection(cms.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var insert = new NpgsqlCommand(
            """
            insert into audit_log (id, at, actor_name, act, entity_type, entity_id, outcome)
            values (gen_random_uuid(), now(), 'another node', 'article.change', 'article', $1, 'done')
            """,
            connection,
            transaction
        )
        {
            Parameters = { new() { Value = Guid.Parse((string)late["id"]!) } },
        };
        await insert.ExecuteNonQueryAsync(Ct);
        await cms.Editor.ChangeAsync(Address(soon), new JsonObject { ["headline"] = "Committed first" });
        // The stream looks in between, and tells of neither.
        await PutPresenceAsync(cms.Editor, soon);
        JsonObject between;
        do
        {
            between = await events.NextAsync();
            Assert.False(IsChangeOf(soon, between));
        } while ((string?)between["article"] != (string?)soon["id"]);

        await transaction.CommitAsync(Ct);

        var order = new List<string>();
        while (order.Count < 2)
            if (await events.NextAsync() is { } told && (IsChangeOf(late, told) || IsChangeOf(soon, told)))
                order.Add((string)told["entityId"]!);
        Assert.Equal([(string)late["id"]!, (string)soon["id"]!], order);
    }

    [Fact]
    public async Task A_limited_key_is_told_of_its_sections_only()
    {
        var (mine, other) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        await using var events = await EventReader.OpenAsync(client, Events);
        var hidden = await cms.DraftAsync(new() { ["section"] = other });
        await PutPresenceAsync(cms.Editor, hidden);
        var seen = await cms.DraftAsync(new() { ["section"] = mine });
        await PutPresenceAsync(cms.Editor, seen);

        // Whatever else the others do: these are all that there is.
        var told = new[] { await events.NextAsync(), await events.NextAsync() };

        Assert.Equal(
            [(string?)seen["id"], (string?)seen["id"]],
            told.Select(t => (string?)(t["entityId"] ?? t["article"])).ToArray()
        );
    }

    [Fact]
    public async Task A_limited_key_learns_that_an_article_has_left_its_sections_and_not_what_becomes_of_it()
    {
        var (mine, other) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var client = cms.Client((await cms.NewKeyAsync(Role.Viewer, [mine])).Token);
        await using var events = await EventReader.OpenAsync(client, Events);
        var moved = await cms.DraftAsync(new() { ["section"] = mine });
        var erased = await cms.DraftAsync(new() { ["section"] = mine });
        var never = await cms.DraftAsync(new() { ["section"] = other });

        await cms.Editor.ChangeAsync(Address(moved), new JsonObject { ["section"] = other });
        await cms.Editor.ChangeAsync(Address(moved), new JsonObject { ["headline"] = "Elsewhere" });
        await EraseAsync(erased);
        await EraseAsync(never);
        await EraseAsync(moved);
        var last = await cms.DraftAsync(new() { ["section"] = mine });

        var told = new List<(string?, string?, string?)>();
        do
        {
            var data = await events.NextAsync();
            var id = (string?)(data["entityId"] ?? data["article"]);
            told.Add((events.LastType, (string?)data["act"], id));
        } while (told[^1].Item3 != (string?)last["id"]);
        Assert.Equal(
            [
                ("act", "article.create", (string?)moved["id"]),
                ("act", "article.create", (string?)erased["id"]),
                ("gone", null, (string?)moved["id"]),
                ("act", "article.trash", (string?)erased["id"]),
                ("act", "article.delete", (string?)erased["id"]),
                ("act", "article.create", (string?)last["id"]),
            ],
            told
        );

        async Task EraseAsync(JsonObject article)
        {
            foreach (var how in new[] { "", "?permanently=true" })
            {
                var now = await cms.Admin.GetJsonAsync(Address(article));
                using var answer = await cms.Admin.SendDeleteAsync(
                    Address(article) + how,
                    $"\"{now["revision"]}\""
                );
                Assert.True(answer.IsSuccessStatusCode);
            }
        }
    }

    [Fact]
    public async Task Streams_are_told_while_all_places_of_the_desk_are_taken()
    {
        var article = await cms.DraftAsync();
        await using var events = await EventReader.OpenAsync(cms.Viewer, Events);
        var admission = cms.Services.GetRequiredService<Admission>();
        var taken = new List<IDisposable>();
        try
        {
            for (var n = cms.Services.GetRequiredService<AdmissionBounds>().Desk; n > 0; n--)
                taken.Add(await admission.TakeAsync(Share.Desk, Ct));

            // As another node does it.
            await cms.ExecuteAsync(
                """
                insert into audit_log (id, at, actor_name, act, entity_type, entity_id, outcome)
                values (gen_random_uuid(), now(), 'another node', 'article.change', 'article', @id::uuid, 'done')
                """,
                new { id = (string)article["id"]! }
            );

            Assert.Equal(
                "another node",
                (string?)(await ActAsync(events, article, "article.change"))["actor"]!["name"]
            );
        }
        finally
        {
            taken.ForEach(place => place.Dispose());
        }
    }

    [Fact]
    public async Task One_look_serves_all_streams_of_a_server()
    {
        var streams = new List<EventReader>();
        for (var n = 0; n < 8; n++)
            streams.Add(await EventReader.OpenAsync(cms.Viewer, Events));
        await using var connection = new NpgsqlConnection(cms.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using var hold = new NpgsqlCommand(
            "lock table article_presence in access exclusive mode",
            connection,
            transaction
        );
        await hold.ExecuteNonQueryAsync(Ct);

        // Each look waits for the lock. Twice as long as there is between two, all that look have come.
        const string looks = """
            from pg_stat_activity
            where @Pid = any(pg_blocking_pids(pid)) and query like 'select a.id article_id,%open_by%'
            """;
        await Wait.UntilAsync(
            "a look that waits",
            () =>
                cms.ScalarAsync<bool>(
                    $"select coalesce(min(query_start) < clock_timestamp() - interval '1 second', false) {looks}",
                    new { Pid = connection.ProcessID }
                )
        );

        Assert.Equal(
            1,
            await cms.ScalarAsync<long>($"select count(*) {looks}", new { Pid = connection.ProcessID })
        );
        await transaction.RollbackAsync(Ct);
        foreach (var stream in streams)
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_has_so_many_streams_and_another_one_when_one_ends()
    {
        using var client = cms.Client((await cms.NewKeyAsync(Role.Viewer)).Token);
        var streams = new List<EventReader>();
        for (var n = 0; n < DeskPlaces.MaxPerCaller; n++)
            streams.Add(await EventReader.OpenAsync(client, Events));

        var problem = await client.GetJsonAsync(Events, HttpStatusCode.TooManyRequests);

        Assert.Equal("too-many-streams", (string?)problem["code"]);
        Assert.Contains("This key has 20 open streams", (string?)problem["detail"], StringComparison.Ordinal);
        await using (await EventReader.OpenAsync(cms.Viewer, Events))
            await streams[0].DisposeAsync();
        await Wait.UntilAsync(
            "a place",
            async () =>
            {
                using var answer = await client.GetAsync(
                    Events,
                    HttpCompletionOption.ResponseHeadersRead,
                    Ct
                );
                return answer.IsSuccessStatusCode;
            }
        );
        foreach (var stream in streams.Skip(1))
            await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_is_far_behind_is_told_all_in_order()
    {
        var article = await cms.DraftAsync();
        await using var first = await EventReader.OpenAsync(cms.Viewer, Events);
        var begin = first.LastId!;
        // More than memory holds, each in a transaction of its own.
        await using (var connection = new NpgsqlConnection(cms.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var insert = new NpgsqlCommand(
                $$"""
                do $do$ begin
                    for n in 1..1200 loop
                        insert into audit_log (id, at, actor_name, act, entity_type, entity_id, to_revision, outcome)
                        values (gen_random_uuid(), now(), 'many', 'article.change', 'article',
                            '{{article["id"]}}', n, 'done');
                        commit;
                    end loop;
                end $do$
                """,
                connection
            );
            await insert.ExecuteNonQueryAsync(Ct);
        }

        foreach (var lastId in new[] { null, begin })
        {
            await using var events = lastId is null
                ? null
                : await EventReader.OpenAsync(cms.Viewer, Events, lastId);
            for (var n = 1; n <= 1200; n++)
                Assert.Equal(
                    n,
                    (int?)(await ActAsync(events ?? first, article, "article.change"))["toRevision"]
                );
        }
    }

    [Fact]
    public async Task Acts_on_keys_are_for_those_who_manage_them()
    {
        await using var editor = await EventReader.OpenAsync(cms.Editor, Events);
        await using var admin = await EventReader.OpenAsync(cms.Admin, Events);
        var key = await cms.Admin.PostAsync(
            "/v1/editorial/keys",
            new JsonObject { ["name"] = "Told of", ["role"] = "viewer" }
        );
        var after = await cms.DraftAsync();

        while ((string?)(await admin.NextAsync())["entityId"] != (string?)key["id"]) { }
        for (string? id = null; id != (string?)after["id"]; )
        {
            id = (string?)(await editor.NextAsync())["entityId"];
            Assert.NotEqual((string?)key["id"], id);
        }
    }

    [Fact]
    public async Task Who_has_an_article_open_is_told_when_it_changes()
    {
        var article = await cms.DraftAsync();
        await PutPresenceAsync(cms.Viewer, article);
        await using var events = await EventReader.OpenAsync(cms.Viewer, Events);

        Assert.Equal(1, await OpenAsync(events, article));
        await PutPresenceAsync(cms.Editor, article);
        Assert.Equal(2, await OpenAsync(events, article));
        await cms.Editor.DeleteAsync($"{Address(article)}/presence", Ct);
        Assert.Equal(1, await OpenAsync(events, article));
        await cms.ExecuteAsync(
            "update article_presence set expires_at = now() where article_id = @id::uuid",
            new { id = (string)article["id"]! }
        );
        Assert.Equal(0, await OpenAsync(events, article));
    }

    [Fact]
    public async Task A_stream_ends_with_its_key()
    {
        var key = await cms.NewKeyAsync(Role.Viewer);
        using var client = cms.Client(key.Token);
        await using var events = await EventReader.OpenAsync(client, Events);

        // As another node does it: nobody tells this one.
        await cms.ExecuteAsync("update api_keys set revoked_at = now() where id = @Id", new { key.Id });
        var article = await cms.DraftAsync();

        JsonObject last;
        do last = await events.NextAsync();
        while (events.LastType != "end" && (string?)last["entityId"] != (string?)article["id"]);
        Assert.Equal(("end", "unauthenticated"), (events.LastType, (string?)last["code"]));
    }

    [Fact]
    public async Task An_id_that_is_made_up_is_400_and_one_that_cannot_be_resumed_410()
    {
        var feed = cms.Services.GetRequiredService<DeskFeed>();
        var now = await feed.BeginAsync(null, Ct);

        Assert.Equal("invalid-cursor", await RefusedAsync("made-up", HttpStatusCode.BadRequest));
        foreach (
            var lost in new[] { now with { Epoch = Guid.NewGuid() }, now with { At = now.At.AddDays(-2) } }
        )
            Assert.Equal("sync-expired", await RefusedAsync(feed.Write(lost), HttpStatusCode.Gone));
        await using var events = await EventReader.OpenAsync(cms.Viewer, Events, feed.Write(now));
    }

    private async Task<string?> RefusedAsync(string lastId, HttpStatusCode status)
    {
        using var client = cms.As("viewer");
        client.DefaultRequestHeaders.Add("Last-Event-ID", lastId);
        return (string?)(await client.GetJsonAsync(Events, status))["code"];
    }

    /// <summary>
    /// The next act on an article. A stream begins before what was under way, of whomever: it may tell of acts from
    /// just before, such as that the article was opened.
    /// </summary>
    private static async Task<JsonObject> ActAsync(EventReader events, JsonObject article, string? act = null)
    {
        while (true)
            if (
                await events.NextAsync() is { } told
                && events.LastType == "act"
                && (string?)told["entityId"] == (string?)article["id"]
                && (act is null || (string?)told["act"] == act)
            )
                return told;
    }

    private static bool IsChangeOf(JsonObject article, JsonObject told) =>
        (string?)told["entityId"] == (string?)article["id"] && (string?)told["act"] == "article.change";

    private static async Task<int> OpenAsync(EventReader events, JsonObject article)
    {
        while (true)
            if (
                await events.NextAsync() is { } told
                && events.LastType == "presence"
                && (string?)told["article"] == (string?)article["id"]
            )
                return told["openBy"]!.AsArray().Count;
    }

    private static async Task PutPresenceAsync(HttpClient client, JsonObject article) =>
        await (await client.SendTextAsync(HttpMethod.Put, $"{Address(article)}/presence", "{}")).ReadAsync(
            HttpStatusCode.OK
        );

    private static string Address(JsonObject article) => $"/v1/editorial/articles/{article["id"]}";
}
