using System.Globalization;
using System.Net;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>What the server says of itself to those who watch it, and to nobody else.</summary>
public sealed class MetricsTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_counted_by_route_also_where_memory_answers_and_nothing_is_named()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        using var desk = server.Admin();
        await server.RemembersAsync();
        var slug = (string)(await reader.GetJsonAsync("/v1/articles?limit=1"))["data"]![0]!["slug"]!;
        for (var time = 0; time < 4; time++)
            await reader.GetJsonAsync($"/v1/articles/{slug}");
        // A browser would rather have something else, and takes JSON too.
        using (var asked = new HttpRequestMessage(HttpMethod.Get, $"/v1/articles/{slug}"))
        {
            asked.Headers.TryAddWithoutValidation("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8");
            using var shown = await reader.SendAsync(asked, Ct);
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }
        await desk.GetJsonAsync("/v1/editorial/articles?limit=1&q=needle");
        foreach (var path in (string[])["/secret-place", "/v1/articles/secret-story"])
            using (var lost = await reader.GetAsync(path, Ct))
                Assert.Equal(HttpStatusCode.NotFound, lost.StatusCode);
        using (var odd = await reader.SendAsync(new(new("NEEDLE"), "/v1/articles"), Ct))
            Assert.Equal(HttpStatusCode.MethodNotAllowed, odd.StatusCode);

        // What is collected is kept for a moment.
        var metrics = "";
        await Wait.UntilAsync(
            "the count",
            async () =>
            {
                metrics = await reader.GetStringAsync("/metrics", Ct);
                return Sum(metrics, "http_server_request_duration_seconds_count", "405") == 1;
            }
        );
        Assert.Equal(
            5,
            Sum(
                metrics,
                "http_server_request_duration_seconds_count",
                "http_route=\"/v1/articles/{slugOrId}\"",
                "\"200\""
            )
        );
        Assert.Equal(4, Sum(metrics, "cms_cache_hits_total"));
        Assert.True(Sum(metrics, "cms_admission_places", "share=\"desk\"") > 0);
        Assert.True(Sum(metrics, "kestrel_active_connections") > 0);
        Assert.True(Sum(metrics, "db_client_connection_count", "pool_name=\"cms\"") > 0);
        Assert.True(Sum(metrics, "dotnet_gc_heap_total_allocated_bytes_total") > 0);
        foreach (var word in (string[])[slug, "secret", "NEEDLE", "needle", "cms_admin", "Bearer"])
            Assert.DoesNotContain(word, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_networks_that_are_named_see_it_and_nobody_through_a_proxy()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var here = server.Client();
        using (var seen = await here.GetAsync("/metrics", Ct))
        {
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
            Assert.Equal("text/plain", seen.Content.Headers.ContentType!.MediaType);
            Assert.Equal("no-store", seen.Headers.CacheControl!.ToString());
        }
        foreach (var header in (string[])["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
        {
            using var proxied = new HttpRequestMessage(HttpMethod.Get, "/metrics");
            proxied.Headers.TryAddWithoutValidation(header, "127.0.0.1");
            await IsNotThereAsync(await here.SendAsync(proxied, Ct));
        }

        await using var elsewhere = await ServeAsync("Cms__MetricsFrom__0", "10.0.0.0/8");
        using var stranger = elsewhere.Client();
        await IsNotThereAsync(await stranger.GetAsync("/metrics", Ct));

        await using var off = await ServeAsync("Cms__Metrics", "false");
        using var any = off.Client();
        await IsNotThereAsync(await any.GetAsync("/metrics", Ct));
    }

    private async Task<CmsProcess> ServeAsync(string setting, string value) =>
        await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            new Dictionary<string, string> { [setting] = value }
        );

    private static async Task IsNotThereAsync(HttpResponseMessage response)
    {
        using (response)
            Assert.Equal("not-found", (string)(await response.ReadAsync(HttpStatusCode.NotFound))["code"]!);
    }

    /// <summary>The sum of all series of a name whose labels have these words.</summary>
    private static double Sum(string metrics, string name, params string[] words) =>
        metrics
            .Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))
            .Where(line => words.All(word => line.Contains(word, StringComparison.Ordinal)))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
