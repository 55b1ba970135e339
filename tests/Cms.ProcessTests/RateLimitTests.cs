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
            Assert.InRange(
                int.Parse(response.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture),
                1,
                60
            );
            return;
        }
        Assert.Fail("Never refused.");
    }
}
