using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using static Cms.IntegrationTests.Editorial.Releases.ReleaseDesk;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>Articles that go live together.</summary>
public sealed class ReleaseTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddDays(3);

    [Fact]
    public async Task A_release_goes_live_as_a_whole_and_only_when_it_is_published()
    {
        var coming = new List<JsonObject> { await cms.DraftAsync(), await cms.DraftAsync() };
        var going = await cms.PublishedAsync();
        var changed = await cms.PublishedAsync();
        await cms.KickAsync(changed, "Newer");
        var release = await cms.ReleaseAsync(
            Item(coming[0]),
            Item(coming[1]),
            Item(going, "unpublish"),
            Item(changed)
        );
        Assert.Equal("open", (string?)release["status"]);
        Assert.Equal(4, (int?)release["itemCount"]);
        Assert.Null(release["items"]![0]!["revision"]);
        Assert.False(await cms.IsSeenAsync(coming[0]));
        Assert.True(await cms.IsSeenAsync(going));

        var live = await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);

        Assert.Equal("published", (string?)live["status"]);
        Assert.NotNull(live["publishedAt"]);
        Assert.NotNull(live["publishedBy"]);
        Assert.False((bool)live["isLate"]!);
        Assert.Equal([null, null, 1, 1], live["items"]!.AsArray().Select(i => (int?)i!["replacedRevision"]));
        Assert.Equal([1, 1, null, 2], live["items"]!.AsArray().Select(i => (int?)i!["revision"]));
        Assert.All(await Task.WhenAll(coming.Select(cms.IsSeenAsync)), Assert.True);
        Assert.False(await cms.IsSeenAsync(going));
        Assert.Equal("Newer", await cms.KickerAsync(changed));
        // Each act has its own record, and they are one request.
        var record = Assert.Single(await cms.RecordsAsync(release, "release.publish"))!;
        foreach (var (article, act) in new[] { (coming[0], "article.publish"), (going, "article.unpublish") })
            Assert.Equal(
                (string?)record["requestId"],
                (string?)Assert.Single(await cms.RecordsAsync(article, act))!["requestId"]
            );
    }

    [Fact]
    public async Task A_release_goes_live_not_at_all_where_one_of_it_cannot_and_all_reasons_are_named()
    {
        var good = await cms.DraftAsync();
        var homeless = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var trashed = await cms.DraftAsync();
        var hidden = await cms.DraftAsync();
        var scheduled = await cms.DraftAsync();
        var erased = await cms.DraftAsync();
        var release = await cms.ReleaseAsync(
            Item(good),
            Item(homeless),
            Item(trashed),
            Item(hidden, "unpublish"),
            Item(scheduled),
            Item(erased)
        );
        await cms.Editor.SendDeleteAsync($"{Articles}/{trashed["id"]}", "*");
        await cms.Admin.SendDeleteAsync($"{Articles}/{erased["id"]}?permanently=true", "*");
        await cms.Editor.PostAsync(
            $"{Articles}/{scheduled["id"]}/publish",
            new JsonObject { ["at"] = Text(Later) },
            HttpStatusCode.OK
        );
        string[] reasons =
        [
            "/items/1 required-to-publish",
            "/items/2 wrong-status",
            "/items/3 wrong-status",
            "/items/4 also-scheduled",
            "/items/5 unknown-reference",
        ];

        var checks = await cms.Editor.GetJsonAsync($"{release.Url()}/checks");
        Assert.False((bool)checks["canBePublished"]!);
        Assert.Equal(reasons, checks["blockers"].Findings());
        var refused = await cms.Editor.PostAsync(
            $"{release.Url()}/publish",
            expected: HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(reasons, refused.Faults());
        Assert.Contains(
            (string)homeless["slug"]!,
            (string?)refused["errors"]![0]!["detail"],
            StringComparison.Ordinal
        );
        Assert.False(await cms.IsSeenAsync(good));
        Assert.Equal("open", (string?)(await cms.Editor.GetJsonAsync(release.Url()))["status"]);
        Assert.Empty(await cms.RecordsAsync(good, "article.publish"));
    }

    [Fact]
    public async Task Without_a_revision_the_working_copy_goes_live_and_with_it_that_revision()
    {
        var follows = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        var stays = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        foreach (var article in new[] { follows, stays })
            await cms.KickAsync(article, "Two");
        var release = await cms.ReleaseAsync(Item(follows), Item(stays, revision: 2));
        foreach (var article in new[] { follows, stays })
            await cms.KickAsync(article, "Three");

        var advice = (await cms.Editor.GetJsonAsync($"{release.Url()}/checks"))["advice"]!.AsArray();
        Assert.Equal(
            ["/items/0 changed-since", "/items/1 changed-since"],
            advice.Findings().Where(f => f.EndsWith("changed-since", StringComparison.Ordinal))
        );
        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);

        Assert.Equal("Three", await cms.KickerAsync(follows));
        Assert.Equal("Two", await cms.KickerAsync(stays));
    }

    [Fact]
    public async Task Everything_wrong_with_an_input_is_named_at_once()
    {
        var article = await cms.DraftAsync();
        var twice = Item(article);
        var input = Input(
            DateTimeOffset.UtcNow.AddMinutes(-1),
            Item(article),
            twice,
            new JsonObject { ["article"] = "no-such-article", ["act"] = "publish" },
            Item(await cms.DraftAsync(), revision: 7),
            Item(await cms.DraftAsync(), "unpublish", revision: 1)
        );
        input["name"] = "";
        var refused = await cms.Editor.PostAsync(Address, input, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(
            [
                "/at in-the-past",
                "/items/1/article repeated",
                "/items/2/article unknown-reference",
                "/items/3/revision unknown-revision",
                "/items/4/revision contradiction",
                "/name empty",
            ],
            refused.Faults().Order(StringComparer.Ordinal)
        );
        var many = Input(at: null, [.. Enumerable.Range(0, 201).Select(_ => Item(article))]);
        Assert.Contains(
            "/items too-many",
            (await cms.Editor.PostAsync(Address, many, HttpStatusCode.UnprocessableEntity)).Faults()
        );
        var empty = await cms.ReleaseAsync();
        Assert.Equal(
            ["/items no-items"],
            (
                await cms.Editor.PostAsync(
                    $"{empty.Url()}/publish",
                    expected: HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
    }

    [Fact]
    public async Task A_release_is_changed_from_its_present_revision_until_it_is_live()
    {
        var first = await cms.DraftAsync();
        var second = await cms.DraftAsync();
        var release = await cms.ReleaseAsync(Item(first));
        var patch = new JsonObject { ["items"] = new JsonArray(Item(first), Item(second)) };
        Assert.Equal(
            HttpStatusCode.PreconditionRequired,
            (await cms.Editor.SendPatchAsync(release.Url(), patch, ifMatch: null)).StatusCode
        );
        var changed = await cms.Editor.ChangeAsync(release.Url(), patch);
        Assert.Equal(2, (int?)changed["revision"]);
        Assert.Equal((string?)release["name"], (string?)changed["name"]);
        Assert.Equal(2, changed["items"]!.AsArray().Count);
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await cms.Editor.SendPatchAsync(release.Url(), patch, "\"1\"")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            (await cms.Editor.SendDeleteAsync(release.Url(), "\"1\"")).StatusCode
        );

        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
        foreach (
            var refused in new[]
            {
                await cms.Editor.SendPatchAsync(release.Url(), patch, "*"),
                await cms.Editor.SendDeleteAsync(release.Url(), "*"),
                await cms.Editor.PostAsync($"{release.Url()}/publish", content: null, Ct),
                await cms.Editor.GetAsync($"{release.Url()}/checks", Ct),
            }
        )
            Assert.Equal("wrong-status", (string?)(await refused.ReadAsync(HttpStatusCode.Conflict))["code"]);

        var other = await cms.ReleaseAsync(Item(second));
        Assert.Equal(204, await cms.Editor.SendDeleteAsync(other.Url(), "*").StatusAsync());
        Assert.Equal(404, await cms.Editor.GetAsync(other.Url(), Ct).StatusAsync());
    }

    [Fact]
    public async Task What_is_added_again_without_a_revision_keeps_when_it_was_added()
    {
        var article = await cms.DraftAsync();
        var release = await cms.ReleaseAsync(Item(article));
        await cms.KickAsync(article, "Edited since");
        var changed = await cms.Editor.ChangeAsync(
            release.Url(),
            new JsonObject { ["items"] = new JsonArray(Item(article), Item(await cms.DraftAsync())) }
        );
        Assert.Equal([1, 1], changed["items"]!.AsArray().Select(i => (int?)i!["addedRevision"]));
        Assert.Contains(
            "/items/0 changed-since",
            (await cms.Editor.GetJsonAsync($"{release.Url()}/checks"))["advice"].Findings()
        );
    }

    [Fact]
    public async Task Checks_name_other_releases_and_links_within_a_release_are_not_broken()
    {
        var target = await cms.DraftAsync();
        var linking = await cms.DraftAsync(
            new JsonObject
            {
                ["body"] = new JsonObject { ["markdown"] = $"See [that](/articles/{target["slug"]})." },
            }
        );
        var release = await cms.ReleaseAsync(Item(linking));
        var other = await cms.ReleaseAsync(Item(linking), Item(target));
        var checks = await cms.Editor.GetJsonAsync($"{release.Url()}/checks");
        Assert.True((bool)checks["canBePublished"]!);
        Assert.Contains("/items/0 broken-link", checks["advice"].Findings());
        var named = checks["advice"]!.AsArray().Single(a => (string?)a!["code"] == "in-another-release")!;
        Assert.Contains((string)other["name"]!, (string?)named["detail"], StringComparison.Ordinal);

        var together = await cms.Editor.GetJsonAsync($"{other.Url()}/checks");
        Assert.DoesNotContain("/items/0 broken-link", together["advice"].Findings());
    }

    [Fact]
    public async Task Releases_are_listed_by_status_newest_first()
    {
        var article = await cms.PublishedAsync();
        var open = await cms.ReleaseAsync(Item(article));
        var timed = await cms.ReleaseAsync(Later, Item(await cms.DraftAsync()));
        foreach (var (status, release) in new[] { ("open", open), ("scheduled", timed) })
        {
            var page = await cms.Editor.GetJsonAsync($"{Address}?status={status}&limit=100");
            Assert.Contains((string?)release["id"], page["data"]!.AsArray().Select(r => (string?)r!["id"]));
            Assert.All(page["data"]!.AsArray(), r => Assert.Equal(status, (string?)r!["status"]));
        }
        var newest = (await cms.Editor.GetJsonAsync($"{Address}?limit=1&fields=id,name"))["data"]![0]!;
        Assert.Equal((string?)timed["id"], (string?)newest["id"]);
        await cms.Editor.SendDeleteAsync(timed.Url(), "*");
    }

    [Fact]
    public async Task A_key_that_is_limited_to_sections_needs_to_reach_every_article()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var inside = await cms.DraftAsync(new JsonObject { ["section"] = mine });
        var outside = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        var refused = await limited.PostAsync(
            Address,
            Input(at: null, Item(inside), Item(outside)),
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/items/1/article unknown-reference"], refused.Faults());

        var both = await cms.ReleaseAsync(Item(inside), Item(outside));
        foreach (
            var hidden in new[]
            {
                await limited.GetAsync(both.Url(), Ct),
                await limited.GetAsync($"{both.Url()}/checks", Ct),
                await limited.PostAsync($"{both.Url()}/publish", content: null, Ct),
                await limited.SendDeleteAsync(both.Url(), "*"),
            }
        )
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
        var own = await limited.PostAsync(Address, Input(at: null, Item(inside)));
        // The release that it may not see is not named either.
        Assert.DoesNotContain(
            "/items/0 in-another-release",
            (await limited.GetJsonAsync($"{own.Url()}/checks"))["advice"].Findings()
        );
        Assert.Equal(
            [(string?)own["id"]],
            (await limited.GetJsonAsync($"{Address}?limit=100"))["data"]!
                .AsArray()
                .Where(r =>
                    r!["id"]!.ToString() == (string?)own["id"] || r["id"]!.ToString() == (string?)both["id"]
                )
                .Select(r => (string?)r!["id"])
        );
        await limited.PostAsync($"{own.Url()}/publish", expected: HttpStatusCode.OK);
        Assert.True(await cms.IsSeenAsync(inside));
    }

    [Fact]
    public async Task The_slug_of_a_revision_in_a_release_is_kept_for_it()
    {
        var slug = Names.Unique("kept");
        var article = await cms.DraftAsync(new JsonObject { ["slug"] = slug });
        var release = await cms.ReleaseAsync(Item(article, revision: 1));
        await cms.Editor.ChangeAsync(
            $"{Articles}/{article["id"]}",
            new JsonObject { ["slug"] = Names.Unique("other") }
        );
        var another = new JsonObject { ["headline"] = "x", ["slug"] = slug };
        await cms.Editor.PostAsync(Articles, another.DeepClone(), HttpStatusCode.Conflict);
        await cms.Editor.SendDeleteAsync(release.Url(), "*");
        await cms.Editor.PostAsync(Articles, another);
        // It is too late for that revision now.
        var late = await cms.ReleaseAsync(Item(article, revision: 1));
        Assert.Equal(
            ["/items/0 slug-taken"],
            (
                await cms.Editor.PostAsync(
                    $"{late.Url()}/publish",
                    expected: HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
    }

    [Fact]
    public async Task A_retry_publishes_once_and_gets_the_first_answer()
    {
        var release = await cms.ReleaseAsync(Item(await cms.DraftAsync()));
        var key = Guid.CreateVersion7().ToString();
        var answers = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{release.Url()}/publish");
            request.Headers.Add("Idempotency-Key", key);
            using var response = await cms.Editor.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            answers.Add(await response.Content.ReadAsStringAsync(Ct));
        }
        Assert.Equal(answers[0], answers[1]);
        Assert.Single(await cms.RecordsAsync(release, "release.publish"));
    }

    [Fact]
    public async Task Whoever_publishes_two_releases_of_the_same_articles_at_once_gets_both_in_some_order()
    {
        var articles = new List<JsonObject>();
        for (var i = 0; i < 6; i++)
            articles.Add(await cms.DraftAsync());
        var there = await cms.ReleaseAsync([.. articles.Select(a => Item(a))]);
        var back = await cms.ReleaseAsync([.. Enumerable.Reverse(articles).Select(a => Item(a))]);
        var answers = await Task.WhenAll(
            cms.Editor.PostAsync($"{there.Url()}/publish", content: null, Ct),
            cms.Editor.PostAsync($"{back.Url()}/publish", content: null, Ct)
        );
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.All(await Task.WhenAll(articles.Select(cms.IsSeenAsync)), Assert.True);
    }
}
