using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Who is to do something with an article and until when, and the lists that find articles by it.</summary>
public sealed class AssignmentTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";
    private static readonly DateTimeOffset Noon = new(2027, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Assigning_makes_no_revision_and_leaves_the_entity_tag()
    {
        var draft = await cms.DraftAsync();
        var (writer, writerId) = await KeyAsync(Role.Contributor);
        var assigned = await AssignAsync(draft, writerId, Noon);

        Assert.Equal(writerId, (string?)assigned["assignee"]!["id"]);
        Assert.Equal("key", (string?)assigned["assignee"]!["kind"]);
        Assert.Equal("2027-05-01T12:00:00Z", (string?)assigned["dueAt"]);
        foreach (var member in new[] { "revision", "updatedAt", "updatedBy", "status" })
            Assert.True(JsonNode.DeepEquals(draft[member], assigned[member]), member);
        var read = await writer.AskAsync("GET", $"{Articles}/{draft["id"]}");
        Assert.Equal("\"1\"", read.Headers.ETag?.Tag);
        Assert.Equal(writerId, (string?)(await read.ReadAsync(HttpStatusCode.OK))["assignee"]!["id"]);
        // It is of the article: its revisions show it too.
        var revision = await cms.Editor.GetJsonAsync($"{Articles}/{draft["id"]}/revisions/1");
        Assert.Equal("2027-05-01T12:00:00Z", (string?)revision["dueAt"]);
        // A save starts from the same revision as before, and changes nothing of it.
        var saved = await cms.Editor.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["kicker"] = "New" }
        );
        Assert.Equal((2, writerId), ((int)saved["revision"]!, (string?)saved["assignee"]!["id"]));
        var record = (
            await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={draft["id"]}&act=article.assign")
        )["data"]![0]!;
        Assert.EndsWith(", until 2027-05-01T12:00:00Z", (string)record["note"]!, StringComparison.Ordinal);

        var nobody = await AssignAsync(draft, null, null);
        Assert.Null(nobody["assignee"]);
        Assert.Null(nobody["dueAt"]);
    }

    [Fact]
    public async Task Everybody_finds_what_is_assigned_to_them_and_what_is_theirs()
    {
        var section = await cms.SectionAsync();
        var (client, id) = await KeyAsync(Role.Editor);
        var (_, other) = await KeyAsync(Role.Editor);
        // Opened by the key, assigned to it, both, neither.
        var opened = await NewAsync(client, section);
        var given = await NewAsync(cms.Editor, section);
        await AssignAsync(given, id, null);
        var both = await NewAsync(client, section);
        await AssignAsync(both, id, null);
        var foreign = await NewAsync(cms.Editor, section);
        await AssignAsync(foreign, other, null);

        await AreAsync([both, given], ListAsync(client, "assignee=me"));
        await AreAsync([both, given], ListAsync(cms.Viewer, $"assignee={id}"));
        await AreAsync([foreign], ListAsync(client, $"assignee={other}"));
        await AreAsync([both, given, opened], ListAsync(client, "mine=true"));
        await AreAsync([opened, given, both], ListAsync(client, "mine=true&sort=createdAt"));
        await AreAsync([both, given, opened], ListAsync(client, $"mine=true&section={section}"));
        await AreAsync([both, given], ListAsync(client, "mine=true&assignee=me&sort=-createdAt&limit=1"));
        await cms.Editor.ActAsync($"{Articles}/{given["id"]}/submit");
        await cms.Editor.ActAsync($"{Articles}/{opened["id"]}/publish");
        await AreAsync([given, opened], ListAsync(client, "mine=true&status=inReview,published"));
        await AreAsync([given], ListAsync(client, "assignee=me&status=inReview,published"));
        // Page by page, and counted.
        Assert.Equal(3, (await ListAsync(client, "mine=true&limit=1")).Count);
        var page = (await client.GetJsonAsync($"{Articles}?mine=true&count=exact"))["page"]!;
        Assert.Equal(3, (int)page["total"]!);
        // A cursor of one's own list is not one of somebody else's.
        var cursor = (await client.GetJsonAsync($"{Articles}?mine=true&limit=1"))["page"]!["next"];
        var problem = await cms.Editor.GetJsonAsync(
            $"{Articles}?mine=true&limit=1&cursor={cursor}",
            HttpStatusCode.BadRequest
        );
        Assert.Equal("invalid-cursor", (string?)problem["code"]);
        await cms.Editor.GetJsonAsync($"{Articles}?assignee=somebody", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task What_is_due_is_found_by_when_it_is()
    {
        var (client, id) = await KeyAsync(Role.Editor);
        var section = await cms.SectionAsync();
        var articles = new List<JsonObject>();
        foreach (var hours in new int?[] { 3, 1, null, 2, 1 })
        {
            articles.Add(await NewAsync(client, section));
            await AssignAsync(articles[^1], id, hours is { } h ? Noon.AddHours(h) : null);
        }
        var (three, one, two, alsoOne) = (articles[0], articles[1], articles[3], articles[4]);
        var query = $"section={section}";
        await AreAsync([one, alsoOne, two, three], ListAsync(client, $"{query}&sort=dueAt"));
        await AreAsync([three, two, alsoOne, one], ListAsync(client, $"{query}&sort=-dueAt"));
        await AreAsync([one, alsoOne, two, three], ListAsync(client, $"{query}&sort=dueAt&limit=1"));
        await AreAsync([three, two, alsoOne, one], ListAsync(client, "assignee=me&sort=-dueAt&limit=3"));
        await AreAsync([one, alsoOne, two, three], ListAsync(client, "mine=true&sort=dueAt&limit=2"));
        await AreAsync(
            [two, three],
            ListAsync(client, $"{query}&sort=dueAt&dueAfter={Text(Noon.AddHours(1))}")
        );
        await AreAsync([alsoOne, one], ListAsync(client, $"{query}&dueBefore={Text(Noon.AddHours(2))}"));
        await AreAsync(
            [two],
            ListAsync(client, $"{query}&dueBefore={Text(Noon.AddHours(3))}&dueAfter={Text(Noon.AddHours(1))}")
        );
        // Back from the end.
        var end = await client.GetJsonAsync($"{Articles}?{query}&sort=dueAt&limit=3");
        end = await client.GetJsonAsync(
            $"{Articles}?{query}&sort=dueAt&limit=3&cursor={end["page"]!["next"]}"
        );
        var back = await client.GetJsonAsync(
            $"{Articles}?{query}&sort=dueAt&limit=3&cursor={end["page"]!["previous"]}"
        );
        Assert.Equal(
            [(string)one["id"]!, (string)alsoOne["id"]!, (string)two["id"]!],
            back["data"]!.AsArray().Select(a => (string?)a!["id"])
        );
    }

    [Fact]
    public async Task What_was_edited_since_it_was_scheduled_is_found()
    {
        var section = await cms.SectionAsync();
        var edited = await NewAsync(cms.Editor, section);
        var same = await NewAsync(cms.Editor, section);
        await NewAsync(cms.Editor, section);
        foreach (var article in new[] { edited, same })
            await cms.Editor.PostAsync(
                $"{Articles}/{article["id"]}/publish",
                new JsonObject { ["at"] = Text(DateTimeOffset.UtcNow.AddDays(9)) },
                HttpStatusCode.OK
            );
        var query = $"section={section}&editedSinceScheduled=true";
        Assert.Empty(await ListAsync(cms.Viewer, query));
        await cms.Editor.ChangeAsync($"{Articles}/{edited["id"]}", new JsonObject { ["kicker"] = "Since" });
        await AreAsync([edited], ListAsync(cms.Viewer, query));
        var item = (await cms.Viewer.GetJsonAsync($"{Articles}?{query}"))["data"]![0]!;
        Assert.Equal((2, 1), ((int)item["revision"]!, (int)item["scheduledRevision"]!));
        Assert.True((bool)item["hasUnscheduledChanges"]!);
        // Only the embargo is another: that counts too.
        await cms.Editor.ChangeAsync(
            $"{Articles}/{same["id"]}",
            new JsonObject { ["embargoedUntil"] = Text(DateTimeOffset.UtcNow.AddDays(5)) }
        );
        await AreAsync([same, edited], ListAsync(cms.Viewer, query));
        await cms.Editor.ActAsync($"{Articles}/{edited["id"]}/cancel-schedule");
        await AreAsync([same], ListAsync(cms.Viewer, query));
    }

    [Fact]
    public async Task Only_who_could_work_on_it_is_assigned()
    {
        var section = await cms.SectionAsync();
        var draft = await NewAsync(cms.Editor, section);
        var (_, reader) = await KeyAsync(Role.Reader);
        var (_, viewer) = await KeyAsync(Role.Viewer);
        var (_, elsewhere) = await KeyAsync(Role.Editor, await cms.SectionAsync());
        var (_, here) = await KeyAsync(Role.Editor, section);
        var (_, revoked) = await KeyAsync(Role.Editor);
        Assert.Equal(204, (int)(await cms.Admin.DeleteAsync($"/v1/editorial/keys/{revoked}", Ct)).StatusCode);
        foreach (
            var (id, code) in new[]
            {
                (Guid.CreateVersion7().ToString(), "unknown-reference"),
                (reader, "cannot-write"),
                (viewer, "cannot-write"),
                (elsewhere, "out-of-reach"),
                (revoked, "ended"),
            }
        )
        {
            var problem = await AssignAsync(
                draft,
                id,
                DateTimeOffset.UtcNow.AddYears(6),
                HttpStatusCode.UnprocessableEntity
            );
            Assert.Equal([$"/assignee {code}", "/dueAt too-far-ahead"], problem.Faults());
        }
        Assert.Equal(here, (string?)(await AssignAsync(draft, here, null))["assignee"]!["id"]);
        // Overdue work goes to somebody else.
        await AssignAsync(draft, here, DateTimeOffset.UtcNow.AddDays(-1));

        var missing = await (await PutAsync(cms.Editor, draft, [])).ReadAsync(
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/assignee missing", "/dueAt missing"], missing.Faults());
        await cms.Editor.SendDeleteAsync($"{Articles}/{draft["id"]}", "*");
        var trashed = await AssignAsync(draft, here, null, HttpStatusCode.Conflict);
        Assert.Equal("wrong-status", (string?)trashed["code"]);
    }

    [Fact]
    public async Task A_person_is_assigned_as_a_key_is()
    {
        var (draft, id) = (await cms.DraftAsync(), Guid.CreateVersion7());
        await cms.ExecuteAsync(
            """
            insert into people (id, issuer, subject, name, role, created_at, last_seen_at)
            values (@id, 'https://id.example', @id::text, 'Ada Obi', 'contributor', now(), now())
            """,
            new { id }
        );
        var assigned = await AssignAsync(draft, id.ToString(), null);
        Assert.Equal(
            ("person", "Ada Obi"),
            ((string)assigned["assignee"]!["kind"]!, (string)assigned["assignee"]!["name"]!)
        );
        await AreAsync([draft], ListAsync(cms.Viewer, $"assignee={id}"));
    }

    [Fact]
    public async Task A_contributor_hands_on_only_articles_of_its_own()
    {
        var (client, id) = await KeyAsync(Role.Contributor);
        var own = await NewAsync(client, await cms.SectionAsync());
        var foreign = await cms.DraftAsync();
        await (await PutAsync(client, own, Body(id, null))).ReadAsync(HttpStatusCode.OK);
        await (await PutAsync(client, foreign, Body(id, null))).ReadAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_contributor_works_on_anothers_draft_that_is_assigned_to_it_until_it_is_planned_or_published()
    {
        var section = await cms.SectionAsync();
        var (client, id) = await KeyAsync(Role.Contributor);
        var draft = await NewAsync(cms.Editor, section);
        var url = $"{Articles}/{draft["id"]}";
        await EditAsync(HttpStatusCode.Forbidden);
        await AssignAsync(draft, id, null);

        await EditAsync(HttpStatusCode.OK);
        await client.PostAsync($"{url}/previews", new JsonObject());
        await client.ActAsync($"{url}/submit");
        await EditAsync(HttpStatusCode.OK);
        // It hands it on to nobody, throws nothing away, and publishes nothing.
        await (await PutAsync(client, draft, Body(null, null))).ReadAsync(HttpStatusCode.Forbidden);
        Assert.Equal(403, await client.SendDeleteAsync(url, "*").StatusAsync());
        await client.PostAsync($"{url}/publish", expected: HttpStatusCode.Forbidden);
        await client.PostAsync(
            "/v1/editorial/batch",
            new JsonObject
            {
                ["acts"] = new JsonArray(
                    new JsonObject
                    {
                        ["act"] = "change",
                        ["slugOrId"] = (string)draft["id"]!,
                        ["revision"] = (int)(await client.GetJsonAsync(url))["revision"]!,
                        ["article"] = new JsonObject { ["kicker"] = "In a batch" },
                    }
                ),
            },
            HttpStatusCode.OK
        );

        await cms.Editor.PostAsync(
            $"{url}/publish",
            new JsonObject { ["at"] = Text(DateTimeOffset.UtcNow.AddDays(3)) },
            HttpStatusCode.OK
        );
        await EditAsync(HttpStatusCode.Forbidden);
        await cms.Editor.ActAsync($"{url}/cancel-schedule");
        await EditAsync(HttpStatusCode.OK);
        await cms.Editor.ActAsync($"{url}/publish");
        await EditAsync(HttpStatusCode.Forbidden);

        // Assigned to somebody else, it is that one's.
        var other = await NewAsync(cms.Editor, section);
        await AssignAsync(other, id, null);
        await AssignAsync(other, null, null);
        Assert.Equal(
            403,
            await client.SendPatchAsync($"{Articles}/{other["id"]}", Kicker(), "*").StatusAsync()
        );

        async Task EditAsync(HttpStatusCode expected) =>
            await (await client.SendPatchAsync(url, Kicker(), "*")).ReadAsync(expected);

        static JsonObject Kicker() => new() { ["kicker"] = Names.Unique("kicker") };
    }

    private static async Task<JsonObject> NewAsync(HttpClient client, string section) =>
        await client.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = Names.Unique("assigned"),
                ["section"] = section,
                ["body"] = new JsonObject { ["markdown"] = "One." },
            }
        );

    private async Task<JsonObject> AssignAsync(
        JsonObject article,
        string? assignee,
        DateTimeOffset? dueAt,
        HttpStatusCode expected = HttpStatusCode.OK
    ) => await (await PutAsync(cms.Editor, article, Body(assignee, dueAt))).ReadAsync(expected);

    private static JsonObject Body(string? assignee, DateTimeOffset? dueAt) =>
        new() { ["assignee"] = assignee, ["dueAt"] = dueAt is { } at ? Text(at) : null };

    private static Task<HttpResponseMessage> PutAsync(
        HttpClient client,
        JsonObject article,
        JsonObject body
    ) => client.PutAsync($"{Articles}/{article["id"]}/assignment", JsonContent.Create(body), Ct);

    private static async Task AreAsync(JsonObject[] expected, Task<List<JsonObject>> found) =>
        Assert.Equal(expected.Select(Id), (await found).Select(Id));

    private static string? Id(JsonObject article) => (string?)article["id"];

    /// <summary>All articles of a list, in its order.</summary>
    private static async Task<List<JsonObject>> ListAsync(HttpClient client, string query)
    {
        var found = new List<JsonObject>();
        var cursor = "";
        while (true)
        {
            var page = await client.GetJsonAsync($"{Articles}?{query}{cursor}");
            found.AddRange(page["data"]!.AsArray().Select(a => a!.AsObject()));
            if ((string?)page["page"]!["next"] is not { } next)
                return found;
            cursor = $"&cursor={next}";
        }
    }

    private async Task<(HttpClient Client, string Id)> KeyAsync(Role role, params string[] sections)
    {
        var key = await cms.NewKeyAsync(role, sections.Length == 0 ? null : sections);
        return (cms.Client(key.Token), key.Id.ToString());
    }

    private static string Text(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
