using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Cms.ProcessTests.Sync;

namespace Cms.ProcessTests;

/// <summary>
/// The server killed while it delivers webhooks: nothing is lost, nothing changes, nothing overtakes.
/// </summary>
public sealed class WebhookCrashTests(Newsrooms newsrooms)
{
    private const int Articles = 6;
    private const int Changes = 8;

    // The demo has a webhook too, which is paused.
    private const string SelectPosition = "select position from webhooks where paused_at is null";

    private static readonly Dictionary<string, string> Settings = new()
    {
        ["Cms__WebhookAllowHttp"] = "true",
        ["Cms__WebhookAllowPrivate"] = "true",
        ["Cms__WebhookTimeout"] = "1",
        ["Cms__WebhookFirstRetry"] = "1",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_arrives_unchanged_and_in_order_however_often_the_server_is_killed()
    {
        var kills = Depth.IsLong ? 100 : 3;
        var chance = new Random(20260704);
        await using var receiver = await WebhookReceiver.StartAsync();
        var data = await newsrooms.SeededAsync();
        var server = await CmsProcess.ServeAsync(data, Settings);
        List<string> articles;
        long begin;
        using (var admin = server.Admin())
        {
            await admin.PostAsync(
                "/v1/editorial/webhooks",
                new JsonObject { ["url"] = receiver.Url, ["events"] = new JsonArray("*") }
            );
            begin = await Sql.ScalarAsync<long>(Sql.Of(server), SelectPosition);
            articles =
            [
                .. (await admin.GetJsonAsync($"/v1/editorial/articles?status=published&limit={Articles}"))[
                    "data"
                ]!
                    .AsArray()
                    .Select(a => (string)a!["id"]!),
            ];
        }

        for (var kill = 1; kill <= kills; kill++)
        {
            var editors = Task.WhenAll(articles.Select(article => EditAsync(server, article)));
            var until = receiver.Count + chance.Next(1, 40);
            await Wait.UntilAsync($"deliveries before kill {kill}", () => receiver.Count >= until);
            var postgres = server.PostgresId;
            server.Signal(Signals.Kill);
            if (kill % 3 == 0)
                Signals.Send(postgres, Signals.Kill);
            await editors;
            await server.DisposeAsync();
            server = await CmsProcess.ServeAsync(data, Settings);
        }

        var database = Sql.Of(server);
        var events = await Sql.ColumnAsync<string>(
            database,
            $"select id::text from events where sequence > {begin} order by sequence"
        );
        await Wait.UntilAsync("the rest", () => AreDeliveredAsync(database));
        await server.DisposeAsync();

        Assert.True(events.Count > kills, $"{events.Count} events");
        var told = receiver.All;
        RequireAll(events, told);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills, {events.Count} events, {told.Count} requests"
        );
    }

    [Fact]
    public async Task Two_nodes_share_the_work_and_keep_its_order()
    {
        Depth.IsDeep();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var postgres = await newsrooms.OwnAsync();
        var database = postgres.Newsroom;
        var settings = new Dictionary<string, string>(Settings);
        foreach (var (name, value) in Newsrooms.Using(database))
            settings[name] = value;
        (await CmsProcess.RunAsync(["seed"], settings)).Done();
        await using var one = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        await using var two = await CmsProcess.ServeAsync(newsrooms.NewData(), settings);
        using var here = one.Client(postgres.Token);
        using var there = two.Client(postgres.Token);
        await here.PostAsync(
            "/v1/editorial/webhooks",
            new JsonObject { ["url"] = receiver.Url, ["events"] = new JsonArray("*") }
        );
        var begin = await Sql.ScalarAsync<long>(database, SelectPosition);
        var articles = (await here.GetJsonAsync($"/v1/editorial/articles?status=published&limit={Articles}"))[
            "data"
        ]!
            .AsArray()
            .Select(a => (string)a!["id"]!);

        // Each article is changed on both nodes in turn.
        await Task.WhenAll(
            articles.Select(async article =>
            {
                for (var n = 0; n < Changes; n++)
                    await ChangeAsync(n % 2 == 0 ? here : there, article, $"Deck {n}");
            })
        );

        var events = await Sql.ColumnAsync<string>(
            database,
            $"select id::text from events where sequence > {begin} order by sequence"
        );
        await Wait.UntilAsync("all deliveries", () => AreDeliveredAsync(database));
        Assert.True(events.Count >= Changes * Articles, $"{events.Count} events");
        RequireAll(events, receiver.All);
    }

    private static Task<bool> AreDeliveredAsync(string database) =>
        Sql.ScalarAsync<bool>(
            database,
            """
            select w.position = f.head and not exists (select from webhook_deliveries d
                where d.webhook_id = w.id and d.status = 'pending')
            from webhooks w, change_feed f where w.paused_at is null
            """
        );

    /// <summary>Every event has arrived, the same each time, and nothing after what follows it.</summary>
    private static void RequireAll(IReadOnlyList<string> events, IReadOnlyList<Told> told)
    {
        Assert.Equal(
            events.Order(StringComparer.Ordinal),
            told.Where(t => t.Accepted).Select(t => t.Id).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.All(told.GroupBy(t => t.Id), same => Assert.Single(same.Select(t => t.Body).Distinct()));
        var order = events.Index().ToDictionary(e => e.Item, e => e.Index, StringComparer.Ordinal);
        foreach (var thing in told.GroupBy(t => t.Entity, StringComparer.Ordinal))
        {
            var ranks = thing.Select(t => order[t.Id]).ToList();
            // Something may come twice, but never after the one that follows it.
            Assert.True(ranks.SequenceEqual(ranks.Order()), $"{thing.Key}: {string.Join(' ', ranks)}");
        }
    }

    /// <summary>Changes an article and publishes it, again and again, until the server is gone.</summary>
    private static async Task EditAsync(CmsProcess server, string article)
    {
        using var desk = server.Admin();
        try
        {
            for (var n = 0; n < 40; n++)
                await ChangeAsync(desk, article, $"Deck {n} of {server.Id}");
        }
        catch (Exception e) when (Nodes.IsOutage(e))
        {
            // As it was to end.
        }
    }

    private static async Task ChangeAsync(HttpClient desk, string article, string deck)
    {
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/v1/editorial/articles/{article}")
        {
            Content = new StringContent(
                new JsonObject { ["deck"] = deck }.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/merge-patch+json"
            ),
        };
        patch.Headers.TryAddWithoutValidation("If-Match", "*");
        using var changed = await desk.SendAsync(patch, Ct);
        using var published = await desk.PostAsync($"/v1/editorial/articles/{article}/publish", null, Ct);
    }
}
