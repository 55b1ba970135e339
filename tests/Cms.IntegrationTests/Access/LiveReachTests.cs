using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;

namespace Cms.IntegrationTests.Access;

/// <summary>A limited key reaches neither the live copies nor the drafts of other sections.</summary>
public sealed class LiveReachTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    [Fact]
    public async Task A_limited_editor_cannot_withdraw_what_is_live_elsewhere()
    {
        var (theirs, ours) = (await cms.SectionAsync(), await cms.SectionAsync());
        var article = await cms.PublishedAsync(new JsonObject { ["section"] = theirs });
        var url = $"{Articles}/{article["id"]}";
        // Saved into our section, but not published: readers still have it in theirs.
        await (
            await cms.Editor.SendPatchAsync(url, new JsonObject { ["section"] = ours }, "\"1\"")
        ).ReadAsync(HttpStatusCode.OK);
        var limited = cms.Client((await cms.NewKeyAsync(Role.Editor, [ours])).Token);

        await limited.PostAsync($"{url}/unpublish", expected: HttpStatusCode.Forbidden);
        await limited.PostAsync($"{url}/publish", expected: HttpStatusCode.Forbidden);

        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
    }

    [Fact]
    public async Task A_limited_key_cannot_look_at_a_draft_by_linking_to_it()
    {
        var (theirs, ours) = (await cms.SectionAsync(), await cms.SectionAsync());
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        var limited = cms.Client((await cms.NewKeyAsync(Role.Contributor, [ours])).Token);
        var linking = new JsonObject
        {
            ["headline"] = Names.Unique("headline"),
            ["section"] = ours,
            ["related"] = new JsonArray((string)draft["slug"]!),
        };

        var problem = await limited.PostAsync(
            Articles,
            linking.DeepClone(),
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal("/related/0", (string?)problem["errors"]![0]!["pointer"]);
        // One that readers can see anyway may be linked to.
        await cms.Editor.PostAsync($"{Articles}/{draft["id"]}/publish", expected: HttpStatusCode.OK);
        await limited.PostAsync(Articles, linking.DeepClone());
    }
}
