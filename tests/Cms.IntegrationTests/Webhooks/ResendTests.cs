using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Webhooks;

/// <summary>Sent again on request: one delivery, a time, a ping.</summary>
[Collection(nameof(AllEvents))]
public sealed class ResendTests(CmsServer cms)
{
    [Fact]
    public async Task A_delivery_is_sent_again_with_its_id_and_its_bytes()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await cms.HookAsync(receiver.Url, "article.unpublished");
        var article = await cms.PublishedAsync();
        await cms.UnpublishAsync(article);
        await Wait.UntilAsync("the delivery", () => receiver.About(article).Count == 1);
        var first = await FindAsync(hook, article, "delivered");

        var again = await cms.Admin.PostAsync(
            $"{Hooks.Address}/{hook["id"]}/deliveries/{first["id"]}/redeliver",
            expected: HttpStatusCode.Accepted
        );
        Assert.NotEqual((string?)first["id"], (string?)again["id"]);
        Assert.Equal((string?)first["eventId"], (string?)again["eventId"]);
        Assert.Equal("pending", (string?)again["status"]);
        await Wait.UntilAsync("it comes again", () => receiver.About(article).Count == 2);
        Assert.Single(receiver.About(article).Select(r => (r.Id, r.Body)).Distinct());
        await Wait.UntilAsync(
            "its log",
            async () =>
                (string?)
                    (await cms.Admin.GetJsonAsync($"{Hooks.Address}/{hook["id"]}/deliveries/{again["id"]}"))[
                        "status"
                    ] == "delivered"
        );

