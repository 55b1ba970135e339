using System.Net;
using System.Text.Json.Nodes;
using static Cms.IntegrationTests.Editorial.Releases.ReleaseDesk;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>Putting back what was live before a release.</summary>
public sealed class RevertTests(CmsServer cms)
{
    [Fact]
    public async Task A_revert_is_a_release_that_puts_back_what_was_live_before()
    {
        var coming = await cms.DraftAsync();
        var going = await cms.PublishedAsync();
        var changed = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        await cms.KickAsync(changed, "Two");
        var release = await LiveAsync(Item(coming), Item(going, "unpublish"), Item(changed));
        await cms.KickAsync(changed, "Three");

        var revert = await cms.Editor.PostAsync($"{release.Url()}/revert");
        Assert.Equal("published", (string?)revert["status"]);
        Assert.Equal((string?)release["id"], (string?)revert["reverts"]);
        Assert.Equal($"Revert of {release["name"]}", (string?)revert["name"]);
        Assert.False(await cms.IsSeenAsync(coming));
        Assert.True(await cms.IsSeenAsync(going));
        Assert.Equal("One", await cms.KickerAsync(changed));
        // The desk goes on with what it was working at.
        Assert.Equal(
            "Three",
            (string?)(await cms.Editor.GetJsonAsync($"{Articles}/{changed["id"]}"))["kicker"]
        );
        Assert.Single(await cms.RecordsAsync(revert, "release.revert"));

        await cms.Editor.PostAsync($"{revert.Url()}/revert", new JsonObject { ["name"] = "On again" });
        Assert.True(await cms.IsSeenAsync(coming));
        Assert.False(await cms.IsSeenAsync(going));
        Assert.Equal("Two", await cms.KickerAsync(changed));
    }

    [Fact]
    public async Task What_was_published_or_withdrawn_since_is_taken_away_only_on_demand()
    {
        var newer = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        var withdrawn = await cms.DraftAsync();
        var same = await cms.PublishedAsync(new JsonObject { ["kicker"] = "One" });
        foreach (var article in new[] { newer, same })
            await cms.KickAsync(article, "Two");
        var release = await LiveAsync(Item(newer), Item(withdrawn), Item(same));
        await cms.KickAsync(newer, "Three");
        await cms.Editor.ActAsync($"{Articles}/{newer["id"]}/publish");
        await cms.Editor.ActAsync($"{Articles}/{withdrawn["id"]}/unpublish");

        var refused = await cms.Editor.PostAsync(
            $"{release.Url()}/revert",
            expected: HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/items/0 changed-since", "/items/1 changed-since"], refused.Faults());
        Assert.Equal("Two", await cms.KickerAsync(same));

        await cms.Editor.PostAsync($"{release.Url()}/revert", new JsonObject { ["overwrite"] = true });
        Assert.Equal("One", await cms.KickerAsync(newer));
        Assert.Equal("One", await cms.KickerAsync(same));
        Assert.False(await cms.IsSeenAsync(withdrawn));
    }

    [Fact]
    public async Task Only_what_went_live_is_put_back()
    {
        var release = await cms.ReleaseAsync(Item(await cms.DraftAsync()));
        var refused = await cms.Editor.PostAsync(
            $"{release.Url()}/revert",
            expected: HttpStatusCode.Conflict
        );
        Assert.Equal("wrong-status", (string?)refused["code"]);
    }

    private async Task<JsonObject> LiveAsync(params JsonObject[] items)
    {
        var release = await cms.ReleaseAsync(items);
        return await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
    }
}
