using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Http;

/// <summary>Where a key means nothing, none is looked at; and what scripts of other origins may see.</summary>
public sealed class KeylessTests(CmsServer cms)
{
    // What a script sees of every answer (Fetch standard, CORS-safelisted response-header names).
    private static readonly string[] Safe =
    [
        "Cache-Control",
        "Content-Language",
        "Content-Length",
        "Content-Type",
        "Expires",
        "Last-Modified",
        "Pragma",
    ];

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/docs")]
    [InlineData("/docs/errors")]
    [InlineData("/docs/api/index.html")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/problems/invalid")]
    [InlineData("/media/{image}/original")]
    public async Task A_bad_key_is_no_fault_where_none_is_looked_at(string path)
    {
        if (path.Contains("{image}", StringComparison.Ordinal))
            path = path.Replace(
                "{image}",
                (string)
                    (await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created))[
                        "id"
                    ]!,
                StringComparison.Ordinal
            );
        foreach (var key in (string[])["Bearer cms_wrong", "Basic YWxhZGRpbjpvcGVu", "nonsense"])
            Assert.Equal(
                HttpStatusCode.OK,
                (await cms.Anonymous.AskAsync("GET", path, ("Authorization", key))).StatusCode
            );
        // Where one might be needed it is told.
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (
                await cms.Anonymous.AskAsync("GET", "/v1/tags", ("Authorization", "Bearer cms_wrong"))
            ).StatusCode
        );
    }

    [Fact]
    public async Task No_script_of_another_origin_reads_the_metrics()
    {
        foreach (
            var (method, path) in new[]
            {
                ("GET", "/metrics"),
                ("HEAD", "/metrics"),
                ("OPTIONS", "/metrics"),
                ("GET", "/METRICS/"),
                ("POST", "/metrics"),
            }
        )
        {
            var answer = await cms.Anonymous.AskAsync(
                method,
                path,
                ("Origin", "https://a.example"),
                ("Access-Control-Request-Method", "GET")
            );
            Assert.DoesNotContain(
                answer.Headers,
                h => h.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)
            );
        }
    }

    /// <summary>By the contract, so that a header that is added is exposed.</summary>
    [Fact]
    public async Task Scripts_see_every_header_that_the_contract_has()
    {
        var declared = Headers(cms.Contract.Document).Distinct().ToList();
        Assert.Contains("Content-Range", declared);
        Assert.Contains("RateLimit", declared);

        foreach (
            var (path, origin) in new[]
            {
                ("/v1/tags", "https://a.example"),
                ("/v1/editorial/tags", "https://desk.example"),
            }
        )
        {
            var exposed = (await cms.Editor.AskAsync("GET", path, ("Origin", origin)))
                .Field("Access-Control-Expose-Headers")!
                .Split(',');
            Assert.Empty(
                declared
                    .Except(exposed, StringComparer.OrdinalIgnoreCase)
                    .Except(Safe, StringComparer.OrdinalIgnoreCase)
            );
        }
    }

    private static IEnumerable<string> Headers(JsonNode? node) =>
        node switch
        {
            JsonObject members => members.SelectMany(m =>
                m.Key == "headers" && m.Value is JsonObject headers && members.ContainsKey("description")
                    ? headers.Select(h => h.Key)
                    : Headers(m.Value)
            ),
            JsonArray items => items.SelectMany(Headers),
            _ => [],
        };
}