        foreach (
            var url in new[]
            {
                $"{Hooks.Address}/{hook["id"]}/deliveries/{Guid.CreateVersion7()}/redeliver",
                // Another webhook's.
                $"{Hooks.Address}/{(await cms.HookAsync(receiver.Url, "article.deleted"))["id"]}/"
                    + $"deliveries/{first["id"]}/redeliver",
            }
        )
            await cms.Admin.PostAsync(url, expected: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_delivery_that_waits_is_tried_at_once()
    {
        var isWell = false;
        await using var receiver = await Receiver.StartAsync(
            (context, received) => Receiver.Always(Volatile.Read(ref isWell) ? 200 : 500)(context, received)
        );
        var hook = await cms.HookAsync(receiver.Url, "article.unpublished");
        var article = await cms.PublishedAsync();
        await cms.UnpublishAsync(article);
        await Wait.UntilAsync("a failure", () => receiver.About(article).Count > 0);
        // Its next attempt is far away.
        await Wait.UntilAsync(
            "the failure is written down",
            async () =>
                await cms.ExecuteAsync(
                    """
                    update webhook_deliveries set next_attempt_at = now() + interval '1 hour'
                    where webhook_id = @id::uuid and lease is null and attempts > 0
                    """,
                    new { id = (string)hook["id"]! }
                ) > 0
        );
        // And it has asked for patience.
        await cms.ExecuteAsync(
            "update webhooks set not_before = now() + interval '1 hour' where id = @id::uuid",
            new { id = (string)hook["id"]! }
        );
        Volatile.Write(ref isWell, true);
        var waiting = await FindAsync(hook, article, "pending");
        var same = await cms.Admin.PostAsync(
            $"{Hooks.Address}/{hook["id"]}/deliveries/{waiting["id"]}/redeliver",
            expected: HttpStatusCode.Accepted
        );
        Assert.Equal((string?)waiting["id"], (string?)same["id"]);
        await FindAsync(hook, article, "delivered");
    }

    [Fact]
    public async Task A_time_is_replayed_in_order_with_the_ids_that_were()
    {
        await using var receiver = await Receiver.StartAsync();
        var outside = await cms.PublishedAsync();
        var from = await NowAsync();
        var article = await cms.PublishedAsync();
        await cms.RepublishAsync(article);
        await cms.UnpublishAsync(article);
        var to = await NowAsync();
        var later = await cms.PublishedAsync();
        // It was made after all of that.
        var hook = await cms.HookAsync(receiver.Url, "article.*");

        var replayed = await ReplayAsync(hook, from, to);
        Assert.True(replayed >= 3, $"{replayed}");
        await Wait.UntilAsync("the replay", () => receiver.About(article).Count == 3);
        Assert.Equal(
            ["article.published", "article.updated", "article.unpublished"],
            receiver.About(article).Select(r => r.Type)
        );
        var ids = await cms.ScalarAsync<string>(
            "select string_agg(id::text, ' ' order by sequence) from events where entity_id = @id::uuid",
            new { id = (string)article["id"]! }
        );
        Assert.Equal(ids, string.Join(' ', receiver.About(article).Select(r => r.Id)));

        // And again: what was delivered is delivered once more, byte for byte.
        await ReplayAsync(hook, from, to);
        await Wait.UntilAsync("once more", () => receiver.About(article).Count == 6);
        Assert.Equal(3, receiver.About(article).Select(r => (r.Id, r.Body)).Distinct().Count());
        Assert.Empty(receiver.About(outside));
        Assert.Empty(receiver.About(later));
    }

    [Fact]
    public async Task A_replay_does_not_double_what_is_still_to_be_sent()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Always(500));
        var hook = await cms.HookAsync(receiver.Url, "article.unpublished");
        var from = await NowAsync();
        var article = await cms.PublishedAsync();
        await cms.UnpublishAsync(article);
        await Wait.UntilAsync("a failure", () => receiver.About(article).Count > 0);
        var before = (await cms.DeliveriesAsync(hook)).Count(d => IsAbout(d!, article));
        await ReplayAsync(hook, from, null);
        Assert.Equal(before, (await cms.DeliveriesAsync(hook)).Count(d => IsAbout(d!, article)));
    }

    [Fact]
    public async Task What_still_waits_comes_once_more_behind_what_is_replayed_before_it()
    {
        var isWell = true;
        await using var receiver = await Receiver.StartAsync(
            (context, received) => Receiver.Always(Volatile.Read(ref isWell) ? 200 : 500)(context, received)
        );
        var hook = await cms.HookAsync(receiver.Url, "article.published", "article.unpublished");
        var from = await NowAsync();
        var article = await cms.PublishedAsync();
        await FindAsync(hook, article, "delivered");
        var between = await NowAsync();
        Volatile.Write(ref isWell, false);
        await cms.UnpublishAsync(article);
        await Wait.UntilAsync("a failure", () => receiver.About(article).Count > 1);

        // Also where it lies beyond the time that is replayed.
        await ReplayAsync(hook, from, between);
        Volatile.Write(ref isWell, true);
        // The last that is heard of it is the last that happened to it.
        await Wait.UntilAsync(
            "all of it",
            () =>
                receiver
                    .About(article)
                    .Select(r => r.Type)
                    .TakeLast(3)
                    .SequenceEqual(["article.unpublished", "article.published", "article.unpublished"])
        );
        Assert.Equal(2, receiver.About(article).Select(r => r.Id).Distinct().Count());
    }

    [Theory]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "/to out-of-range")]
    [InlineData("""{"to":"2026-01-01T00:00:00Z"}""", "/from missing")]
    [InlineData("""{"from":"yesterday"}""", "/from wrong-type")]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","until":null}""", "/until unknown-member")]
    public async Task What_is_no_time_is_refused(string body, string fault)
    {
        var hook = await cms.HookAsync("http://127.0.0.1:9999", "article.deleted");
        using var response = await cms.Admin.SendTextAsync(
            HttpMethod.Post,
            $"{Hooks.Address}/{hook["id"]}/replay",
            body
        );
        Assert.Equal([fault], (await response.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults());
    }

    [Fact]
    public async Task A_ping_says_what_came_back()
    {
        await using var receiver = await Receiver.StartAsync(
            async (context, _) =>
            {
                context.Response.StatusCode = 418;
                await context.Response.Body.WriteAsync("I am a teapot"u8.ToArray());
            }
        );
        var hook = await cms.HookAsync(receiver.Url, "article.deleted");
        var pong = await cms.PingAsync(hook);
        Assert.Equal(
            (false, 418, "I am a teapot", "The receiver answered 418."),
            ((bool)pong["succeeded"]!, (int)pong["status"]!, (string?)pong["answer"], (string?)pong["error"])
        );
        var sent = Assert.Single(receiver.All);
        Assert.Equal("webhook.ping", sent.Type);
        Assert.Equal([sent.SignatureWith((string)hook["secret"]!)], sent.Signatures);
        Assert.Equal(sent.Id, (string?)pong["eventId"]);
        Assert.Empty(await cms.DeliveriesAsync(hook));
        Assert.Equal(0, (int?)(await cms.ReadHookAsync(hook))["failuresInRow"]);
    }

    [Fact]
    public async Task A_ping_to_nobody_says_so()
    {
        string url;
        await using (var closed = await Receiver.StartAsync())
            url = closed.Url;
        var pong = await cms.PingAsync(await cms.HookAsync(url, "article.deleted"));
        Assert.Equal(false, (bool?)pong["succeeded"]);
        Assert.Null(pong["status"]);
        Assert.StartsWith("No connection could be made", (string?)pong["error"], StringComparison.Ordinal);
    }

    private static bool IsAbout(JsonNode delivery, JsonNode thing) =>
        (string?)delivery["entity"] == $"article:{thing["id"]}";

    /// <summary>Waits for the delivery about a thing to have a status.</summary>
    private async Task<JsonNode> FindAsync(JsonObject hook, JsonNode thing, string status)
    {
        JsonNode? found = null;
        await Wait.UntilAsync(
            $"a {status} delivery",
            async () =>
                (
                    found = (await cms.DeliveriesAsync(hook, $"&status={status}")).FirstOrDefault(d =>
                        IsAbout(d!, thing)
                    )
                )
                    is not null
        );
        return found!;
    }

    private async Task<int> ReplayAsync(JsonObject hook, string from, string? to) =>
        (int)
            (
                await cms.Admin.PostAsync(
                    $"{Hooks.Address}/{hook["id"]}/replay",
                    new JsonObject { ["from"] = from, ["to"] = to },
                    HttpStatusCode.Accepted
                )
            )["deliveries"]!;

    /// <summary>
    /// A time after everything that has happened, and before everything to come: the feed's own clock.
    /// </summary>
    private async Task<string> NowAsync() =>
        (
            await cms.ScalarAsync<string>(
                """
                select to_char(greatest(changed_at,
                    clock_timestamp()) at time zone 'UTC'
                    + interval '1 microsecond', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from change_feed
                """
            )
        )!;
}
