using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Several acts in one request, all or none.</summary>
public sealed class BatchTests(CmsServer cms)
{
    private const string Batch = "/v1/editorial/batch";
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_kinds_of_acts_are_done_in_one_transaction_and_recorded_one_by_one()
    {
        var section = await cms.SectionAsync();
        var slug = Names.Unique("batch");
        var (changed, withdrawn, trashed, retagged) = (
            await cms.DraftAsync(),
            await cms.PublishedAsync(),
            await cms.DraftAsync(),
            await cms.DraftAsync(new JsonObject { ["tags"] = new JsonArray("Water", "Chips") })
        );
        var result = await RunAsync(
            Act("create", ("article", Article(section, slug)), ("note", "From the wire"), ("publish", false)),
            On("change", changed, ("revision", 1), ("article", new JsonObject { ["kicker"] = "New" })),
            On("publish", changed),
            On("unpublish", withdrawn, ("with", new JsonObject { ["reason"] = "duplicate" })),
            On("delete", trashed, ("revision", 1)),
            On(
                "retag",
                retagged,
                ("add", new JsonArray("Power", "water")),
                ("remove", new JsonArray("chips", "none-such"))
            ),
            // A later act sees what an earlier one did.
            Act("publish", ("slugOrId", slug))
        );

        Assert.False((bool)result["dryRun"]!);
        var results = result["results"]!.AsArray();
        Assert.All(results, r => Assert.Null(r!["problem"]));
        Assert.Equal(
            ["published", "published", "published", "unpublished", "trashed", "draft", "published"],
            results.Select(r => (string?)r!["article"]!["status"])
        );
        Assert.Equal([1, 2, 2, 1, 1, 2, 1], results.Select(r => (int)r!["article"]!["revision"]!));
        Assert.Equal(
            ["Water", "Power"],
            (await cms.Editor.GetJsonAsync($"{Articles}/{retagged["id"]}"))["tags"]!
                .AsArray()
                .Select(t => (string?)t!["name"])
        );
        var created = results[0]!["article"]!;
        Assert.Equal(
            "From the wire",
            (string?)
                (await cms.Editor.GetJsonAsync($"{Articles}/{created["id"]}/revisions"))["data"]![0]!["note"]
        );
        var requests = new HashSet<string?>();
        foreach (
            var (thing, act) in new[]
            {
                (created, "article.create"),
                (created, "article.publish"),
                (changed, "article.change"),
                (changed, "article.publish"),
                (withdrawn, "article.unpublish"),
                (trashed, "article.trash"),
                (retagged, "article.change"),
            }
        )
        {
            var records = await cms.Editor.GetJsonAsync(
                $"/v1/editorial/audit?entity={thing["id"]}&act={act}"
            );
            requests.Add((string?)Assert.Single(records["data"]!.AsArray())!["requestId"]);
        }
        Assert.Single(requests);
    }

    [Fact]
    public async Task If_one_act_cannot_be_done_none_is_and_each_that_cannot_has_its_problem()
    {
        var good = await cms.DraftAsync();
        var homeless = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var slug = Names.Unique("batch");
        var problem = await RefusedAsync(
            cms.Editor,
            On("publish", good),
            On("publish", homeless),
            Act("create", ("article", new JsonObject { ["headline"] = "x", ["section"] = "no-such" })),
            On("change", good, ("revision", 9), ("article", new JsonObject { ["kicker"] = "x" })),
            On("change", good, ("revision", 1), ("article", new JsonObject { ["headline"] = " " })),
            On("unpublish", homeless),
            Act("delete", ("slugOrId", "no-such-article"), ("revision", 1)),
            Act("create", ("article", Article(await cms.SectionAsync(), slug)))
        );

        Assert.Equal(
            [
                "/acts/1 required-to-publish",
                "/acts/2/article/section unknown-reference",
                "/acts/3 revision-changed",
                "/acts/4/article/headline empty",
                "/acts/5 wrong-status",
                "/acts/6 not-found",
            ],
            problem.Faults()
        );
        var acts = problem["acts"]!.AsArray();
        Assert.Equal([1, 2, 3, 4, 5, 6], acts.Select(a => (int)a!["act"]!));
        Assert.Equal(
            ["invalid", "invalid", "revision-changed", "invalid", "wrong-status", "not-found"],
            acts.Select(a => (string?)a!["problem"]!["code"])
        );
        Assert.Equal([422, 422, 412, 422, 409, 404], acts.Select(a => (int)a!["problem"]!["status"]!));
        Assert.Equal("/section", (string?)acts[0]!["problem"]!["errors"]![0]!["pointer"]);
        Assert.Equal(1, (int)acts[2]!["problem"]!["currentRevision"]!);
        Assert.Equal("draft", (string?)(await cms.Editor.GetJsonAsync($"{Articles}/{good["id"]}"))["status"]);
        // Nothing is left of it, not even a slug.
        await RunAsync(Act("create", ("article", Article(await cms.SectionAsync(), slug))));
    }

