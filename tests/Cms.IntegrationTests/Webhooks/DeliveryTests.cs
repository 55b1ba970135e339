using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Cms.IntegrationTests.Webhooks;

/// <summary>What happens is told, in order, until it is heard.</summary>
[Collection(nameof(AllEvents))]
public sealed class DeliveryTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_publication_is_told_as_the_specification_has_it()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await cms.HookAsync(receiver.Url, "article.published");
        var before = TimeProvider.System.GetUtcNow();
        var article = await cms.PublishedAsync();
        await Wait.UntilAsync("the delivery", () => receiver.About(article).Count > 0);

        var told = Assert.Single(receiver.About(article));
        Assert.Equal("application/json", told.Headers["content-type"]);
        Assert.Equal([told.SignatureWith((string)hook["secret"]!)], told.Signatures);
        Assert.InRange(
            long.Parse(told.Headers["webhook-timestamp"], CultureInfo.InvariantCulture),
            before.ToUnixTimeSeconds(),
            TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()
        );
        Assert.Equal(["type", "timestamp", "data"], told.Json.Select(m => m.Key));
        Assert.Equal("article.published", told.Type);
        Assert.InRange(told.HappenedAt, before, TimeProvider.System.GetUtcNow());
        Assert.Equal("article", (string?)told.Json["data"]!["type"]);
        Assert.Equal((string?)article["slug"], (string?)told.Json["data"]!["slug"]);
        Assert.Equal($"/v1/articles/{article["slug"]}", (string?)told.Json["data"]!["url"]);
        // The id is the event's own, the same for every webhook.
        Assert.Equal(
            told.Id,
            await cms.ScalarAsync<string>(
                "select id::text from events where entity_id = @id::uuid and type = 'article.published'",
                new { id = (string)article["id"]! }
            )
        );
    }

    [Fact]
    public async Task What_a_CDN_must_purge_is_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await cms.HookAsync(receiver.Url, "content.invalidated");
        var article = await cms.PublishedAsync();
        await Wait.UntilAsync(
            "the tags of the article",
            () =>
                receiver.All.Any(r =>
                    r.Json["data"]!["cacheTags"]!.AsArray().Any(t => (string?)t == $"article:{article["id"]}")
                )
        );
        Assert.All(receiver.All, r => Assert.Equal("content.invalidated", r.Type));
    }

    [Fact]
    public async Task A_webhook_is_told_of_what_it_names_and_of_nothing_else()
    {
        await using var everything = await Receiver.StartAsync();
        await using var some = await Receiver.StartAsync();
        await cms.HookAsync(everything.Url, "*");
        var hook = await cms.HookAsync(some.Url, "article.unpublished", "section.*");
        var article = await cms.PublishedAsync();
        var section = article["section"]!;
        await cms.RepublishAsync(article);
        await cms.UnpublishAsync(article);
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/sections/{section["id"]}",
            new JsonObject { ["name"] = "Renamed" }
        );
        await Wait.UntilAsync(
            "all of it",
            () =>
                everything.About(article).Count == 3
                && some.About(article).Count == 1
                && some.About(section).Count == 2
        );
        Assert.Equal(
            ["article.published", "article.updated", "article.unpublished"],
            everything.About(article).Select(r => r.Type)
        );
        Assert.Equal(["article.unpublished"], some.About(article).Select(r => r.Type));
        Assert.Equal(["section.created", "section.updated"], some.About(section).Select(r => r.Type));
        Assert.All(
            some.All,
            r =>
                Assert.True(
                    r.Type == "article.unpublished"
                        || r.Type.StartsWith("section.", StringComparison.Ordinal),
                    r.Type
                )
        );

        var listed = await cms.DeliveriesAsync(hook, "&event=section.updated,section.created");
        Assert.All(
            listed,
            d => Assert.StartsWith("section.", (string?)d!["event"], StringComparison.Ordinal)
        );
        Assert.NotEmpty(listed);
    }

    [Fact]
    public async Task Every_type_of_event_that_happens_can_be_subscribed_to()
    {
        var article = await cms.PublishedAsync();
        await cms.RepublishAsync(article);
        await cms.UnpublishAsync(article);
        var types = (
            await cms.ScalarAsync<string>("select string_agg(distinct type, ' ') from events")
        )!.Split(' ');
        Assert.NotEmpty(types);
        await cms.Admin.PostAsync(
            Hooks.Address,
            new JsonObject
            {
                ["url"] = "http://127.0.0.1:9999",
                ["events"] = new JsonArray([.. types.Select(t => (JsonNode)t)]),
                ["paused"] = true,
            }
        );
    }

    [Fact]
    public async Task A_failure_is_tried_again_with_the_same_id_and_the_same_bytes_and_all_of_it_is_logged()
    {
        var answers = new ConcurrentQueue<int>([500, 404, 200]);
        await using var receiver = await Receiver.StartAsync(
            async (context, _) =>
            {
                Assert.True(answers.TryDequeue(out var status));
                context.Response.StatusCode = status;
                await context.Response.WriteAsync($"answer\0 {status} " + new string('é', 3_000), Ct);
            }
        );
        var hook = await cms.HookAsync(receiver.Url, "article.unpublished");
        var article = await cms.PublishedAsync();
        await cms.UnpublishAsync(article);
        await cms.HasAsync(hook, 1, "delivered");

        Assert.Equal(3, receiver.All.Count);
        Assert.Single(receiver.All.Select(r => (r.Id, r.Body)).Distinct());
        Assert.All(receiver.All, r => Assert.Equal([r.SignatureWith((string)hook["secret"]!)], r.Signatures));

        var delivery = await cms.OnlyDeliveryAsync(hook);
        Assert.Equal(receiver.All[0].Id, (string?)delivery["eventId"]);
        Assert.Equal(receiver.All[0].Body, (string?)delivery["body"]);
        Assert.Equal($"article:{article["id"]}", (string?)delivery["entity"]);
        Assert.Equal(
            (3, 200, null),
            ((int)delivery["attemptCount"]!, (int)delivery["lastStatus"]!, (string?)delivery["lastError"])
        );
        Assert.NotNull(delivery["finishedAt"]);
        Assert.Null(delivery["nextAttemptAt"]);
        var attempts = delivery["attempts"]!.AsArray();
        Assert.Equal([500, 404, 200], attempts.Select(a => (int)a!["status"]!));
        Assert.Equal([1, 2, 3], attempts.Select(a => (int)a!["number"]!));
        Assert.Equal(
            receiver.All.Select(r => r.Headers["webhook-signature"]),
            attempts.Select(a => (string?)a!["requestHeaders"]!["webhook-signature"])
        );
        Assert.All(
            attempts,
            a =>
            {
                var answer = (string)a!["answer"]!;
                Assert.StartsWith($"answer\uFFFD {a["status"]} é", answer, StringComparison.Ordinal);
                Assert.InRange(Encoding.UTF8.GetByteCount(answer), 2_000, 2_060);
                Assert.Equal(receiver.Url, (string?)a["url"]);
            }
        );
        Assert.Equal("The receiver answered 500.", (string?)attempts[0]!["error"]);
    }

    [Fact]
    public async Task Order_is_kept_for_each_thing_whatever_fails()
    {
        var accepted = new ConcurrentQueue<Received>();
        var tries = new ConcurrentDictionary<string, int>();
        await using var receiver = await Receiver.StartAsync(
            (context, received) =>
            {
                // Each is refused a few times, some more often than others.
                var refusals = received.Id[^1] % 3;
                if (tries.AddOrUpdate(received.Id, 1, (_, n) => n + 1) <= refusals)
                    context.Response.StatusCode = 500;
                else
                    accepted.Enqueue(received);
                return Task.CompletedTask;
            }
        );
        await cms.HookAsync(receiver.Url, "article.*");
        var articles = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => cms.PublishedAsync()));
        await Task.WhenAll(
            articles.Select(async article =>
            {
                for (var n = 0; n < 6; n++)
                    await cms.RepublishAsync(article);
            })
        );
        List<Received> About(JsonNode article) =>
            [.. accepted.Where(r => (string?)r.Json["data"]!["id"] == (string?)article["id"])];
        await Wait.UntilAsync("all of it", () => articles.All(a => About(a).Count >= 7));

        foreach (var article in articles)
        {
            var told = About(article);
            Assert.Equal(told.OrderBy(r => r.HappenedAt).Select(r => r.Id), told.Select(r => r.Id));
            Assert.Equal(7, told.Select(r => r.Id).Distinct().Count());
            Assert.Equal(["article.published", "article.updated"], told.Select(r => r.Type).Distinct());
            // Not even tried before the one before it was accepted.
            var seen = receiver.About(article).Select(r => r.Id).ToList();
            Assert.Equal(seen.Distinct(), told.Select(r => r.Id));
            Assert.Equal(seen.Distinct().SelectMany(id => Enumerable.Repeat(id, (id[^1] % 3) + 1)), seen);
        }
    }

    [Fact]
    public async Task One_slow_receiver_never_delays_another()
    {
        var release = new TaskCompletionSource();
        await using var slow = await Receiver.StartAsync((_, _) => release.Task);
        await using var fast = await Receiver.StartAsync();
        var slowHook = await cms.HookAsync(slow.Url, "article.published");
        var fastHook = await cms.HookAsync(fast.Url, "article.published");
        var articles = new List<JsonObject>();
        for (var n = 0; n < 12; n++)
            articles.Add(await cms.PublishedAsync());

        await Wait.UntilAsync("the fast one has all", () => articles.All(a => fast.About(a).Count == 1));
        Assert.Empty(await cms.DeliveriesAsync(slowHook, "&status=delivered"));
        release.SetResult();
        await Wait.UntilAsync("the slow one has all", () => articles.All(a => slow.About(a).Count > 0));
        Assert.NotEqual((string?)slowHook["secret"], (string?)fastHook["secret"]);
    }

    [Fact]
    public async Task A_receiver_is_not_sent_more_at_once_than_it_is_to_be()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync((_, _) => release.Task);
        var hook = await cms.HookAsync(receiver.Url, "article.published");
        // All of them due at one moment.
        await cms.PauseAsync(hook, true);
        var articles = new List<JsonObject>();
        for (var n = 0; n < 12; n++)
            articles.Add(await cms.PublishedAsync());
        await cms.PauseAsync(hook, false);
        await Wait.UntilAsync("the first", () => receiver.All.Count > 0);
        // What is under way is taken in one statement, before the first of it is sent.
        Assert.InRange(
            await cms.ScalarAsync<int>(
                "select count(*)::int from webhook_deliveries where webhook_id = @id::uuid and lease is not null",
                new { id = (string)hook["id"]! }
            ),
            1,
            4
        );
        release.SetResult();
        await Wait.UntilAsync("all of it", () => articles.All(a => receiver.About(a).Count > 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retry_After_is_obeyed_by_the_whole_webhook(bool asDate)
    {
        var first = 0;
        DateTimeOffset? until = null;
        await using var receiver = await Receiver.StartAsync(
            (context, received) =>
            {
                if (Interlocked.Exchange(ref first, 1) == 1)
                    return Task.CompletedTask;
                context.Response.StatusCode = asDate ? 503 : 429;
                // A date has whole seconds.
                var asked = asDate
                    ? DateTimeOffset.FromUnixTimeSeconds(received.At.ToUnixTimeSeconds() + 3)
                    : received.At.AddSeconds(2);
                context.Response.Headers.RetryAfter = asDate ? asked.ToString("R") : "2";
                until = asked;
                return Task.CompletedTask;
            }
        );
        var hook = await cms.HookAsync(receiver.Url, "article.published");
        await cms.PublishedAsync();
        await Wait.UntilAsync(
            "the failure is written down",
            async () => (int?)(await cms.ReadHookAsync(hook))["failuresInRow"] > 0
        );
        // Another thing, which has not failed, waits too.
        var other = await cms.PublishedAsync();
        await Wait.UntilAsync(
            "both",
            () => receiver.All.Count(r => r.Id == receiver.All[0].Id) == 2 && receiver.About(other).Count > 0
        );
        Assert.All(receiver.All.Skip(1), r => Assert.True(r.At >= until, $"{r.At:O} is before {until:O}"));
        Assert.Equal(0, (int?)(await Settled(hook))["failuresInRow"]);
    }

    [Fact]
    public async Task Gone_pauses_at_once_and_nothing_is_lost_until_it_is_resumed()
    {
        var gone = true;
        await using var receiver = await Receiver.StartAsync(
            (context, _) => Receiver.Always(Volatile.Read(ref gone) ? 410 : 204)(context, null!)
        );
        var hook = await cms.HookAsync(receiver.Url, "article.*");
        var article = await cms.PublishedAsync();
        await Wait.UntilAsync(
            "the pause",
            async () => (bool?)(await cms.ReadHookAsync(hook))["paused"] == true
        );
        var paused = await cms.ReadHookAsync(hook);
        Assert.Equal("gone", (string?)paused["pausedBecause"]);
        Assert.NotNull(paused["pausedAt"]);
        Assert.Equal(2, (int?)paused["revision"]);

        await cms.RepublishAsync(article);
        Volatile.Write(ref gone, false);
        await cms.PauseAsync(hook, false);
        await Wait.UntilAsync(
            "the rest",
            () => receiver.About(article).Select(r => r.Id).Distinct().Count() == 2
        );
        Assert.Equal(
            ["article.published", "article.updated"],
            receiver.About(article).Select(r => r.Type).Distinct()
        );
        Assert.Null((await cms.ReadHookAsync(hook))["pausedBecause"]);
    }

    [Fact]
    public async Task A_receiver_that_nothing_gets_through_to_for_three_days_is_paused_and_loses_nothing()
    {
        var away = true;
        await using var receiver = await Receiver.StartAsync(
            (context, _) => Receiver.Always(Volatile.Read(ref away) ? 500 : 200)(context, null!)
        );
        var hook = await cms.HookAsync(receiver.Url, "article.published");
        var article = await cms.PublishedAsync();
        await Wait.UntilAsync("a failure", () => receiver.About(article).Count > 0);
        await AgeAsync(hook, webhookToo: true);
        await Wait.UntilAsync(
            "the pause",
            async () => (string?)(await cms.ReadHookAsync(hook))["pausedBecause"] == "failing"
        );
        Assert.True((int?)(await cms.ReadHookAsync(hook))["failuresInRow"] > 0);
        Assert.NotEmpty(await cms.DeliveriesAsync(hook, "&status=pending"));

        Volatile.Write(ref away, false);
        await cms.PauseAsync(hook, false);
        await Wait.UntilAsync(
            "all of it",
            async () => (await cms.DeliveriesAsync(hook, "&status=pending")).Count == 0
        );
        Assert.Empty(await cms.DeliveriesAsync(hook, "&status=failed"));
    }

    [Fact]
    public async Task It_is_failing_since_the_first_attempt_that_began_whichever_ended_first()
    {
        JsonNode? slow = null;
        var first = new TaskCompletionSource();
        var others = new TaskCompletionSource();
        await using var receiver = await Receiver.StartAsync(
            async (context, received) =>
            {
                if (Interlocked.CompareExchange(ref slow, received.Json["data"]!["id"], null) is null)
                {
                    first.SetResult();
                    await others.Task;
                }
                context.Response.StatusCode = 500;
            }
        );
        var hook = await cms.HookAsync(receiver.Url, "article.published");
        await cms.PublishedAsync();
        await first.Task;
        await cms.PublishedAsync();
        await Wait.UntilAsync(
            "the second failure is written down",
            async () => (int?)(await cms.ReadHookAsync(hook))["failuresInRow"] > 0
        );
        others.SetResult();
        await Wait.UntilAsync(
            "the first too",
            async () =>
                await cms.ScalarAsync<long>(
                    "select count(*) from webhook_deliveries where webhook_id = @id::uuid and attempts > 0",
                    new { id = (string)hook["id"]! }
                ) > 1
        );

        Assert.True(
            await cms.ScalarAsync<bool>(
                """
                select failing_since <= (select min(first_tried_at) from webhook_deliveries d where d.webhook_id = w.id)
                from webhooks w where id = @id::uuid
                """,
                new { id = (string)hook["id"]! }
            )
        );
    }

    [Theory]
    [InlineData(410)]
    [InlineData(503)]
    public async Task What_a_former_address_answers_is_not_held_against_the_present_one(int status)
    {
        var asked = new TaskCompletionSource();
        var moved = new TaskCompletionSource();
        await using var former = await Receiver.StartAsync(
            async (context, _) =>
            {
                asked.TrySetResult();
                await moved.Task;
                context.Response.StatusCode = status;
                context.Response.Headers.RetryAfter = "3600";
            }
        );
        await using var present = await Receiver.StartAsync();
        var hook = await cms.HookAsync(former.Url, "article.published");
        var article = await cms.PublishedAsync();
        await asked.Task;
        await cms.Admin.ChangeAsync(
            $"{Hooks.Address}/{hook["id"]}",
            new JsonObject { ["url"] = present.Url }
        );
        moved.SetResult();

        await Wait.UntilAsync("it arrives", () => present.About(article).Count == 1);
        Assert.Null((await Settled(hook))["pausedBecause"]);
    }

    [Fact]
    public async Task What_a_receiver_does_not_like_is_given_up_in_the_end_and_the_next_goes_on()
    {
        await using var receiver = await Receiver.StartAsync(
            (context, received) =>
                Receiver.Always(received.Type == "article.published" ? 422 : 200)(context, received)
        );
        var hook = await cms.HookAsync(receiver.Url, "article.published", "article.updated", "section.*");
        var article = await cms.PublishedAsync();
        await cms.RepublishAsync(article);
        await Wait.UntilAsync("a failure", () => receiver.About(article).Count > 0);
        // Others get through in between.
        await AgeAsync(hook, webhookToo: false);
        await cms.HasAsync(hook, 1, "failed");
        await Wait.UntilAsync(
            "the next",
            () => receiver.About(article).Any(r => r.Type == "article.updated")
        );
        Assert.Equal(false, (bool?)(await cms.ReadHookAsync(hook))["paused"]);
        var failed = (await cms.DeliveriesAsync(hook, "&status=failed"))[0]!;
        Assert.Equal(
            ("article.published", 422, null),
            ((string?)failed["event"], (int?)failed["lastStatus"], (string?)failed["nextAttemptAt"])
        );
    }

    [Fact]
    public async Task A_paused_webhook_goes_on_collecting_and_catches_up()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var control = await Receiver.StartAsync();
        var hook = await cms.HookAsync(receiver.Url, "article.*");
        await cms.HookAsync(control.Url, "article.*");
        var paused = await cms.PauseAsync(hook, true);
        Assert.Equal("manual", (string?)paused["pausedBecause"]);

        var article = await cms.PublishedAsync();
        await cms.RepublishAsync(article);
        await Wait.UntilAsync("the other one has it", () => control.About(article).Count == 2);
        Assert.Empty(receiver.About(article));
        Assert.True((await cms.PingAsync(hook))["succeeded"]!.GetValue<bool>());

        await cms.PauseAsync(hook, false);
        await Wait.UntilAsync("it catches up", () => receiver.About(article).Count == 2);
        Assert.Equal(control.About(article).Select(r => r.Id), receiver.About(article).Select(r => r.Id));
        Assert.Equal(control.About(article).Select(r => r.Body), receiver.About(article).Select(r => r.Body));
    }

    [Fact]
    public async Task A_deleted_webhook_is_told_nothing_more()
    {
        await using var receiver = await Receiver.StartAsync(Receiver.Always(500));
        var hook = await cms.HookAsync(receiver.Url, "article.published");
        await cms.PublishedAsync();
        await Wait.UntilAsync("a failure", () => receiver.All.Count > 0);
        Assert.Equal(
            204,
            await cms.Admin.SendDeleteAsync($"{Hooks.Address}/{hook["id"]}", "*").StatusAsync()
        );
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                "select count(*)::int from webhook_deliveries where webhook_id = @id::uuid",
                new { id = (string)hook["id"]! }
            )
        );
    }

    /// <summary>As if the first failure had been four days ago; and the webhook's too, or not.</summary>
    private Task AgeAsync(JsonObject hook, bool webhookToo) =>
        Wait.UntilAsync(
            "a delivery that has failed",
            async () =>
                await cms.ExecuteAsync(
                    """
                    with hook as (
                        update webhooks set failing_since = case when @webhookToo then now() - interval '5 days'
                            else failing_since end
                        where id = @id::uuid and failures > 0 returning id)
                    update webhook_deliveries d set first_tried_at = now() - interval '4 days' from hook
                    where d.webhook_id = hook.id and d.status = 'pending' and d.attempts > 0
                    """,
                    new { id = (string)hook["id"]!, webhookToo }
                ) > 0
        );

    private async Task<JsonObject> Settled(JsonObject hook)
    {
        await Wait.UntilAsync(
            "nothing is left",
            async () => (await cms.DeliveriesAsync(hook, "&status=pending")).Count == 0
        );
        return await cms.ReadHookAsync(hook);
    }
}
