using System.Globalization;
using System.Text.Json.Nodes;

namespace Cms.ProcessTests.Support;

/// <summary>Whether a server has the demo newsroom, all of it, once.</summary>
internal static class DemoChecks
{
    public static async Task IsWholeAsync(CmsProcess server)
    {
        var demo = Newsrooms.Demo();
        var articles = demo["articles"]!.AsArray();
        using var reader = server.Client();
        using var admin = server.Admin();

        Assert.Equal(
            Slugs(articles.Where(a => (string?)a!["status"] == "published")),
            await SlugsAsync(reader, "/v1/articles?limit=100")
        );
        Assert.Equal(Slugs(articles), await SlugsAsync(admin, "/v1/editorial/articles?limit=100"));
        foreach (var kind in (string[])["sections", "authors"])
        {
            Assert.Equal(Slugs(demo[kind]!.AsArray()), await SlugsAsync(reader, $"/v1/{kind}?limit=100"));
            Assert.Equal(
                Slugs(demo[kind]!.AsArray()),
                await SlugsAsync(admin, $"/v1/editorial/{kind}?limit=100")
            );
        }
        Assert.Equal(Slugs(demo["tags"]!.AsArray()), await SlugsAsync(admin, "/v1/editorial/tags?limit=100"));
        var images = (await admin.GetJsonAsync("/v1/editorial/images?limit=100"))["data"]!.AsArray();
        Assert.Equal(demo["images"]!.AsArray().Count, images.Count);
        using var file = await reader.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"/media/{images[0]!["id"]}/original"),
            TestContext.Current.CancellationToken
        );
        Assert.True(file.IsSuccessStatusCode);
    }

    private static async Task<List<string>> SlugsAsync(HttpClient client, string url) =>
        Slugs((await client.GetJsonAsync(url))["data"]!.AsArray());

    private static List<string> Slugs(IEnumerable<JsonNode?> things) =>
        [.. things.Select(t => (string)t!["slug"]!).Order(StringComparer.Ordinal)];
}
