using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The contract's samples of answers show what the demo newsroom has.</summary>
public sealed class SampleTests(Newsrooms newsrooms)
{
    [Fact]
    public async Task The_samples_of_articles_are_what_the_demo_answers()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        var contract = await reader.GetJsonAsync("/openapi/v1.json");

        var article = SampleOf(contract, "/v1/articles/{slugOrId}");
        AssertAlike(await reader.GetJsonAsync((string)article["url"]!), article);
        var summary = SampleOf(contract, "/v1/articles")["data"]![0]!.AsObject();
        var listed = (await reader.GetJsonAsync("/v1/articles?limit=100"))["data"]!.AsArray();
        AssertAlike(listed.Single(a => (string)a!["id"]! == (string)summary["id"]!)!.AsObject(), summary);
    }

    [Fact]
    public async Task What_samples_name_by_id_exists_in_the_demo()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        var contract = await reader.GetJsonAsync("/openapi/v1.json");
        var samples = contract["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject())
            .Select(o => o.Value as JsonObject)
            .SelectMany(o => o?["responses"]?.AsObject() ?? [])
            .SelectMany(r => r.Value!["content"]?.AsObject() ?? [])
            .Select(m => m.Value!["example"])
            .OfType<JsonObject>()
            .ToList();

        var named = samples.SelectMany(Named).Distinct().ToList();

        Assert.True(named.Count >= 6, $"{named.Count} things are named.");
        foreach (var (address, slug) in named)
            Assert.Equal(slug, (string?)(await reader.GetJsonAsync(address))["slug"]);
    }

    /// <summary>
    /// The sections, authors and pictures that are named anywhere in a sample: their addresses, and their slugs where
    /// they have one.
    /// </summary>
    private static IEnumerable<(string Address, string? Slug)> Named(JsonNode? node) =>
        node switch
        {
            JsonArray items => items.SelectMany(Named),
            JsonObject members => members.SelectMany(m =>
                (m.Key, m.Value) switch
                {
                    ("section", JsonObject section) => [At("sections", section)],
                    ("authors", JsonArray authors) => authors.Select(a => At("authors", a!)),
                    ("heroImage", JsonObject image) => [At("images", image)],
                    _ => Named(m.Value),
                }
            ),
            _ => [],
        };

    private static (string, string?) At(string kind, JsonNode thing) =>
        ($"/v1/{kind}/{thing["id"]}", (string?)thing["slug"]);

    private static JsonObject SampleOf(JsonObject contract, string path) =>
        contract["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]![
            "example"
        ]!.AsObject();

    private static void AssertAlike(JsonObject expected, JsonObject sample)
    {
        // On a clock that is behind the demo's dates they are others.
        foreach (var document in new[] { expected, sample })
            WithoutTimes(document);
        Assert.True(JsonNode.DeepEquals(expected, sample), $"Expected:\n{expected}\nSample:\n{sample}");
    }

    private static void WithoutTimes(JsonNode? node)
    {
        if (node is JsonArray items)
            foreach (var item in items)
                WithoutTimes(item);
        if (node is not JsonObject members)
            return;
        foreach (var name in new[] { "publishedAt", "updatedAt", "at" })
            members.Remove(name);
        foreach (var member in members)
            WithoutTimes(member.Value);
    }
}
