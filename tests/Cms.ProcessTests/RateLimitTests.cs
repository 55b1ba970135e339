using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Bounds for keys and for addresses, as configured in the environment.</summary>
public sealed class RateLimitTests(Newsrooms newsrooms)
{
    private const int PerMinute = 5;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_above_its_bound_is_told_when_to_come_back()
    {
        var data = await newsrooms.SeededAsync();
        await using var server = await CmsProcess.ServeAsync(
            data,
            new Dictionary<string, string>
            {
                ["Cms__KeyRequestsPerMinute"] = $"{PerMinute}",
                ["Cms__AnonymousRequestsPerMinute"] = $"{PerMinute}",
            }
        );
        var other = Assert.Single(
            (await CmsProcess.RunAsync(["keys", "create", "Other", "--role", "viewer"], data: data))
                .Done()
                .Output
        );
        using var admin = server.Admin();
        using var anonymous = server.Client();
        using var neighbour = server.Client(other);

        await IsBoundedAsync(admin, "/v1/editorial/articles?limit=1");
        await IsBoundedAsync(anonymous, "/v1/articles?limit=1");
        // Each key has a bound of its own, and the platform's own questions have none.
        using var let = await neighbour.GetAsync("/v1/editorial/articles?limit=1", Ct);
        Assert.Equal(HttpStatusCode.OK, let.StatusCode);
        foreach (var path in (string[])["/health/live", "/health/ready"])
        {
            using var health = await anonymous.GetAsync(path, Ct);
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000")]
    public async Task A_failure_is_everybodys_who_waited_for_the_answer_bounded_or_not(string perMinute)
    {
        await using var server = await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            new Dictionary<string, string> { ["Cms__AnonymousRequestsPerMinute"] = perMinute }
        );
        // Before it hears the change feed, a server shares no answers.
        await server.RemembersAsync();
        // Long enough for all to come, and then it cannot be answered.
        await Sql.ExecuteAsync(
            Sql.Of(server),
            """
            create or replace view published_sections as
                select id, slug, name, description, position, parent_id from sections
                where pg_sleep(3) is not null and 1 / (length(slug::text) - length(slug::text)) = 1
            """
        );
        using var reader = server.Client();

        var failures = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => reader.GetAsync("/v1/sections", Ct))
        );

        var traces = new HashSet<string>(StringComparer.Ordinal);
        foreach (var failure in failures)
            using (failure)
            {
                Assert.Equal(HttpStatusCode.InternalServerError, failure.StatusCode);
                var problem = JsonNode.Parse(await failure.Content.ReadAsStringAsync(Ct))!;
                Assert.Equal("internal-error", (string)problem["code"]!);
                traces.Add((string)problem["traceId"]!);
            }
        // One of them asked, and the log tells of one failure.
        Assert.Single(traces);
    }

    // More than twice the bound: however the minutes fall, one of them must hold too many.
    private static async Task IsBoundedAsync(HttpClient client, string url)
    {
        for (var sent = 0; sent <= 2 * PerMinute; sent++)
        {
            using var response = await client.GetAsync(url, Ct);
            if (response.StatusCode == HttpStatusCode.OK)
                continue;
            Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
            Assert.True(sent >= PerMinute, $"Refused after {sent}.");
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!;
            Assert.Equal("too-many-requests", (string)problem["code"]!);
            var wait = int.Parse(
                response.Headers.GetValues("Retry-After").Single(),
                CultureInfo.InvariantCulture
            );
            Assert.InRange(wait, 1, 60);
            var policy = client.DefaultRequestHeaders.Authorization is null ? "address" : "key";
            Assert.Equal(
                $"\"{policy}\";q={PerMinute};w=60",
                response.Headers.GetValues("RateLimit-Policy").Single()
            );
            Assert.Equal($"\"{policy}\";r=0;t={wait}", response.Headers.GetValues("RateLimit").Single());
            return;
        }
        Assert.Fail("Never refused.");
    }
}
