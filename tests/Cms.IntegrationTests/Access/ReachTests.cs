using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Access;

/// <summary>How far a key reaches: a contributor to its own articles, a limited key to its sections.</summary>
public sealed class ReachTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_contributor_writes_its_own_articles_and_only_reads_those_of_others()
    {
        using var writer = cms.Client((await cms.NewKeyAsync(Role.Contributor)).Token);
        using var other = cms.Client((await cms.NewKeyAsync(Role.Contributor)).Token);
        var own = await writer.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = "Own",
                ["section"] = await cms.SectionAsync(),
                ["body"] = new JsonObject { ["markdown"] = "x" },
            }
        );
        var url = $"{Articles}/{own["id"]}";

        await other.GetJsonAsync(url);
        await other.ChangeAsync(url, new JsonObject { ["kicker"] = "x" }, HttpStatusCode.Forbidden);
        await other.ActAsync($"{url}/submit", HttpStatusCode.Forbidden);
        Assert.Equal(403, await other.SendDeleteAsync(url, "*").StatusAsync());

        await writer.ChangeAsync(url, new JsonObject { ["kicker"] = "Mine" });
        await writer.ActAsync($"{url}/submit");
        foreach (var act in new[] { "publish", "unpublish" })
            await writer.ActAsync($"{url}/{act}", HttpStatusCode.Forbidden);
        Assert.Equal(204, await writer.SendDeleteAsync(url, "*").StatusAsync());
        await other.ActAsync($"{url}/restore", HttpStatusCode.Forbidden);
        await writer.ActAsync($"{url}/restore");

        await cms.Editor.ActAsync($"{url}/publish");
        Assert.Equal(403, await writer.SendDeleteAsync(url, "*").StatusAsync());
        Assert.Equal(403, await writer.SendDeleteAsync($"{url}?permanently=true", "*").StatusAsync());
        Assert.Equal("published", (string?)(await writer.GetJsonAsync(url))["status"]);
        // It may prepare the next revision, which readers do not see.
        Assert.True(
            (bool?)
                (await writer.ChangeAsync(url, new JsonObject { ["kicker"] = "Next" }))[
                    "hasUnpublishedChanges"
                ]
        );

        var foreign = await cms.DraftAsync();
        await writer.ChangeAsync(
            $"{Articles}/{foreign["id"]}",
            new JsonObject { ["kicker"] = "x" },
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task A_limited_key_reaches_its_sections_and_those_below_and_nothing_else()
    {
        var (mine, foreign) = (await cms.SectionAsync(), await cms.SectionAsync());
        var below = await cms.SectionAsync(await cms.SectionAsync(mine));
        using var client = cms.Client((await cms.NewKeyAsync(Role.Admin, [mine])).Token);
        JsonObject In(string? section) =>
            new()
            {
                ["headline"] = "Reach",
                ["section"] = section,
                ["body"] = new JsonObject { ["markdown"] = "x" },
            };

        var inside = await client.PostAsync(Articles, In(mine));
        var deep = await client.PostAsync(Articles, In(below));
        await client.PostAsync(Articles, In(foreign), HttpStatusCode.Forbidden);
        await client.PostAsync(Articles, In(null), HttpStatusCode.Forbidden);
        var outside = await cms.DraftAsync(In(foreign));
        var nowhere = await cms.DraftAsync(In(null));

        foreach (var article in new[] { inside, deep })
        {
            var url = $"{Articles}/{article["id"]}";
            await client.GetJsonAsync(url);
            await client.ChangeAsync(url, In(foreign), HttpStatusCode.Forbidden);
            await client.ChangeAsync(url, In(null), HttpStatusCode.Forbidden);
            await client.ActAsync($"{url}/publish");
        }
        foreach (var article in new[] { outside, nowhere })
        {
            var url = $"{Articles}/{article["id"]}";
            await client.GetJsonAsync(url, HttpStatusCode.NotFound);
            await client.GetJsonAsync($"{Articles}/{article["slug"]}", HttpStatusCode.NotFound);
            await client.ChangeAsync(url, In(mine), HttpStatusCode.NotFound);
            foreach (var act in new[] { "publish", "unpublish", "submit", "restore" })
                await client.ActAsync($"{url}/{act}", HttpStatusCode.NotFound);
            Assert.Equal(404, await client.SendDeleteAsync(url, "*").StatusAsync());
            Assert.Equal(404, await client.SendDeleteAsync($"{url}?permanently=true", "*").StatusAsync());
        }

        var list = await client.GetJsonAsync($"{Articles}?count=exact");
        Assert.Equal(
            new[] { (string)inside["id"]!, (string)deep["id"]! }.Order(StringComparer.Ordinal),
            list["data"]!.AsArray().Select(a => (string)a!["id"]!).Order(StringComparer.Ordinal)
        );
        Assert.Equal(2, (int?)list["page"]!["total"]);
        Assert.Empty((await client.GetJsonAsync($"{Articles}?section={foreign}"))["data"]!.AsArray());
    }

    [Fact]
    public async Task A_cursor_of_a_wider_key_is_no_use_to_a_limited_one()
    {
        var section = await cms.SectionAsync();
        for (var n = 0; n < 2; n++)
            await cms.DraftAsync(new JsonObject { ["section"] = section });
        using var client = cms.Client((await cms.NewKeyAsync(Role.Viewer, [section])).Token);
        var cursor = (await cms.Viewer.GetJsonAsync($"{Articles}?limit=1"))["page"]!["next"];

        var problem = await client.GetJsonAsync(
            $"{Articles}?limit=1&cursor={cursor}",
            HttpStatusCode.BadRequest
        );

        Assert.Equal("invalid-cursor", (string?)problem["code"]);
    }

    [Fact]
    public async Task A_limited_key_cannot_widen_its_reach()
    {
        var (mine, foreign) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var client = cms.Client((await cms.NewKeyAsync(Role.Admin, [mine])).Token);

        // Another section drawn under its own would bring that section's articles with it; a new key could reach
        // everything.
        await client.ChangeAsync(
            $"/v1/editorial/sections/{foreign}",
            new JsonObject { ["parent"] = mine },
            HttpStatusCode.Forbidden
        );
        await client.PostAsync(
            "/v1/editorial/sections",
            new JsonObject { ["name"] = Names.Unique("new") },
            HttpStatusCode.Forbidden
        );
        Assert.Equal(
            403,
            await client.SendDeleteAsync($"/v1/editorial/sections/{foreign}", "*").StatusAsync()
        );
        await client.PostAsync(
            "/v1/editorial/keys",
            new JsonObject { ["name"] = "wide", ["role"] = "admin" },
            HttpStatusCode.Forbidden
        );
        await client.GetJsonAsync("/v1/editorial/keys", HttpStatusCode.Forbidden);
        var key = await cms.NewKeyAsync(Role.Reader);
        Assert.Equal(403, await client.DeleteAsync($"/v1/editorial/keys/{key.Id}", Ct).StatusAsync());
    }

    [Fact]
    public async Task A_section_that_moves_takes_its_articles_out_of_reach()
    {
        var mine = await cms.SectionAsync();
        var child = await cms.SectionAsync(mine);
        using var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        var article = await cms.DraftAsync(new JsonObject { ["section"] = child });
        await client.GetJsonAsync($"{Articles}/{article["id"]}");

        await cms.Editor.ChangeAsync($"/v1/editorial/sections/{child}", new JsonObject { ["parent"] = null });

        await client.GetJsonAsync($"{Articles}/{article["id"]}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_of_a_section_that_is_gone_reaches_nothing()
    {
        var section = await cms.SectionAsync();
        using var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [section])).Token);
        Assert.Equal(
            204,
            await cms.Editor.SendDeleteAsync($"/v1/editorial/sections/{section}", "*").StatusAsync()
        );

        Assert.Empty((await client.GetJsonAsync(Articles))["data"]!.AsArray());
    }
}
