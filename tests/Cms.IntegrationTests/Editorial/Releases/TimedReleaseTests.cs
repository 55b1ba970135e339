using System.Net;
using System.Text.Json.Nodes;
using Cms.Platform.Postgres;
using Npgsql;
using static Cms.IntegrationTests.Editorial.Releases.ReleaseDesk;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>Releases that go live by the clock.</summary>
public sealed class TimedReleaseTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddDays(3);

    [Fact]
    public async Task A_release_goes_live_at_its_time_as_it_was_and_as_a_whole()
    {
        var section = await cms.SectionAsync();
        var drafts = new List<JsonObject>();
        for (var i = 0; i < 8; i++)
            drafts.Add(await cms.DraftAsync(new JsonObject { ["section"] = section }));
        var due = DateTimeOffset.UtcNow.AddSeconds(3);
        var release = await cms.ReleaseAsync(due, [.. drafts.Select(d => Item(d))]);
        Assert.Equal("scheduled", (string?)release["status"]);
        // What is scheduled is a revision.
        Assert.All(release["items"]!.AsArray(), i => Assert.Equal(1, (int?)i!["revision"]));
        await cms.KickAsync(drafts[0], "Edited since");
        using (var cached = await cms.Anonymous.GetAsync($"/v1/articles?section={section}", Ct))
            Assert.True(cached.Headers.CacheControl!.MaxAge <= TimeSpan.FromSeconds(3));

        var counts = new HashSet<int>();
        await Wait.UntilAsync(
            "the release",
            async () =>
            {
                var list = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}&limit=100");
                counts.Add(list["data"]!.AsArray().Count);
                return counts.Contains(drafts.Count);
            }
        );
        Assert.Subset(new HashSet<int> { 0, drafts.Count }, counts);
        Assert.Null(await cms.KickerAsync(drafts[0]));
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{drafts[0]["id"]}");
        Assert.Equal(due, (DateTimeOffset)seen["publishedAt"]!, TimeSpan.FromMilliseconds(1));
        var live = await cms.Editor.GetJsonAsync(release.Url());
        Assert.Equal("published", (string?)live["status"]);
        Assert.True((DateTimeOffset)live["publishedAt"]! >= due);
        Assert.False((bool)live["isLate"]!);
        Assert.Null(live["publishedBy"]);
        var record = Assert.Single(await cms.RecordsAsync(release, "release.publish"))!;
        Assert.Equal("system", (string?)record["actor"]!["name"]);
        foreach (var draft in drafts)
            Assert.Single(await cms.EventsAsync(draft, "article.published"));
    }

    [Fact]
    public async Task The_clock_waits_its_turn_for_an_article_that_somebody_is_at()
    {
        var draft = await cms.DraftAsync();
        var release = await cms.ReleaseAsync(Later, Item(draft), Item(await cms.DraftAsync()));
        await using (var connection = new NpgsqlConnection(cms.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            await transaction.ExecuteAsync(
                "select id from articles where id = @id::uuid for update",
                new { id = (string)draft["id"]! },
                Ct
            );
            await cms.ExecuteAsync(
                "update releases set due_at = now(), try_at = now() where id = @id::uuid",
                new { id = (string)release["id"]! }
            );
            // Whoever only looks whether it is free may find it taken each time.
            await Wait.UntilAsync(
                "the clock to wait for it",
                () =>
                    cms.ScalarAsync<bool>(
                        """
                        select exists (select from pg_stat_activity
                            where query like 'select a.id from articles a%' and @Holder = any(pg_blocking_pids(pid)))
                        """,
                        new { Holder = connection.ProcessID }
                    )
            );
            await transaction.RollbackAsync(Ct);
        }
        await Wait.UntilAsync("the release", () => cms.IsSeenAsync(draft));
    }

    [Fact]
    public async Task A_release_gets_a_time_only_if_it_could_go_live_then()
    {
        var homeless = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var good = await cms.DraftAsync();
        var refused = await cms.Editor.PostAsync(
            Address,
            Input(Later, Item(good), Item(homeless)),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/items/1 required-to-publish"], refused.Faults());

        var release = await cms.ReleaseAsync(Item(good), Item(homeless));
        var at = new JsonObject { ["at"] = Text(Later) };
        Assert.Equal(
            ["/items/1 required-to-publish"],
            (
                await (await cms.Editor.SendPatchAsync(release.Url(), at, "*")).ReadAsync(
                    HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
        await cms.Editor.ChangeAsync(
            $"{Articles}/{homeless["id"]}",
            new JsonObject { ["section"] = await cms.SectionAsync() }
        );
        var timed = await cms.Editor.ChangeAsync(release.Url(), at.DeepClone().AsObject());
        Assert.Equal("scheduled", (string?)timed["status"]);
        Assert.Equal([1, 2], timed["items"]!.AsArray().Select(i => (int?)i!["revision"]));

        var untimed = await cms.Editor.ChangeAsync(release.Url(), new JsonObject { ["at"] = null });
        Assert.Equal("open", (string?)untimed["status"]);
    }

    [Fact]
    public async Task An_article_is_scheduled_by_itself_or_in_a_release_with_a_time_and_not_both()
    {
        var article = await cms.DraftAsync();
        var at = new JsonObject { ["at"] = Text(Later) };
        var publish = $"{Articles}/{article["id"]}/publish";
        await cms.Editor.PostAsync(publish, at, HttpStatusCode.OK);
        var refused = await cms.Editor.PostAsync(
            Address,
            Input(Later, Item(article)),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/items/0 also-scheduled"], refused.Faults());
        await cms.Editor.ActAsync($"{Articles}/{article["id"]}/cancel-schedule");

        var release = await cms.ReleaseAsync(Later, Item(article));
        var conflict = await cms.Editor.PostAsync(publish, at.DeepClone(), HttpStatusCode.Conflict);
        Assert.Contains((string)release["id"]!, (string?)conflict["detail"], StringComparison.Ordinal);
        await cms.Editor.SendDeleteAsync(release.Url(), "*");
        await cms.Editor.PostAsync(publish, at.DeepClone(), HttpStatusCode.OK);
        await cms.Editor.ActAsync($"{Articles}/{article["id"]}/cancel-schedule");
    }

    [Fact]
    public async Task What_is_to_be_withdrawn_before_a_release_cannot_go_live_with_it()
    {
        var article = await cms.DraftAsync();
        await cms.Editor.PostAsync(
            $"{Articles}/{article["id"]}/publish",
            new JsonObject { ["until"] = Text(Later.AddHours(-1)) },
            HttpStatusCode.OK
        );
        var refused = await cms.Editor.PostAsync(
            Address,
            Input(Later, Item(article)),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/items/0 not-after-publication"], refused.Faults());
        await cms.Editor.ActAsync($"{Articles}/{article["id"]}/cancel-schedule");
    }

    [Fact]
    public async Task A_release_whose_time_passed_without_a_server_goes_live_at_once_and_is_late()
    {
        var article = await cms.DraftAsync();
        var release = await cms.ReleaseAsync(Later, Item(article));
        await DueSinceAsync(release);
        await LiveAsync(release);
        Assert.True((bool)(await cms.Editor.GetJsonAsync(release.Url()))["isLate"]!);
        var late = (await cms.Editor.GetJsonAsync($"{Articles}/{article["id"]}"))["late"]!;
        Assert.Equal("publish", (string?)late["act"]);
        Assert.Contains(
            "late by",
            (string?)Assert.Single(await cms.RecordsAsync(release, "release.publish"))!["note"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_cannot_go_live_at_its_time_stays_as_it_was_says_why_and_goes_live_once_mended()
    {
        var section = await cms.SectionAsync();
        var good = await cms.DraftAsync();
        var broken = await cms.DraftAsync(new JsonObject { ["section"] = section });
        var release = await cms.ReleaseAsync(Later, Item(good), Item(broken));
        // Only working copies keep things.
        await cms.Editor.ChangeAsync(
            $"{Articles}/{broken["id"]}",
            new JsonObject { ["section"] = await cms.SectionAsync() }
        );
        var id = (string)(await cms.Editor.GetJsonAsync($"/v1/editorial/sections/{section}"))["id"]!;
        Assert.Equal(
            204,
            await cms.Editor.SendDeleteAsync($"/v1/editorial/sections/{section}", "*").StatusAsync()
        );
        await DueSinceAsync(release);
        await Wait.UntilAsync(
            "the failure",
            async () => (await cms.Editor.GetJsonAsync(release.Url()))["failure"] is not null
        );
        var failed = await cms.Editor.GetJsonAsync(release.Url());
        Assert.Equal("scheduled", (string?)failed["status"]);
        Assert.Contains("/items/1 unknown-reference", failed["failure"]!["errors"].Findings());
        Assert.False(await cms.IsSeenAsync(good));

        // Tried again with the same outcome, which is told once.
        await TryNowAsync(release);
        await Wait.UntilAsync(
            "another try",
            async () =>
                await cms.ScalarAsync<bool>(
                    "select try_at > now() from releases where id = @id::uuid",
                    new { id = (string)release["id"]! }
                )
        );
        var told = JsonNode.Parse(Assert.Single(await cms.EventsAsync(release, "release.schedule-failed")))!;
        Assert.Equal(release.Url(), (string?)told["url"]);
        Assert.Single(await cms.RecordsAsync(release, "release.schedule-failed"));

        // The cause is mended.
        await cms.ExecuteAsync(
            """
            insert into sections (id, slug, name, created_at, updated_at)
            values (@id::uuid, @section, @section, now(), now())
            """,
            new { id, section }
        );
        await TryNowAsync(release);
        await LiveAsync(release);
        Assert.True(await cms.IsSeenAsync(good));
        Assert.Null((await cms.Editor.GetJsonAsync(release.Url()))["failure"]);
    }

    [Fact]
    public async Task A_failed_release_is_renewed_by_a_change()
    {
        var section = await cms.SectionAsync();
        var article = await cms.DraftAsync(new JsonObject { ["section"] = section });
        var release = await cms.ReleaseAsync(Later, Item(article));
        await cms.Editor.ChangeAsync(
            $"{Articles}/{article["id"]}",
            new JsonObject { ["section"] = await cms.SectionAsync() }
        );
        await cms.Editor.SendDeleteAsync($"/v1/editorial/sections/{section}", "*");
        await DueSinceAsync(release);
        await Wait.UntilAsync(
            "the failure",
            async () => (await cms.Editor.GetJsonAsync(release.Url()))["failure"] is not null
        );
        // Its time has passed and is not changed; the article is renewed.
        var renewed = await cms.Editor.ChangeAsync(
            release.Url(),
            new JsonObject { ["items"] = new JsonArray(Item(article)) }
        );
        Assert.Null(renewed["failure"]);
        Assert.Equal(2, (int?)renewed["items"]![0]!["revision"]);
        await LiveAsync(release);
        Assert.True(await cms.IsSeenAsync(article));
    }

    [Fact]
    public async Task Publishing_a_release_takes_its_time_away()
    {
        var release = await cms.ReleaseAsync(Later, Item(await cms.DraftAsync()));
        var live = await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
        Assert.Null(live["at"]);
        Assert.False((bool)live["isLate"]!);
    }

    private Task LiveAsync(JsonObject release) =>
        Wait.UntilAsync(
            "the release",
            async () => (string?)(await cms.Editor.GetJsonAsync(release.Url()))["status"] == "published"
        );

    /// <summary>As if no server had run at the time.</summary>
    private Task<int> DueSinceAsync(JsonObject release) =>
        cms.ExecuteAsync(
            """
            update releases set due_at = now() - interval '3 seconds', try_at = now() - interval '3 seconds'
            where id = @id::uuid
            """,
            new { id = (string)release["id"]! }
        );

    private Task<int> TryNowAsync(JsonObject release) =>
        cms.ExecuteAsync(
            "update releases set try_at = now() - interval '1 second' where id = @id::uuid and try_at is not null",
            new { id = (string)release["id"]! }
        );
}
