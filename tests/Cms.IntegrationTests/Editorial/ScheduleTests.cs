using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What is done to articles by the clock.</summary>
public sealed class ScheduleTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Soon => DateTimeOffset.UtcNow.AddSeconds(2);

    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddDays(3);

    [Fact]
    public async Task What_is_scheduled_appears_at_its_time_as_it_was_and_not_before()
    {
        var draft = await cms.DraftAsync(new JsonObject { ["headline"] = Names.Unique("planned") });
        var url = $"{Articles}/{draft["id"]}";
        var due = Soon;

        var scheduled = await PublishAsync(url, due);
        Assert.Equal("scheduled", (string?)scheduled["status"]);
        Assert.Equal(due, (DateTimeOffset)scheduled["scheduledFor"]!, TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, (int?)scheduled["scheduledRevision"]);
        Assert.False((bool)scheduled["hasUnscheduledChanges"]!);
        Assert.Null(scheduled["publishedRevision"]);

        var edited = await cms.Editor.ChangeAsync(url, new JsonObject { ["headline"] = "Edited since" });
        Assert.Equal("scheduled", (string?)edited["status"]);
        Assert.Equal(2, (int?)edited["revision"]);
        Assert.Equal(1, (int?)edited["scheduledRevision"]);
        Assert.True((bool)edited["hasUnscheduledChanges"]!);

        await SeenAsync(draft);
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{draft["id"]}");
        Assert.Equal((string?)draft["headline"], (string?)seen["headline"]);
        Assert.Equal(due, (DateTimeOffset)seen["publishedAt"]!, TimeSpan.FromMilliseconds(1));
        Assert.True(await ChangedAtAsync(draft) >= due);
        var now = await cms.Editor.GetJsonAsync(url);
        Assert.Equal("published", (string?)now["status"]);
        Assert.Equal(1, (int?)now["publishedRevision"]);
        Assert.True((bool)now["hasUnpublishedChanges"]!);
        Assert.Null(now["scheduledFor"]);
        Assert.Null(now["scheduledRevision"]);
        Assert.Null(now["late"]);
        var records = await RecordsAsync(draft, "article.publish");
        Assert.Equal("system", (string?)Assert.Single(records)!["actor"]!["name"]);
        Assert.Single(await RecordsAsync(draft, "article.schedule"));
        Assert.Single(await EventsAsync(draft, "article.published"));
    }

    [Fact]
    public async Task What_is_cancelled_while_the_clock_waits_for_the_article_is_not_done()
    {
        var (kept, cancelled) = (await cms.DraftAsync(), await cms.DraftAsync());
        var ids = new { Kept = (string)kept["id"]!, Cancelled = (string)cancelled["id"]! };
        foreach (var draft in new[] { kept, cancelled })
            await PublishAsync($"{Articles}/{draft["id"]}", Later);
        await using (var connection = new NpgsqlConnection(cms.ConnectionString))
        {
            await connection.OpenAsync(Ct);
            await using var transaction = await connection.BeginTransactionAsync(Ct);
            // It may look at what is due, and locks no article.
            await transaction.ExecuteAsync("lock table articles in exclusive mode", new { }, Ct);
            await cms.ExecuteAsync(
                """
                update article_schedules set due_at = now(), try_at = now()
                where article_id in (@Kept::uuid, @Cancelled::uuid)
                """,
                ids
            );
            await Wait.UntilAsync(
                "the clock to wait",
                () =>
                    cms.ScalarAsync<bool>(
                        """
                        select exists (select from pg_stat_activity
                            where query like '%skip locked%' and @Holder = any(pg_blocking_pids(pid)))
                        """,
                        new { Holder = connection.ProcessID }
                    )
            );
            await transaction.ExecuteAsync(
                "delete from article_schedules where article_id = @Cancelled::uuid",
                ids,
                Ct
            );
            await transaction.CommitAsync(Ct);
        }

        // Both were due at the same moment.
        await SeenAsync(kept);
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{ids.Cancelled}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_published_until_a_time_is_withdrawn_then()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        var until = Soon;
        var published = await cms.Editor.PostAsync(
            $"{url}/publish",
            new JsonObject { ["until"] = Text(until) },
            HttpStatusCode.OK
        );
        Assert.Equal("published", (string?)published["status"]);
        Assert.Equal(until, (DateTimeOffset)published["scheduledUntil"]!, TimeSpan.FromMilliseconds(1));

        await Wait.UntilAsync(
            "its withdrawal",
            async () =>
                (await cms.Anonymous.GetAsync($"/v1/articles/{draft["id"]}", Ct)).StatusCode
                == HttpStatusCode.Gone
        );
        Assert.True(await ChangedAtAsync(draft) >= until);
        var now = await cms.Editor.GetJsonAsync(url);
        Assert.Equal("unpublished", (string?)now["status"]);
        Assert.Null(now["scheduledUntil"]);
    }

    [Fact]
    public async Task A_withdrawal_is_scheduled_and_cancelled()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        var planned = await cms.Editor.PostAsync(
            $"{url}/unpublish",
            new JsonObject { ["at"] = Text(Later) },
            HttpStatusCode.OK
        );
        Assert.Equal("published", (string?)planned["status"]);
        Assert.NotNull(planned["scheduledUntil"]);
        Assert.Single(await RecordsAsync(article, "article.schedule-unpublish"));

        var cancelled = await cms.Editor.ActAsync($"{url}/cancel-schedule");
        Assert.Equal("published", (string?)cancelled["status"]);
        Assert.Null(cancelled["scheduledUntil"]);
        var nothing = await cms.Editor.ActAsync($"{url}/cancel-schedule", HttpStatusCode.Conflict);
        Assert.Equal("wrong-status", (string?)nothing["code"]);
        Assert.DoesNotContain("cancel-schedule", nothing["allowed"]!.AsArray().Select(a => (string)a!));
    }

    [Theory]
    [InlineData("draft")]
    [InlineData("inReview")]
    [InlineData("unpublished")]
    public async Task What_is_cancelled_gets_the_status_back_that_it_had(string status)
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        foreach (
            var step in status switch
            {
                "inReview" => ["submit"],
                "unpublished" => ["publish", "unpublish"],
                _ => Array.Empty<string>(),
            }
        )
            await cms.Editor.ActAsync($"{url}/{step}");
        await PublishAsync(url, Later);
        // Scheduled anew, it remembers.
        await PublishAsync(url, Later.AddHours(1));
        Assert.Equal(status, (string?)(await cms.Editor.ActAsync($"{url}/cancel-schedule"))["status"]);
    }

    [Fact]
    public async Task A_newer_revision_of_what_readers_see_is_scheduled_and_the_older_stays_until_then()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["kicker"] = "New" });
        var scheduled = await PublishAsync(url, Soon);
        Assert.Equal("published", (string?)scheduled["status"]);
        Assert.Equal(1, (int?)scheduled["publishedRevision"]);
        Assert.Equal(2, (int?)scheduled["scheduledRevision"]);

        await Wait.UntilAsync(
            "the newer revision",
            async () =>
                (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["kicker"]
                == "New"
        );
        Assert.Equal(2, (int?)(await cms.Editor.GetJsonAsync(url))["publishedRevision"]);
    }

    [Fact]
    public async Task Whatever_ends_an_article_ends_its_schedule()
    {
        foreach (var end in new[] { "trash", "unpublish", "delete", "publish" })
        {
            var article = end == "unpublish" ? await cms.PublishedAsync() : await cms.DraftAsync();
            var url = $"{Articles}/{article["id"]}";
            await PublishAsync(url, Later);
            if (end is "trash" or "delete")
                Assert.Equal(
                    204,
                    await cms
                        .Admin.SendDeleteAsync(end == "delete" ? $"{url}?permanently=true" : url, "*")
                        .StatusAsync()
                );
            else
                await cms.Editor.ActAsync($"{url}/{end}");
            Assert.Equal(
                0,
                await cms.ScalarAsync<int>(
                    "select count(*)::int from article_schedules where article_id = @id::uuid",
                    new { id = (string)article["id"]! }
                )
            );
        }
    }

    [Fact]
    public async Task Times_are_in_the_future_in_order_and_at_most_five_years_ahead()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}/publish";
        var now = DateTimeOffset.UtcNow;
        foreach (
            var (at, until, faults) in new (DateTimeOffset?, DateTimeOffset?, string[])[]
            {
                (now.AddMinutes(-1), null, ["/at in-the-past"]),
                (now.AddMinutes(-2), now.AddMinutes(-1), ["/at in-the-past", "/until in-the-past"]),
                (now.AddYears(5).AddDays(1), null, ["/at too-far-ahead"]),
                (now.AddHours(2), now.AddHours(1), ["/until not-after-publication"]),
                (now.AddHours(2), now.AddHours(2), ["/until not-after-publication"]),
            }
        )
        {
            var body = new JsonObject();
            if (at is not null)
                body["at"] = Text(at.Value);
            if (until is not null)
                body["until"] = Text(until.Value);
            var problem = await cms.Editor.PostAsync(url, body, HttpStatusCode.UnprocessableEntity);
            Assert.Equal(faults, problem.Faults());
            if (faults[0] == "/at in-the-past")
                Assert.Contains(
                    $"it is {DateTimeOffset.UtcNow.Year}-",
                    (string)problem["errors"]![0]!["detail"]!,
                    StringComparison.Ordinal
                );
        }
        // A time without an offset could be any.
        Assert.Equal(
            ["/at wrong-type"],
            (
                await cms.Editor.PostAsync(
                    url,
                    new JsonObject { ["at"] = "2999-01-01T06:00:00" },
                    HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
        Assert.Equal(
            "draft",
            (string?)(await cms.Editor.GetJsonAsync($"{Articles}/{draft["id"]}"))["status"]
        );

        var scheduled = await cms.Editor.PostAsync(
            url,
            new JsonObject { ["at"] = $"{Later.ToOffset(TimeSpan.FromHours(2)):yyyy-MM-dd'T'HH:mm:sszzz}" },
            HttpStatusCode.OK
        );
        Assert.EndsWith("Z", (string)scheduled["scheduledFor"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_lacks_something_is_not_scheduled()
    {
        var bare = await cms.Editor.PostAsync(Articles, new JsonObject { ["headline"] = "Bare" });
        var problem = await cms.Editor.PostAsync(
            $"{Articles}/{bare["id"]}/publish",
            new JsonObject { ["at"] = Text(Later) },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/body required-to-publish", "/section required-to-publish"], problem.Faults());
    }

    [Fact]
    public async Task What_was_due_while_no_server_ran_appears_at_once_and_is_marked_late()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await PublishAsync(url, Later);
        await DueSinceAsync(draft, "1 hour");

        await SeenAsync(draft);
        var now = await cms.Editor.GetJsonAsync(url);
        Assert.Equal("publish", (string?)now["late"]!["act"]);
        Assert.True(
            (DateTimeOffset)now["late"]!["doneAt"]! - (DateTimeOffset)now["late"]!["dueAt"]!
                > TimeSpan.FromMinutes(59)
        );
        Assert.Contains(
            "late by 36",
            (string)Assert.Single(await RecordsAsync(draft, "article.publish"))!["note"]!,
            StringComparison.Ordinal
        );
        Assert.Null((await cms.Editor.ActAsync($"{url}/unpublish"))["late"]);
    }

    [Fact]
    public async Task What_was_published_and_withdrawn_while_no_server_ran_is_never_seen()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.PostAsync(
            $"{url}/publish",
            new JsonObject { ["at"] = Text(Later), ["until"] = Text(Later.AddHours(1)) },
            HttpStatusCode.OK
        );
        await cms.ExecuteAsync(
            """
            update article_schedules set due_at = due_at - interval '4 days', try_at = try_at - interval '4 days'
            where article_id = @id::uuid
            """,
            new { id = (string)draft["id"]! }
        );
        await Wait.UntilAsync(
            "its withdrawal",
            async () => (string?)(await cms.Editor.GetJsonAsync(url))["status"] == "unpublished"
        );
        Assert.Empty(await EventsAsync(draft, "article.published"));
    }

    [Fact]
    public async Task What_cannot_be_published_stays_says_why_is_told_and_is_retried_when_the_schedule_is_renewed()
    {
        var author = await cms.AuthorAsync();
        var draft = await cms.DraftAsync(new JsonObject { ["authors"] = new JsonArray(author) });
        var url = $"{Articles}/{draft["id"]}";
        await PublishAsync(url, Later);
        // The working copy lets go of the author, who is deleted; the scheduled revision still names them.
        await cms.Editor.ChangeAsync(url, new JsonObject { ["authors"] = new JsonArray() });
        Assert.Equal(
            204,
            await cms.Editor.SendDeleteAsync($"/v1/editorial/authors/{author}", "*").StatusAsync()
        );
        var other = await cms.DraftAsync();
        await PublishAsync($"{Articles}/{other["id"]}", Later);
        await DueSinceAsync(draft, "1 second", other);

        await SeenAsync(other);
        await Wait.UntilAsync(
            "the failure",
            async () => (await cms.Editor.GetJsonAsync(url))["scheduleFailed"] is not null
        );
        var failed = await cms.Editor.GetJsonAsync(url);
        Assert.Equal("scheduled", (string?)failed["status"]);
        Assert.Equal("publish", (string?)failed["scheduleFailed"]!["act"]);
        Assert.Equal(
            ["/authors/0 unknown-reference"],
            failed["scheduleFailed"]!["errors"]!.AsArray().Select(e => $"{e!["pointer"]} {e["code"]}")
        );
        var told = JsonNode.Parse(Assert.Single(await EventsAsync(draft, "article.schedule-failed")))!;
        Assert.Equal(url, (string?)told["url"]);
        Assert.Equal("unknown-reference", (string?)told["errors"]![0]!["code"]);
        Assert.Null(told["slug"]);
        Assert.Single(await RecordsAsync(draft, "article.schedule-failed"));

        var renewed = await PublishAsync(url, Soon);
        Assert.Null(renewed["scheduleFailed"]);
        await SeenAsync(draft);
    }

    [Fact]
    public async Task A_failure_is_retried_and_told_once()
    {
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = section });
        var url = $"{Articles}/{draft["id"]}";
        await PublishAsync(url, Later);
        await cms.Editor.ChangeAsync(url, new JsonObject { ["section"] = await cms.SectionAsync() });
        var id = (string)(await cms.Editor.GetJsonAsync($"/v1/editorial/sections/{section}"))["id"]!;
        Assert.Equal(
            204,
            await cms.Editor.SendDeleteAsync($"/v1/editorial/sections/{section}", "*").StatusAsync()
        );
        await DueSinceAsync(draft, "1 second");
        await Wait.UntilAsync(
            "the failure",
            async () => (await EventsAsync(draft, "article.schedule-failed")).Count > 0
        );
        // Tried again, with the same outcome.
        await cms.ExecuteAsync(
            "update article_schedules set try_at = due_at where article_id = @id::uuid",
            new { id = (string)draft["id"]! }
        );
        await Wait.UntilAsync(
            "another try",
            async () =>
                await cms.ScalarAsync<bool>(
                    "select try_at > due_at from article_schedules where article_id = @id::uuid",
                    new { id = (string)draft["id"]! }
                )
        );
        Assert.Single(await EventsAsync(draft, "article.schedule-failed"));
        // The cause is mended.
        await cms.ExecuteAsync(
            """
            insert into sections (id, slug, name, created_at, updated_at)
            values (@id::uuid, @section, @section, now(), now())
            """,
            new { id, section }
        );
        await cms.ExecuteAsync(
            "update article_schedules set try_at = due_at where article_id = @id::uuid",
            new { id = (string)draft["id"]! }
        );
        await SeenAsync(draft);
    }

    [Fact]
    public async Task The_slug_of_what_is_scheduled_is_kept_for_it()
    {
        var slug = Names.Unique("kept");
        var draft = await cms.DraftAsync(new JsonObject { ["slug"] = slug });
        var url = $"{Articles}/{draft["id"]}";
        await PublishAsync(url, Later);
        await cms.Editor.ChangeAsync(url, new JsonObject { ["slug"] = Names.Unique("other") });
        var other = new JsonObject { ["headline"] = "x", ["slug"] = slug };
        await cms.Editor.PostAsync(Articles, other.DeepClone(), HttpStatusCode.Conflict);
        await cms.Editor.ActAsync($"{url}/cancel-schedule");
        await cms.Editor.PostAsync(Articles, other);
    }

    [Fact]
    public async Task Articles_of_one_moment_appear_together()
    {
        var section = await cms.SectionAsync();
        var due = DateTimeOffset.UtcNow.AddSeconds(3);
        var drafts = new List<JsonObject>();
        for (var i = 0; i < 12; i++)
        {
            drafts.Add(await cms.DraftAsync(new JsonObject { ["section"] = section }));
            await PublishAsync($"{Articles}/{drafts[^1]["id"]}", due);
        }
        var counts = new HashSet<int>();
        await Wait.UntilAsync(
            "all",
            async () =>
            {
                var list = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}&limit=100");
                counts.Add(list["data"]!.AsArray().Count);
                return counts.Contains(drafts.Count);
            }
        );
        Assert.Subset(new HashSet<int> { 0, drafts.Count }, counts);
        foreach (var draft in drafts)
            Assert.Single(await EventsAsync(draft, "article.published"));
    }

    [Fact]
    public async Task Caches_keep_nothing_beyond_the_next_change_by_time()
    {
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = section });
        await PublishAsync($"{Articles}/{draft["id"]}", DateTimeOffset.UtcNow.AddSeconds(20));
        // From the pipeline, and then from memory.
        for (var i = 0; i < 3; i++)
        {
            using var response = await cms.Anonymous.GetAsync($"/v1/articles?section={section}", Ct);
            Assert.True(response.Headers.CacheControl!.MaxAge < TimeSpan.FromSeconds(20));
            Assert.Contains(
                "stale-while-revalidate=0",
                response.Headers.CacheControl.ToString(),
                StringComparison.Ordinal
            );
        }
        await cms.Editor.ActAsync($"{Articles}/{draft["id"]}/cancel-schedule");
    }

    private Task<JsonObject> PublishAsync(string url, DateTimeOffset at) =>
        cms.Editor.PostAsync($"{url}/publish", new JsonObject { ["at"] = Text(at) }, HttpStatusCode.OK);

    private Task SeenAsync(JsonObject article) =>
        Wait.UntilAsync(
            "its publication",
            async () =>
                (await cms.Anonymous.GetAsync($"/v1/articles/{article["id"]}", Ct)).IsSuccessStatusCode
        );

    /// <summary>When readers were told of the article's last change.</summary>
    private async Task<DateTimeOffset> ChangedAtAsync(JsonObject article) =>
        await cms.ScalarAsync<DateTimeOffset>(
            "select changed_at from changes where entity_id = @id::uuid and entity_type = 'article'",
            new { id = (string)article["id"]! }
        );

    /// <summary>As if no server had run at the time.</summary>
    private Task<int> DueSinceAsync(JsonObject article, string interval, JsonObject? other = null) =>
        cms.ExecuteAsync(
            """
            update article_schedules set due_at = now() - @interval::interval, try_at = now() - @interval::interval
            where article_id::text = any(@ids)
            """,
            new { interval, ids = new[] { (string)article["id"]!, (string?)other?["id"] } }
        );

    private async Task<JsonArray> RecordsAsync(JsonObject article, string act) =>
        (await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={article["id"]}&act={act}"))[
            "data"
        ]!.AsArray();

    private async Task<IReadOnlyList<string>> EventsAsync(JsonObject article, string type) =>
        (
            await cms.ScalarAsync<string[]>(
                "select array(select data::text from events where entity_id = @id::uuid and type = @type)",
                new { id = (string)article["id"]!, type }
            )
        )!;

    private static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
