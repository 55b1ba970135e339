using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Http;
using Cms.IntegrationTests.Sync;

namespace Cms.IntegrationTests.Editorial;

/// <summary>What is said of an article that is withdrawn: to readers, to apps and to partners.</summary>
public sealed class TakedownTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";
    private const string Notice = "Its main source has withdrawn what he said.";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_are_told_the_notice_at_every_address_that_it_had()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["slug"] = Names.Unique("renamed") });
        var slug = (string)(await cms.Editor.ActAsync($"{url}/publish"))["slug"]!;

        var withdrawn = await WithdrawAsync(article, new() { ["reason"] = "error", ["notice"] = Notice });
        Assert.Equal("unpublished", (string?)withdrawn["status"]);
        Assert.Equal(
            ("error", Notice),
            ((string)withdrawn["withdrawal"]!["reason"]!, (string)withdrawn["withdrawal"]!["notice"]!)
        );
        foreach (
            var address in new[] { slug, (string)article["slug"]!, (string)article["id"]!, $"{slug}/related" }
        )
        {
            var problem = await cms.Anonymous.GetJsonAsync($"/v1/articles/{address}", HttpStatusCode.Gone);
            Assert.Equal(("withdrawn", Notice), ((string)problem["code"]!, (string)problem["notice"]!));
        }
        var record = (
            await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={article["id"]}&act=article.unpublish")
        )["data"]![0]!;
        Assert.Equal("error", (string?)record["note"]);
        // Thrown away at the desk, it is still withdrawn for readers.
        Assert.Equal(204, await cms.Admin.SendDeleteAsync($"{url}?permanently=true", "*").StatusAsync());
        var gone = await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}", HttpStatusCode.Gone);
        Assert.Equal(Notice, (string?)gone["notice"]);
    }

    [Fact]
    public async Task Publishing_it_again_takes_all_of_it_back()
    {
        var article = await cms.PublishedAsync();
        var other = await cms.PublishedAsync();
        await WithdrawAsync(
            article,
            new()
            {
                ["reason"] = "legal",
                ["notice"] = Notice,
                ["replacedBy"] = (string)other["slug"]!,
            }
        );
        var again = await cms.Editor.ActAsync($"{Articles}/{article["id"]}/publish");
        Assert.Null(again["withdrawal"]);
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}");
        var silent = await cms.Editor.ActAsync($"{Articles}/{article["id"]}/unpublish");
        Assert.Null(silent["withdrawal"]);
        var problem = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles/{article["slug"]}",
            HttpStatusCode.Gone
        );
        Assert.False(problem.ContainsKey("notice"));
        Assert.Equal("unpublished", await SyncedReasonAsync(article));
    }

    [Theory]
    [InlineData("error")]
    [InlineData("legal")]
    [InlineData("duplicate")]
    [InlineData("expired")]
    [InlineData("other")]
    public async Task Apps_pages_and_webhooks_are_told_the_reason(string reason)
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        await using var events = await EventReader.OpenAsync(cms.Anonymous, "/v1/events?types=article");
        await using var ofSection = await EventReader.OpenAsync(
            cms.Anonymous,
            $"/v1/events?types=article&section={section}"
        );

        SyncClient[] copies =
        [
            new(cms.Anonymous, "/v1/sync?types=article&body=none&limit=1000"),
            new(cms.Anonymous, $"/v1/sync?types=article&section={section}"),
        ];
        foreach (var copy in copies)
            await copy.CatchUpAsync();

        await WithdrawAsync(article, new() { ["reason"] = reason, ["notice"] = Notice });

        foreach (var reader in new[] { events, ofSection })
        {
            JsonNode heard;
            do heard = await reader.NextAsync();
            while ((string?)heard["id"] != (string?)article["id"]);
            Assert.Equal(("delete", reason), ((string)heard["op"]!, (string)heard["reason"]!));
        }
        foreach (var copy in copies)
        {
            var change = Assert.Single(
                await copy.CatchUpAsync(),
                c => (string?)c["id"] == (string?)article["id"]
            );
            Assert.Equal(("delete", reason), ((string)change["op"]!, (string)change["reason"]!));
        }
        var told = JsonNode.Parse(
            (
                await cms.ScalarAsync<string>(
                    "select data::text from events where entity_id = @id::uuid and type = 'article.unpublished'",
                    new { id = (string)article["id"]! }
                )
            )!
        )!;
        Assert.Equal(reason, (string?)told["reason"]);
    }

    [Fact]
    public async Task What_is_said_of_an_article_that_is_withdrawn_already_can_be_changed_and_everybody_is_told()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var other = await cms.PublishedAsync();
        await cms.Editor.ActAsync($"{Articles}/{article["id"]}/unpublish");
        SyncClient[] copies =
        [
            new(cms.Anonymous, "/v1/sync?types=article&body=none&limit=1000"),
            new(cms.Anonymous, $"/v1/sync?types=article&section={section}"),
        ];
        foreach (var copy in copies)
            await copy.CatchUpAsync();
        var before = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}", HttpStatusCode.Gone);
        Assert.False(before.ContainsKey("notice"));

        var restated = await WithdrawAsync(article, new() { ["reason"] = "legal", ["notice"] = Notice });
        Assert.Equal("unpublished", (string?)restated["status"]);
        Assert.Equal("legal", (string?)restated["withdrawal"]!["reason"]);
        var after = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}", HttpStatusCode.Gone);
        Assert.Equal(Notice, (string?)after["notice"]);
        foreach (var copy in copies)
        {
            var change = Assert.Single(
                await copy.CatchUpAsync(),
                c => (string?)c["id"] == (string?)article["id"]
            );
            Assert.Equal(("delete", "legal"), ((string)change["op"]!, (string)change["reason"]!));
        }
        Assert.Equal([null, "legal"], await TellsAsync());

        // The same again is no news; another article takes its place; it says nothing.
        await WithdrawAsync(article, new() { ["reason"] = "legal", ["notice"] = Notice });
        Assert.Equal(2, (await TellsAsync()).Length);
        await ReplaceAsync(article, other);
        await LeadsAsync($"/v1/articles/{article["slug"]}", $"/v1/articles/{other["slug"]}");
        var record = (
            await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={article["id"]}&act=article.unpublish")
        )["data"]![0]!;
        Assert.Equal("duplicate", (string?)record["note"]);
        await WithdrawAsync(article, [], HttpStatusCode.Conflict);
        await WithdrawAsync(
            article,
            new() { ["at"] = In(days: 1), ["reason"] = "error" },
            HttpStatusCode.Conflict
        );
        Assert.Equal([null, "legal", "duplicate"], await TellsAsync());
        await cms.Contributor.PostAsync(
            $"{Articles}/{article["id"]}/unpublish",
            new JsonObject { ["reason"] = "other" },
            HttpStatusCode.Forbidden
        );

        async Task<string?[]> TellsAsync() =>
            (
                await cms.ScalarAsync<string?[]>(
                    """
                    select array(select data->>'reason' from events
                        where entity_id = @id::uuid and type = 'article.unpublished' order by sequence)
                    """,
                    new { id = (string)article["id"]! }
                )
            )!;
    }

    [Fact]
    public async Task Readers_are_sent_to_the_article_that_took_its_place_while_that_is_published()
    {
        var (one, two, three) = (
            await cms.PublishedAsync(),
            await cms.PublishedAsync(),
            await cms.PublishedAsync()
        );
        var withdrawn = await ReplaceAsync(one, two);
        Assert.Equal((string?)two["slug"], (string?)withdrawn["withdrawal"]!["replacedBy"]!["slug"]);
        foreach (var address in new[] { one["slug"], one["id"] })
            await LeadsAsync($"/v1/articles/{address}", $"/v1/articles/{two["slug"]}");
        await LeadsAsync(
            $"/v1/articles/{one["slug"]}/related?limit=3",
            $"/v1/articles/{two["slug"]}/related?limit=3"
        );
        await LeadsAsync($"/v1/articles/{one["slug"]}?body=none", $"/v1/articles/{two["slug"]}?body=none");

        // Replaced itself, it leads on; renamed, to the present slug.
        await ReplaceAsync(two, three);
        var slug = Names.Unique("renamed");
        await cms.Editor.ChangeAsync($"{Articles}/{three["id"]}", new JsonObject { ["slug"] = slug });
        await cms.Editor.ActAsync($"{Articles}/{three["id"]}/publish");
        await LeadsAsync($"/v1/articles/{one["slug"]}", $"/v1/articles/{slug}");
        await LeadsAsync($"/v1/articles/{two["slug"]}", $"/v1/articles/{slug}");

        // Withdrawn too, and in a circle: there is nothing to see.
        await ReplaceAsync(three, one);
        foreach (var article in new[] { one, two, three })
            await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["slug"]}", HttpStatusCode.Gone);
        // Published again, it shows itself, and the others lead there.
        await cms.Editor.ActAsync($"{Articles}/{two["id"]}/publish");
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{two["id"]}");
        await LeadsAsync($"/v1/articles/{one["slug"]}", $"/v1/articles/{two["slug"]}");
        await LeadsAsync($"/v1/articles/{three["id"]}", $"/v1/articles/{two["slug"]}");
    }

    [Fact]
    public async Task A_replacement_that_is_not_published_shows_nothing_of_itself()
    {
        var article = await cms.PublishedAsync();
        var draft = await cms.DraftAsync();
        await WithdrawAsync(article, new() { ["replacedBy"] = (string)draft["id"]!, ["notice"] = Notice });
        using var response = await cms.Anonymous.GetAsync($"/v1/articles/{article["slug"]}", Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.Equal(HttpStatusCode.Gone, response.StatusCode);
        Assert.DoesNotContain((string)draft["id"]!, text + response.Headers, StringComparison.Ordinal);
        Assert.DoesNotContain((string)draft["slug"]!, text + response.Headers, StringComparison.Ordinal);
        Assert.Contains(Notice, text, StringComparison.Ordinal);
        // Once it is, readers are led there.
        await cms.Editor.ActAsync($"{Articles}/{draft["id"]}/publish");
        await LeadsAsync($"/v1/articles/{article["slug"]}", $"/v1/articles/{draft["slug"]}");
    }

    [Fact]
    public async Task What_is_scheduled_keeps_what_is_to_be_said()
    {
        var article = await cms.PublishedAsync();
        var other = await cms.DraftAsync();
        var url = $"{Articles}/{article["id"]}";
        var planned = await WithdrawAsync(
            article,
            new()
            {
                ["at"] = In(days: 3),
                ["reason"] = "expired",
                ["notice"] = Notice,
                ["replacedBy"] = (string)other["id"]!,
            }
        );
        Assert.Null(planned["withdrawal"]);
        Assert.Equal("expired", (string?)planned["scheduledWithdrawal"]!["reason"]);
        // Another time leaves what is to be said.
        await cms.Editor.PostAsync(
            $"{url}/publish",
            new JsonObject { ["until"] = In(days: 4) },
            HttpStatusCode.OK
        );
        await cms.ExecuteAsync(
            "update article_schedules set due_at = now(), try_at = now() where article_id = @id::uuid",
            new { id = (string)article["id"]! }
        );
        await Wait.UntilAsync(
            "its withdrawal",
            async () => (string?)(await cms.Editor.GetJsonAsync(url))["status"] == "unpublished"
        );
        var now = await cms.Editor.GetJsonAsync(url);
        Assert.Null(now["scheduledWithdrawal"]);
        Assert.Equal((string?)other["id"], (string?)now["withdrawal"]!["replacedBy"]!["id"]);
        var problem = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}", HttpStatusCode.Gone);
        Assert.Equal(Notice, (string?)problem["notice"]);
        Assert.Equal("expired", await SyncedReasonAsync(article));
    }

    [Fact]
    public async Task All_that_is_wrong_with_it_is_told_at_once()
    {
        var article = await cms.PublishedAsync();
        foreach (
            var (replacement, fault) in new[]
            {
                ("nowhere", "/replacedBy unknown-reference"),
                ((string)article["slug"]!, "/replacedBy self-reference"),
            }
        )
        {
            var problem = await WithdrawAsync(
                article,
                new() { ["at"] = "2020-01-01T00:00:00Z", ["replacedBy"] = replacement },
                HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal(["/at in-the-past", fault], problem.Faults());
        }
        var form = await WithdrawAsync(
            article,
            new() { ["reason"] = "whim", ["notice"] = new string('x', 2_001) },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/notice too-long", "/reason wrong-type"], form.Faults());
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
    }

    [Fact]
    public async Task A_key_of_other_sections_cannot_name_a_draft_as_the_replacement()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var (draft, published) = (await cms.DraftAsync(), await cms.PublishedAsync());
        var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [section])).Token);
        var url = $"{Articles}/{article["id"]}/unpublish";
        var problem = await limited.PostAsync(
            url,
            new JsonObject { ["replacedBy"] = (string)draft["id"]! },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/replacedBy unknown-reference"], problem.Faults());
        await limited.PostAsync(
            url,
            new JsonObject { ["replacedBy"] = (string)published["slug"]! },
            HttpStatusCode.OK
        );
        await LeadsAsync($"/v1/articles/{article["slug"]}", $"/v1/articles/{published["slug"]}");
        // Withdrawn since, it is out of the key's sight.
        await cms.Editor.ActAsync($"{Articles}/{published["id"]}/unpublish");
        var seen = await limited.GetJsonAsync($"{Articles}/{article["id"]}");
        Assert.Null(seen["withdrawal"]!["replacedBy"]);
    }

    private Task<JsonObject> ReplaceAsync(JsonObject article, JsonObject by) =>
        WithdrawAsync(article, new() { ["reason"] = "duplicate", ["replacedBy"] = (string)by["slug"]! });

    private Task<JsonObject> WithdrawAsync(
        JsonObject article,
        JsonObject body,
        HttpStatusCode expected = HttpStatusCode.OK
    ) => cms.Editor.PostAsync($"{Articles}/{article["id"]}/unpublish", body, expected);

    /// <summary>Twice, since an answer may come out of memory.</summary>
    private async Task LeadsAsync(string from, string to)
    {
        for (var i = 0; i < 2; i++)
        {
            using var response = await cms.Anonymous.AskAsync("GET", from);
            Assert.Equal(HttpStatusCode.PermanentRedirect, response.StatusCode);
            Assert.Equal(to, response.Headers.Location?.ToString());
        }
    }

    private Task<string?> SyncedReasonAsync(JsonObject article) =>
        cms.ScalarAsync<string>(
            "select reason from changes where entity_id = @id::uuid and entity_type = 'article'",
            new { id = (string)article["id"]! }
        );

    private static string In(int days) => $"{DateTimeOffset.UtcNow.AddDays(days):yyyy-MM-dd'T'HH:mm:ss'Z'}";
}
