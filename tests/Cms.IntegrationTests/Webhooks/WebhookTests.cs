using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Webhooks;

/// <summary>Webhooks as a resource: written, read, changed, deleted.</summary>
[Collection(nameof(AllEvents))]
public sealed class WebhookTests(CmsServer cms)
{
    private const string Unreachable = "http://127.0.0.1:9999/hook";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_secret_is_shown_once_and_in_no_other_answer()
    {
        await using var receiver = await Receiver.StartAsync();
        using var response = await cms.Admin.SendTextAsync(
            HttpMethod.Post,
            Hooks.Address,
            new JsonObject { ["url"] = receiver.Url, ["events"] = new JsonArray("*") }.ToJsonString()
        );
        var hook = await response.ReadAsync(HttpStatusCode.Created);
        var secret = (string)hook["secret"]!;
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);
        Assert.Equal($"{Hooks.Address}/{hook["id"]}", response.Headers.Location?.ToString());
        Assert.Equal("\"1\"", response.Headers.ETag?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);

        await cms.PublishedAsync();
        await Wait.UntilAsync(
            "a delivery",
            async () => (await cms.DeliveriesAsync(hook, "&status=delivered")).Count > 0
        );
        var delivery = (await cms.DeliveriesAsync(hook, "&status=delivered"))[0]!["id"];
        foreach (
            var url in new[]
            {
                $"{Hooks.Address}/{hook["id"]}",
                $"{Hooks.Address}?limit=100",
                $"{Hooks.Address}/{hook["id"]}/deliveries",
                $"{Hooks.Address}/{hook["id"]}/deliveries/{delivery}",
            }
        )
            Assert.DoesNotContain(
                secret["whsec_".Length..].TrimEnd('='),
                await cms.Admin.GetStringAsync(url, Ct),
                StringComparison.Ordinal
            );
        var changed = await cms.PauseAsync(hook, true);
        Assert.False(changed.ContainsKey("secret"));
    }

    [Fact]
    public async Task A_webhook_is_read_as_it_was_written()
    {
        var made = await cms.Admin.PostAsync(
            Hooks.Address,
            new JsonObject
            {
                ["url"] = Unreachable,
                ["events"] = new JsonArray("article.published", "section.*"),
                ["description"] = "Purges the CDN",
                ["paused"] = true,
            }
        );
        var read = await cms.ReadHookAsync(made);

        made.Remove("secret");
        Assert.Equal(made.ToJsonString(), read.ToJsonString());
        Assert.Equal("manual", (string?)read["pausedBecause"]);
        Assert.NotNull(read["pausedAt"]);
        Assert.Equal(["article.published", "section.*"], read["events"]!.AsArray().Select(e => (string)e!));
        Assert.Equal("Purges the CDN", (string?)read["description"]);
    }

    [Fact]
    public async Task A_change_needs_the_revision_that_it_starts_from()
    {
        var hook = await cms.HookAsync(Unreachable, "article.deleted");
        var url = $"{Hooks.Address}/{hook["id"]}";
        var patch = new JsonObject { ["description"] = "Other" };

        using (var none = await cms.Admin.SendPatchAsync(url, patch, null))
            await none.ProblemAsync(HttpStatusCode.PreconditionRequired, "revision-required");
        using (var changed = await cms.Admin.SendPatchAsync(url, patch, "\"1\""))
        {
            Assert.Equal("Other", (string?)(await changed.ReadAsync(HttpStatusCode.OK))["description"]);
            Assert.Equal("\"2\"", changed.Headers.ETag?.ToString());
        }
        using (var old = await cms.Admin.SendPatchAsync(url, patch, "\"1\""))
            Assert.Equal(
                2,
                (int?)
                    (await old.ProblemAsync(HttpStatusCode.PreconditionFailed, "revision-changed"))[
                        "currentRevision"
                    ]
            );
        using (var gone = await cms.Admin.SendDeleteAsync(url, null))
            await gone.ProblemAsync(HttpStatusCode.PreconditionRequired, "revision-required");
        using (var old = await cms.Admin.SendDeleteAsync(url, "\"1\""))
            await old.ProblemAsync(HttpStatusCode.PreconditionFailed, "revision-changed");
        Assert.Equal(204, await cms.Admin.SendDeleteAsync(url, "\"2\"").StatusAsync());
        Assert.Equal(404, await cms.Admin.SendDeleteAsync(url, "\"2\"").StatusAsync());
        await cms.Admin.GetJsonAsync(url, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"events":["*"]}""", "/url missing")]
    [InlineData("""{"url":"http://a.example"}""", "/events missing")]
    [InlineData("""{"url":"http://a.example","events":[]}""", "/events empty")]
    [InlineData("""{"url":"http://a.example","events":["article.exploded"]}""", "/events/0 unknown-event")]
    [InlineData("""{"url":"http://a.example","events":["*","Article.*"]}""", "/events/1 unknown-event")]
    [InlineData("""{"url":"http://a.example","events":["webhook.ping"]}""", "/events/0 unknown-event")]
    [InlineData("""{"url":"http://a.example","events":[null]}""", "/events/0 wrong-type")]
    [InlineData("""{"url":"http://a.example","events":"*"}""", "/events wrong-type")]
    [InlineData("""{"url":"","events":["*"]}""", "/url empty")]
    [InlineData("""{"url":"ftp://a.example","events":["*"]}""", "/url wrong-form")]
    [InlineData("""{"url":"/hook","events":["*"]}""", "/url wrong-form")]
    [InlineData("""{"url":"http://u:p@a.example","events":["*"]}""", "/url user-info")]
    [InlineData("""{"url":"http://a.example:25","events":["*"]}""", "/url forbidden-port")]
    [InlineData(
        """{"url":"http://a.example","events":["*"],"description":"a\nb"}""",
        "/description line-break"
    )]
    [InlineData(
        """{"url":"http://a.example","events":["*"],"secret":"whsec_mine"}""",
        "/secret unknown-member"
    )]
    public async Task What_is_no_webhook_is_refused(string body, string fault)
    {
        using var response = await cms.Admin.SendTextAsync(HttpMethod.Post, Hooks.Address, body);
        Assert.Equal([fault], (await response.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults());
    }

    [Fact]
    public async Task A_change_that_would_leave_no_webhook_is_refused()
    {
        var hook = await cms.HookAsync(Unreachable, "article.deleted");
        foreach (
            var (patch, fault) in new[]
            {
                (new JsonObject { ["url"] = null }, "/url missing"),
                (new JsonObject { ["events"] = new JsonArray("all") }, "/events/0 unknown-event"),
                (new JsonObject { ["events"] = new JsonArray((JsonNode?)null) }, "/events/0 wrong-type"),
                (new JsonObject { ["paused"] = "yes" }, "/paused wrong-type"),
                (new JsonObject { ["pausedBecause"] = "gone" }, "/pausedBecause unknown-member"),
            }
        )
            Assert.Equal(
                [fault],
                (
                    await cms.Admin.ChangeAsync(
                        $"{Hooks.Address}/{hook["id"]}",
                        patch,
                        HttpStatusCode.UnprocessableEntity
                    )
                ).Faults()
            );
        Assert.Equal(1, (int?)(await cms.ReadHookAsync(hook))["revision"]);
    }

    [Fact]
    public async Task A_key_that_is_limited_to_sections_has_no_webhooks()
    {
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Admin, [await cms.SectionAsync()])).Token);
        await limited.GetJsonAsync(Hooks.Address, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_list_pages_through_every_webhook()
    {
        var made = new List<string>();
        for (var n = 0; n < 3; n++)
            made.Add((string)(await cms.HookAsync(Unreachable, "article.deleted"))["id"]!);
        var pages = await cms.Admin.PagesAsync($"{Hooks.Address}?limit=2&fields=id");
        var ids = pages.SelectMany(p => p.Ids()).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(made, ids.Where(made.Contains));
    }

    [Fact]
    public async Task What_is_misspelt_in_the_list_of_deliveries_is_named()
    {
        var hook = await cms.HookAsync(Unreachable, "article.deleted");
        foreach (
            var (query, fault) in new[]
            {
                ("status=gone", "status wrong-type"),
                ("event=article", "event unknown-event"),
                ("state=pending", "state unknown-parameter"),
            }
        )
            Assert.Equal(
                [fault],
                (
                    await cms.Admin.GetJsonAsync(
                        $"{Hooks.Address}/{hook["id"]}/deliveries?{query}",
                        HttpStatusCode.BadRequest
                    )
                )
                    .Faults()
                    .Select(f => f.Replace("event[0]", "event", StringComparison.Ordinal))
            );
        await cms.Admin.GetJsonAsync(
            $"{Hooks.Address}/{Guid.CreateVersion7()}/deliveries",
            HttpStatusCode.NotFound
        );
        await cms.Admin.GetJsonAsync(
            $"{Hooks.Address}/{hook["id"]}/deliveries/{Guid.CreateVersion7()}",
            HttpStatusCode.NotFound
        );
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_until_the_old_one_ends()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await cms.HookAsync(receiver.Url, "article.deleted");
        var rotate = $"{Hooks.Address}/{hook["id"]}/rotate";
        var (first, second) = ((string)hook["secret"]!, await SecretAsync(rotate));
        Assert.NotEqual(first, second);

        await cms.PingAsync(hook);
        var both = receiver.All[^1];
        Assert.Equal([both.SignatureWith(second), both.SignatureWith(first)], both.Signatures);
        var until = (DateTimeOffset?)(await cms.ReadHookAsync(hook))["previousSecretUntil"];
        Assert.InRange(
            until!.Value,
            TimeProvider.System.GetUtcNow().AddHours(23.9),
            TimeProvider.System.GetUtcNow().AddHours(24)
        );

        // The time is up.
        await cms.ExecuteAsync(
            "update webhooks set previous_secret_until = now() - interval '1 second' where id = @id::uuid",
            new { id = (string)hook["id"]! }
        );
        await cms.PingAsync(hook);
        var one = receiver.All[^1];
        Assert.Equal([one.SignatureWith(second)], one.Signatures);
        Assert.Null((await cms.ReadHookAsync(hook))["previousSecretUntil"]);

        var third = await SecretAsync($"{rotate}?overlap=0");
        await cms.PingAsync(hook);
        var last = receiver.All[^1];
        Assert.Equal([last.SignatureWith(third)], last.Signatures);

        Assert.Equal(
            ["overlap out-of-range"],
            (
                await cms.Admin.PostAsync($"{rotate}?overlap=604801", expected: HttpStatusCode.BadRequest)
            ).Faults()
        );
    }

    private async Task<string> SecretAsync(string rotate) =>
        (string)(await cms.Admin.PostAsync(rotate, expected: HttpStatusCode.OK))["secret"]!;
}