    [Fact]
    public async Task What_is_unknown_missing_or_of_the_wrong_type_is_named_where_it_is()
    {
        var problem = await RefusedAsync(
            cms.Editor,
            Act("create", ("article", new JsonObject { ["headlin"] = "x" })),
            Act("change", ("slugOrId", "a"), ("article", new JsonObject { ["headline"] = 7 })),
            Act("rename", ("slugOrId", "a")),
            Act("publish", ("slugOrId", "a"), ("when", "now")),
            Act(
                "change",
                ("slugOrId", "a"),
                ("revision", 1),
                ("article", new JsonObject { ["seo"] = new JsonObject { ["titel"] = "x" } })
            ),
            Act("change", ("slugOrId", "a"), ("revision", 1), ("article", null))
        );
        Assert.Equal("invalid", (string?)problem["code"]);
        Assert.Equal(
            [
                "/acts/0/article/headlin unknown-member",
                "/acts/0/article/headline missing",
                "/acts/1/article/headline wrong-type",
                "/acts/1/revision missing",
                "/acts/2/act wrong-type",
                "/acts/3/when unknown-member",
                "/acts/4/article/seo/titel unknown-member",
                "/acts/5/article wrong-type",
            ],
            problem.Faults().Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["/acts/0/article/headline too-long", "/acts/1/slugOrId empty"],
            (
                await RefusedAsync(
                    cms.Editor,
                    Act("create", ("article", new JsonObject { ["headline"] = new string('x', 301) })),
                    Act("publish", ("slugOrId", ""))
                )
            ).Faults()
        );
        foreach (var (count, fault) in new[] { (0, "/acts empty"), (201, "/acts too-many") })
            Assert.Contains(
                fault,
                (
                    await RefusedAsync(
                        cms.Editor,
                        [.. Enumerable.Range(0, count).Select(_ => Act("publish", ("slugOrId", "a")))]
                    )
                ).Faults()
            );
    }

