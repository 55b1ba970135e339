using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using static Cms.IntegrationTests.Editorial.Releases.ReleaseDesk;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>A release may name an older revision: it gets past nothing that holds for the article by now.</summary>
public sealed class PinnedRevisionTests(CmsServer cms)
{
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddDays(3);

    [Fact]
    public async Task An_embargo_that_is_set_later_on_a_live_article_holds_back_its_older_revisions()
    {
        var article = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        await cms.KickAsync(article, "Two");
        var release = await cms.ReleaseAsync(Item(article, revision: 2));
        var timed = await cms.ReleaseAsync(Later.AddDays(-1), Item(article, revision: 2));
        await EmbargoAsync(article, Later);

        foreach (var held in new[] { release, timed })
        {
            var checks = await cms.Editor.GetJsonAsync($"{held.Url()}/checks");
            Assert.Equal(["/items/0 embargoed"], checks["blockers"].Findings());
            var refused = await cms.Editor.PostAsync(
                $"{held.Url()}/publish",
                expected: HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal(["/items/0 embargoed"], refused.Faults());
        }
        Assert.Equal("One", await cms.KickerAsync(article));

        // The later of both counts: that of the revision holds it back too.
        await EmbargoAsync(article, until: null);
        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
        Assert.Equal("Two", await cms.KickerAsync(article));
        await cms.Editor.SendDeleteAsync(timed.Url(), "*");
    }

    [Fact]
    public async Task The_clock_does_not_take_a_release_live_past_an_embargo_that_was_set_later()
    {
        var article = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        await cms.KickAsync(article, "Two");
        var release = await cms.ReleaseAsync(Later, Item(article));
        await EmbargoAsync(article, Later.AddDays(1));
        await cms.ExecuteAsync(
            "update releases set due_at = now(), try_at = now() where id = @id::uuid",
            new { id = (string)release["id"]! }
        );

        JsonNode? failure = null;
        await Wait.UntilAsync(
            "the failure",
            async () => (failure = (await cms.Editor.GetJsonAsync(release.Url()))["failure"]) is not null
        );
        Assert.Equal(["/items/0 embargoed"], failure!["errors"].Findings());
        Assert.Equal("One", await cms.KickerAsync(article));
        await cms.Editor.SendDeleteAsync(release.Url(), "*");
    }

    [Fact]
    public async Task A_revert_does_not_get_past_an_embargo_that_was_set_later()
    {
        var article = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        await cms.KickAsync(article, "Two");
        var release = await cms.ReleaseAsync(Item(article));
        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
        await EmbargoAsync(article, Later);
        var refused = await cms.Editor.PostAsync(
            $"{release.Url()}/revert",
            expected: HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/items/0 embargoed"], refused.Faults());
        await EmbargoAsync(article, until: null);
        await cms.Editor.PostAsync($"{release.Url()}/revert");
        Assert.Equal("One", await cms.KickerAsync(article));
    }

    [Fact]
    public async Task A_limited_key_publishes_no_revision_into_a_section_out_of_its_reach()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        var article = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        await MoveAsync(article, mine);

        foreach (DateTimeOffset? at in new DateTimeOffset?[] { null, Later })
            await limited.PostAsync(Address, Input(at, Item(article, revision: 1)), HttpStatusCode.Forbidden);
        var own = await limited.PostAsync(Address, Input(at: null, Item(article)));
        var pinned = new JsonObject { ["items"] = new JsonArray(Item(article, revision: 1)) };
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await limited.SendPatchAsync(own.Url(), pinned, "*")).StatusCode
        );

