using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>
/// The documentation's examples name things that the demo newsroom has: every read can be tried out as it is shown.
/// </summary>
public sealed class ExampleTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_read_succeeds_with_the_examples_that_the_documentation_shows()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var admin = server.Admin();
        var document = await admin.GetJsonAsync("/openapi/v1.json");
        var reads = document["paths"]!
            .AsObject()
            .Where(p => p.Value!["get"] is not null)
            .Select(p => Address(p.Key, p.Value!["get"]!))
            .ToList();

        Assert.True(reads.Count > 25);
        var answers = new List<string>();
        foreach (var address in reads)
        {
            // A stream of events has no end: what it begins with says enough.
            using var response = await admin.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, Ct);
            if (response.StatusCode != HttpStatusCode.OK)
                answers.Add(
                    $"{address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(Ct)}"
                );
        }
        Assert.Empty(answers);
    }

    /// <summary>As the page fills it in: with each parameter's example.</summary>
    private static string Address(string path, JsonNode operation)
    {
        var query = new List<string>();
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            if (parameter!["example"] is not { } example)
                continue;
            var name = (string)parameter["name"]!;
            var text = Uri.EscapeDataString(
                example is JsonArray items ? string.Join(',', items.Select(i => $"{i}")) : $"{example}"
            );
            if ((string)parameter["in"]! == "path")
                path = path.Replace($"{{{name}}}", text, StringComparison.Ordinal);
            else if ((string)parameter["in"]! == "query")
                query.Add($"{name}={text}");
        }
        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }
}
