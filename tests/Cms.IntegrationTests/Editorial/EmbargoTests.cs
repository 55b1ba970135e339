using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Nothing of an article reaches readers before its embargo ends, whoever publishes it, and however.</summary>
public sealed class EmbargoTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static readonly DateTimeOffset Embargo = DateTimeOffset.UtcNow.AddDays(3);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publishing_before_it_is_scheduling_for_it()
    {
        var draft = await cms.DraftAsync(Under(Embargo));
        var url = $"{Articles}/{draft["id"]}";
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)draft["embargoedUntil"]!));

        foreach (
            var (body, due) in new (JsonObject?, DateTimeOffset)[]
            {
                (null, Embargo),
                (new() { ["at"] = Text(Embargo.AddDays(-1)) }, Embargo),
                (new() { ["at"] = Text(Embargo.AddDays(1)) }, Embargo.AddDays(1)),
                (new() { ["until"] = Text(Embargo.AddDays(1)) }, Embargo),
            }
        )
        {
            var scheduled = await cms.Admin.PostAsync($"{url}/publish", body, HttpStatusCode.OK);
            Assert.Equal("scheduled", (string?)scheduled["status"]);
            Assert.Equal(1, (int?)scheduled["scheduledRevision"]);
            Assert.Equal(Text(due), Text((DateTimeOffset)scheduled["scheduledFor"]!));
        }
        var problem = await cms.Editor.PostAsync(
            $"{url}/publish",
            new JsonObject { ["until"] = Text(Embargo.AddHours(-1)) },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/until not-after-publication"], problem.Faults());
        await NotSeenAsync(draft);
        var records = await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={draft["id"]}");
        Assert.DoesNotContain("article.publish", records["data"]!.AsArray().Select(r => (string?)r!["act"]));
    }

    [Fact]
    public async Task Saving_and_publishing_at_once_is_scheduling_too()
    {
        var article = Under(Embargo);
        article["headline"] = Names.Unique("embargoed");
        article["section"] = await cms.SectionAsync();
        article["body"] = new JsonObject { ["markdown"] = "One." };
        var made = await cms.Editor.PostAsync($"{Articles}?publish=true", article);
        Assert.Equal("scheduled", (string?)made["status"]);
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)made["scheduledFor"]!));

        var patched = await (
            await cms.Editor.SendPatchAsync(
                $"{Articles}/{made["id"]}?publish=true",
                Under(Embargo.AddHours(1)),
                "\"1\""
            )
        ).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(("scheduled", 2), ((string)patched["status"]!, (int)patched["scheduledRevision"]!));
        Assert.Equal(Text(Embargo.AddHours(1)), Text((DateTimeOffset)patched["scheduledFor"]!));
        await NotSeenAsync(made);
    }

    [Fact]
    public async Task It_appears_when_the_embargo_ends_and_not_before()
    {
        var embargo = DateTimeOffset.UtcNow.AddSeconds(2);
        var draft = await cms.DraftAsync(Under(embargo));
        await cms.Editor.ActAsync($"{Articles}/{draft["id"]}/publish");

        await Wait.UntilAsync("its publication", () => IsSeenAsync(draft));
        Assert.True(
            await cms.ScalarAsync<DateTimeOffset>(
                "select changed_at from changes where entity_id = @id::uuid and entity_type = 'article'",
                new { id = (string)draft["id"]! }
            ) >= embargo
        );
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{draft["id"]}");
        Assert.Equal(Text(embargo), Text((DateTimeOffset)seen["publishedAt"]!));
        Assert.False(seen.ContainsKey("embargoedUntil"));
        // It has ended: newer changes are published at once.
        await cms.Editor.ChangeAsync($"{Articles}/{draft["id"]}", new JsonObject { ["kicker"] = "New" });
        var again = await cms.Editor.ActAsync($"{Articles}/{draft["id"]}/publish");
        Assert.Equal(("published", 2), ((string)again["status"]!, (int)again["publishedRevision"]!));
    }

    [Fact]
    public async Task One_that_is_set_after_scheduling_holds_the_scheduled_revision_back()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.PostAsync(
            $"{url}/publish",
            new JsonObject { ["at"] = Text(Embargo.AddDays(-1)), ["until"] = Text(Embargo.AddDays(1)) },
            HttpStatusCode.OK
        );

        var held = await cms.Editor.ChangeAsync(url, Under(Embargo));
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)held["scheduledFor"]!));
        Assert.Equal(1, (int?)held["scheduledRevision"]);
        Assert.True((bool)held["hasUnscheduledChanges"]!);

        // It would be withdrawn before it appears.
        var problem = await (
            await cms.Editor.SendPatchAsync(url, Under(Embargo.AddDays(1)), "\"2\"")
        ).ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["/embargoedUntil not-before-withdrawal"], problem.Faults());
        // An earlier one moves nothing: somebody has chosen the time.
        var earlier = await cms.Editor.ChangeAsync(url, Under(Embargo.AddDays(-2)));
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)earlier["scheduledFor"]!));
        await NotSeenAsync(draft);
    }

    [Fact]
    public async Task What_readers_see_stays_while_a_newer_revision_is_under_embargo_and_can_be_corrected()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        var patch = Under(Embargo);
        patch["kicker"] = "Not yet";
        await cms.Editor.ChangeAsync(url, patch);

        var scheduled = await cms.Editor.ActAsync($"{url}/publish");
        Assert.Equal(("published", 1), ((string)scheduled["status"]!, (int)scheduled["publishedRevision"]!));
        Assert.Equal(2, (int?)scheduled["scheduledRevision"]);
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)scheduled["scheduledFor"]!));

        var corrected = await cms.Editor.PostAsync(
            $"{url}/corrections",
            new JsonObject { ["text"] = "It was 2019." },
            HttpStatusCode.OK
        );
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)corrected["embargoedUntil"]!));
        Assert.Equal((int)corrected["revision"]!, (int)corrected["scheduledRevision"]!);
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Null(seen["kicker"]);
        Assert.Equal("It was 2019.", (string?)seen["corrections"]![0]!["text"]);
    }

    [Fact]
    public async Task A_correction_keeps_an_embargo_that_is_all_that_is_new()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        await cms.Editor.ChangeAsync(url, Under(Embargo));
        var corrected = await cms.Editor.PostAsync(
            $"{url}/corrections",
            new JsonObject { ["text"] = "It was 2019." },
            HttpStatusCode.OK
        );
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)corrected["embargoedUntil"]!));
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal("It was 2019.", (string?)seen["corrections"]![0]!["text"]);
    }

    [Fact]
    public async Task The_clock_checks_it_again()
    {
        var draft = await cms.DraftAsync(Under(Embargo));
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ActAsync($"{url}/publish");
        // As if something had brought the time forward.
        await cms.ExecuteAsync(
            "update article_schedules set due_at = now(), try_at = now() where article_id = @id::uuid",
            new { id = (string)draft["id"]! }
        );
        await Wait.UntilAsync(
            "the failure",
            async () => (await cms.Editor.GetJsonAsync(url))["scheduleFailed"] is not null
        );
        var failed = await cms.Editor.GetJsonAsync(url);
        Assert.Equal("scheduled", (string?)failed["status"]);
        var error = Assert.Single(failed["scheduleFailed"]!["errors"]!.AsArray())!;
        Assert.Equal("/embargoedUntil embargoed", $"{error["pointer"]} {error["code"]}");
        await NotSeenAsync(draft);
    }

    [Fact]
    public async Task It_is_part_of_the_revision_as_any_member()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, Under(Embargo));
        await cms.Editor.ChangeAsync(url, new JsonObject { ["embargoedUntil"] = null });

        var revisions = (await cms.Editor.GetJsonAsync($"{url}/revisions"))["data"]!.AsArray();
        foreach (var changed in revisions.Take(2).Select(r => r!["changed"]!.AsArray()))
            Assert.Equal(["embargoedUntil"], changed.Select(m => (string?)m));
        var comparison = await cms.Editor.GetJsonAsync($"{url}/revisions/1/changes/2");
        var member = Assert.Single(comparison["members"]!.AsArray())!;
        Assert.Equal("embargoedUntil", (string?)member["member"]);
        Assert.Null(member["before"]);
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)member["after"]!));

        using var request = new HttpRequestMessage(HttpMethod.Post, $"{url}/revisions/2/restore");
        request.Headers.TryAddWithoutValidation("If-Match", "\"3\"");
        var restored = await (await cms.Editor.SendAsync(request, Ct)).ReadAsync(HttpStatusCode.OK);
        Assert.Equal(Text(Embargo), Text((DateTimeOffset)restored["embargoedUntil"]!));
        // Whoever says the same time in another zone touches nothing.
        using var merge = new HttpRequestMessage(HttpMethod.Patch, url)
        {
            Content = new StringContent(
                new JsonObject
                {
                    ["embargoedUntil"] =
                        $"{Embargo.ToOffset(TimeSpan.FromHours(2)):yyyy-MM-dd'T'HH:mm:ss.fffzzz}",
                    ["kicker"] = "Mine",
                }.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/merge-patch+json"
            ),
        };
        merge.Headers.TryAddWithoutValidation("If-Match", "\"2\"");
        merge.Headers.TryAddWithoutValidation("Prefer", "merge");
        await cms.Editor.ChangeAsync(url, Under(Embargo.AddHours(1)));
        var merged = await (await cms.Editor.SendAsync(merge, Ct)).ReadAsync(HttpStatusCode.OK);
        Assert.Equal("Mine", (string?)merged["kicker"]);
        Assert.Equal(Text(Embargo.AddHours(1)), Text((DateTimeOffset)merged["embargoedUntil"]!));
    }

    [Fact]
    public async Task It_has_an_offset_and_is_at_most_five_years_ahead()
    {
        foreach (
            var (value, fault) in new[]
            {
                ("2999-01-01T00:00:00Z", "/embargoedUntil too-far-ahead"),
                ("2027-01-01T06:00:00", "/embargoedUntil wrong-type"),
            }
        )
        {
            var article = new JsonObject { ["headline"] = "x", ["embargoedUntil"] = value };
            var problem = await cms.Editor.PostAsync(Articles, article, HttpStatusCode.UnprocessableEntity);
            Assert.Equal([fault], problem.Faults());
            // With the other faults.
            article["section"] = "nowhere";
            problem = await cms.Editor.PostAsync(Articles, article, HttpStatusCode.UnprocessableEntity);
            Assert.Equal([fault, "/section unknown-reference"], problem.Faults());
        }
        var draft = await cms.DraftAsync();
        var patch = await cms.Editor.SendPatchAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["embargoedUntil"] = "2999-01-01T00:00:00Z" },
            "\"1\""
        );
        Assert.Equal(
            ["/embargoedUntil too-far-ahead"],
            (await patch.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
        );
    }

    [Fact]
    public async Task One_in_the_past_is_advised_against_until_the_article_was_published()
    {
        var draft = await cms.DraftAsync(Under(DateTimeOffset.UtcNow.AddDays(-1)));
        var url = $"{Articles}/{draft["id"]}";
        Assert.Contains(
            "/embargoedUntil embargo-in-the-past",
            (await cms.Editor.GetJsonAsync($"{url}/checks"))["advice"]!
                .AsArray()
                .Select(f => $"{f!["pointer"]} {f["code"]}")
        );
        Assert.Equal("published", (string?)(await cms.Editor.ActAsync($"{url}/publish"))["status"]);
        Assert.DoesNotContain(
            "embargo-in-the-past",
            (await cms.Editor.GetJsonAsync($"{url}/checks"))["advice"]!
                .AsArray()
                .Select(f => (string?)f!["code"])
        );
    }

    [Fact]
    public async Task A_preview_shows_it_to_those_who_have_the_address()
    {
        var draft = await cms.DraftAsync(Under(Embargo));
        var preview = await cms.Editor.PostAsync($"{Articles}/{draft["id"]}/previews", new JsonObject());
        var shown = await cms.Anonymous.GetJsonAsync((string)preview["url"]!);
        Assert.Equal((string?)draft["headline"], (string?)shown["headline"]);
        await NotSeenAsync(draft);
    }

    [Fact]
    public async Task Who_waits_for_another_writer_sees_what_that_one_has_written()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        var id = Guid.Parse((string)draft["id"]!);
        var postgres = cms.Services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await postgres.OpenConnectionAsync(Ct);
        await using var other = await connection.BeginTransactionAsync(Ct);
        await other.ExecuteAsync("select from articles where id = @id for update", new { id }, Ct);
        await other.ExecuteAsync(
            """
            insert into article_schedules (article_id, act, revision, due_at, try_at, status_before, created_at)
            values (@id, 'publish', 1, @Embargo, @Embargo, 'draft', now())
            """,
            new { id, Embargo },
            Ct
        );
        var publishing = cms.Editor.ActAsync($"{url}/publish");
        await Wait.UntilAsync(
            "the lock",
            () =>
                cms.ScalarAsync<bool>(
                    """
                    select exists (select from pg_stat_activity
                        where wait_event_type = 'Lock' and query like '%articles a where a.id%')
                    """
                )
        );
        await other.CommitAsync(Ct);

        var published = await publishing;
        Assert.Equal("published", (string?)published["status"]);
        Assert.Null(published["scheduledFor"]);
    }

    private static JsonObject Under(DateTimeOffset embargo) => new() { ["embargoedUntil"] = Text(embargo) };

    private async Task<bool> IsSeenAsync(JsonObject article) =>
        (await cms.Anonymous.GetAsync($"/v1/articles/{article["id"]}", Ct)).IsSuccessStatusCode;

    private async Task NotSeenAsync(JsonObject article) => Assert.False(await IsSeenAsync(article));

    private static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