        // Somebody else has put it in.
        var release = await cms.ReleaseAsync(Item(article, revision: 1));
        await limited.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.Forbidden);
        Assert.False(await cms.IsSeenAsync(article));
        await limited.PostAsync($"{own.Url()}/publish", expected: HttpStatusCode.OK);
        Assert.True(await cms.IsSeenAsync(article));
    }

    [Fact]
    public async Task A_limited_key_puts_nothing_back_into_a_section_out_of_its_reach()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        var article = await cms.PublishedAsync(new JsonObject { ["section"] = theirs });
        await MoveAsync(article, mine);
        var release = await cms.ReleaseAsync(Item(article));
        // Readers see it in the other section still.
        await limited.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.Forbidden);
        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);

        await limited.PostAsync($"{release.Url()}/revert", expected: HttpStatusCode.Forbidden);
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal(mine, (string?)seen["section"]!["slug"]);
    }

    [Fact]
    public async Task An_article_is_not_corrected_while_a_release_would_take_the_correction_away()
    {
        var article = await cms.PublishedAsync();
        await cms.KickAsync(article, "Two");
        await cms.KickAsync(article, "Three");
        var corrections = $"{Articles}/{article["id"]}/corrections";
        var text = new JsonObject { ["text"] = "It was 2019." };
        var release = await cms.ReleaseAsync(Item(article, revision: 2));

        var refused = await cms.Editor.PostAsync(corrections, text, HttpStatusCode.Conflict);
        Assert.Equal("wrong-status", (string?)refused["code"]);
        Assert.Contains((string)release["id"]!, (string?)refused["detail"], StringComparison.Ordinal);
        // A release that withdraws it, or takes the working copy, keeps nobody from it.
        await cms.Editor.SendDeleteAsync(release.Url(), "*");
        await cms.ReleaseAsync(Item(article));
        await cms.ReleaseAsync(Item(article, "unpublish"));
        await cms.Editor.PostAsync(corrections, text.DeepClone(), HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_release_of_the_present_revision_goes_on_with_the_correction()
    {
        var article = await cms.PublishedAsync();
        await cms.KickAsync(article, "Two");
        var timed = await cms.ReleaseAsync(Later, Item(article));
        Assert.Equal(2, (int?)timed["items"]![0]!["revision"]);
        var corrected = await cms.Editor.PostAsync(
            $"{Articles}/{article["id"]}/corrections",
            new JsonObject { ["text"] = "It was 2019." },
            HttpStatusCode.OK
        );
        timed = await cms.Editor.GetJsonAsync(timed.Url());
        Assert.Equal((int?)corrected["revision"], (int?)timed["items"]![0]!["revision"]);

        await cms.Editor.PostAsync($"{timed.Url()}/publish", expected: HttpStatusCode.OK);
        var seen = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        Assert.Equal("Two", (string?)seen["kicker"]);
        Assert.Equal("It was 2019.", (string?)seen["corrections"]![0]!["text"]);
    }

    [Fact]
    public async Task A_release_out_of_reach_is_not_named_where_it_stands_in_the_way()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        var article = await cms.PublishedAsync(new JsonObject { ["section"] = mine });
        await cms.KickAsync(article, "Two");
        var other = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        var release = await cms.ReleaseAsync(Later, Item(article), Item(other));
        var at = new JsonObject { ["at"] = Text(Later.AddDays(1)) };
        var url = $"{Articles}/{article["id"]}";

        var hidden = await limited.PostAsync($"{url}/publish", at, HttpStatusCode.Conflict);
        await cms.KickAsync(article, "Three");
        var text = new JsonObject { ["text"] = "It was 2019." };
        var uncorrected = await limited.PostAsync($"{url}/corrections", text, HttpStatusCode.Conflict);
        foreach (var refused in new[] { hidden, uncorrected })
        {
            Assert.Equal("wrong-status", (string?)refused["code"]);
            var detail = (string)refused["detail"]!;
            Assert.DoesNotContain((string)release["id"]!, detail, StringComparison.Ordinal);
            Assert.DoesNotContain((string)release["name"]!, detail, StringComparison.Ordinal);
            Assert.DoesNotContain(Text(Later)[..10], detail, StringComparison.Ordinal);
        }
        foreach (var (path, body) in new[] { ("publish", at), ("corrections", text) })
        {
            var named = await cms.Editor.PostAsync(
                $"{url}/{path}",
                body.DeepClone(),
                HttpStatusCode.Conflict
            );
            Assert.Contains((string)release["id"]!, (string?)named["detail"], StringComparison.Ordinal);
        }
        await cms.Editor.SendDeleteAsync(release.Url(), "*");
    }

    private Task<JsonObject> EmbargoAsync(JsonObject article, DateTimeOffset? until) =>
        cms.Editor.ChangeAsync(
            $"{Articles}/{article["id"]}",
            new JsonObject { ["embargoedUntil"] = until is { } time ? Text(time) : null }
        );

    private Task<JsonObject> MoveAsync(JsonObject article, string section) =>
        cms.Editor.ChangeAsync($"{Articles}/{article["id"]}", new JsonObject { ["section"] = section });
}