    [Fact]
    public async Task A_dry_run_says_what_would_happen_and_changes_nothing()
    {
        var draft = await cms.DraftAsync();
        var slug = Names.Unique("dry");
        var head = await cms.ScalarAsync<long>("select head from change_feed");
        var result = await RunAsync(
            dryRun: true,
            On("publish", draft),
            Act("create", ("article", Article(await cms.SectionAsync(), slug))),
            Act("publish", ("slugOrId", slug)),
            On("change", draft, ("revision", 4), ("article", new JsonObject()))
        );

        Assert.True((bool)result["dryRun"]!);
        var results = result["results"]!.AsArray();
        Assert.Equal(
            ["published", "published", "published", null],
            results.Select(r => (string?)r!["article"]?["status"])
        );
        Assert.Equal("revision-changed", (string?)results[3]!["problem"]!["code"]);
        Assert.Equal(
            "draft",
            (string?)(await cms.Editor.GetJsonAsync($"{Articles}/{draft["id"]}"))["status"]
        );
        await cms.Editor.GetJsonAsync($"{Articles}/{slug}", HttpStatusCode.NotFound);
        Assert.Empty(
            (await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={draft["id"]}&act=article.publish"))[
                "data"
            ]!.AsArray()
        );
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                "select count(*)::int from changes where entity_id = @id::uuid and sequence > @head",
                new { id = (string)draft["id"]!, head }
            )
        );
    }

    [Fact]
    public async Task Every_act_needs_its_own_permission_and_reach()
    {
        var (ours, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var foreign = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        var slug = Names.Unique("own");
        var contributor = await RefusedAsync(
            cms.Contributor,
            Act("create", ("article", Article(ours, slug))),
            Act("publish", ("slugOrId", slug)),
            On("delete", foreign, ("revision", 1))
        );
        Assert.Equal(["/acts/1 forbidden", "/acts/2 forbidden"], contributor.Faults());
        await cms.Contributor.PostAsync(
            Batch,
            Body(dryRun: false, Act("create", ("article", Article(ours, slug)))),
            HttpStatusCode.OK
        );

        using var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [ours])).Token);
        var refused = await RefusedAsync(
            limited,
            On("publish", foreign),
            Act("create", ("article", Article(theirs, Names.Unique("far"))))
        );
        Assert.Equal(["/acts/0 not-found", "/acts/1 forbidden"], refused.Faults());
    }

    [Fact]
    public async Task A_retry_does_it_once_and_gets_the_first_answer()
    {
        var section = await cms.SectionAsync();
        var body = Body(
            dryRun: false,
            [.. Enumerable.Range(0, 5).Select(_ => Act("create", ("article", Article(section, slug: null))))]
        );
        var key = Guid.CreateVersion7().ToString();
        var answers = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Batch)
            {
                Content = JsonContent.Create(body),
            };
            request.Headers.Add("Idempotency-Key", key);
            using var response = await cms.Editor.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(i > 0, response.Headers.Contains("Idempotency-Replayed"));
            answers.Add(await response.Content.ReadAsStringAsync(Ct));
        }
        Assert.Single(answers);
        Assert.Equal(
            5,
            (await cms.Editor.GetJsonAsync($"{Articles}?section={section}"))["data"]!.AsArray().Count
        );
    }

    [Fact]
    public async Task Batches_with_the_same_articles_in_another_order_do_not_stop_each_other()
    {
        var drafts = new List<JsonObject>();
        for (var i = 0; i < 8; i++)
            drafts.Add(await cms.DraftAsync());
        var runs = Enumerable
            .Range(0, 6)
            .Select(n =>
            {
                var order = n % 2 == 0 ? drafts : Enumerable.Reverse(drafts);
                return cms.Editor.PostAsync(
                    Batch,
                    Body(
                        dryRun: false,
                        [.. order.Select(d => On("retag", d, ("add", new JsonArray($"Tag {n}"))))]
                    ),
                    HttpStatusCode.OK
                );
            })
            .ToList();
        await Task.WhenAll(runs);
        foreach (var draft in drafts)
        {
            var now = await cms.Editor.GetJsonAsync($"{Articles}/{draft["id"]}");
            Assert.Equal(7, (int)now["revision"]!);
            Assert.Equal(6, now["tags"]!.AsArray().Count);
        }
    }

    private static JsonObject Article(string section, string? slug) =>
        new()
        {
            ["slug"] = slug,
            ["headline"] = Names.Unique("headline"),
            ["section"] = section,
            ["body"] = new JsonObject { ["markdown"] = "One.\n\nTwo." },
        };

    private static JsonObject Act(string act, params (string Name, JsonNode? Value)[] members)
    {
        var made = new JsonObject { ["act"] = act };
        foreach (var (name, value) in members)
            made[name] = value;
        return made;
    }

    private static JsonObject On(
        string act,
        JsonObject article,
        params (string Name, JsonNode? Value)[] members
    ) => Act(act, [("slugOrId", (string)article["id"]!), .. members]);

    private static JsonObject Body(bool dryRun, params JsonObject[] acts) =>
        new() { ["dryRun"] = dryRun, ["acts"] = new JsonArray([.. acts]) };

    private Task<JsonObject> RunAsync(params JsonObject[] acts) => RunAsync(dryRun: false, acts);

    private Task<JsonObject> RunAsync(bool dryRun, params JsonObject[] acts) =>
        cms.Editor.PostAsync(Batch, Body(dryRun, acts), HttpStatusCode.OK);

    private static Task<JsonObject> RefusedAsync(HttpClient client, params JsonObject[] acts) =>
        client.PostAsync(Batch, Body(dryRun: false, acts), HttpStatusCode.UnprocessableEntity);
}
