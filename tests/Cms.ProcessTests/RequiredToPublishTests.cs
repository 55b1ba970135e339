using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Checks that a newsroom requires, as configured in the environment.</summary>
public sealed class RequiredToPublishTests(Newsrooms newsrooms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_newsroom_requires_blocks_and_everything_else_advises()
    {
        await using var server = await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            new Dictionary<string, string>
            {
                ["Cms__RequiredToPublish__0"] = "no-author",
                ["Cms__RequiredToPublish__1"] = "no-deck",
                ["Cms__RequiredToPublish__2"] = "broken-link",
            }
        );
        using var admin = server.Admin();
        var article = new JsonObject
        {
            ["headline"] = "Held",
            ["body"] = new JsonObject { ["markdown"] = "[Gone](/v1/articles/there-is-none)" },
        };
        using var created = await admin.PostAsJsonAsync(Articles, article, Ct);
        var address = created.Headers.Location!.ToString();
        string[] blockers =
        [
            "/authors no-author",
            "/body/blocks/0 broken-link",
            "/deck no-deck",
            "/section required-to-publish",
        ];

        using var refused = await admin.PostAsync($"{address}/publish", null, Ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(blockers, Found((await refused.Content.ReadFromJsonAsync<JsonObject>(Ct))!["errors"]!));
        var checks = await admin.GetFromJsonAsync<JsonObject>($"{address}/checks", Ct);
        Assert.Equal(blockers, Found(checks!["blockers"]!));
        Assert.Equal(["/heroImage no-hero-image"], Found(checks["advice"]!));
    }

    private static string[] Found(JsonNode findings) =>
        [.. findings.AsArray().Select(f => $"{f!["pointer"]} {f["code"]}").Order(StringComparer.Ordinal)];
}
