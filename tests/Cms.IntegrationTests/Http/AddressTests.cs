using System.Net;

namespace Cms.IntegrationTests.Http;

/// <summary>
/// Everything has one address: whoever asks by another one is led there, or told that nothing is there.
/// </summary>
public sealed class AddressTests(CmsServer cms)
{
    [Theory]
    [InlineData("GET", "/v1/articles/", "/v1/articles")]
    [InlineData("HEAD", "/v1/articles/", "/v1/articles")]
    [InlineData("GET", "/v1/articles/?limit=3&sort=headline", "/v1/articles?limit=3&sort=headline")]
    [InlineData("GET", "/V1/Articles", "/v1/articles")]
    [InlineData("GET", "/v1/%61rticles", "/v1/articles")]
    [InlineData("GET", "/%761/articles?limit=3", "/v1/articles?limit=3")]
    [InlineData("GET", "/v1/./articles", "/v1/articles")]
    [InlineData("GET", "/v1/x/../articles", "/v1/articles")]
    [InlineData("GET", "/v1/Sections/", "/v1/sections")]
    [InlineData("GET", "/v1/SEARCH?q=a", "/v1/search?q=a")]
    [InlineData("GET", "/v1/Sync", "/v1/sync")]
    [InlineData("GET", "/v1/sections/Politics/", "/v1/sections/Politics")]
    [InlineData("GET", "/v1/articles/a%2Db", "/v1/articles/a-b")]
    [InlineData(
        "GET",
        "/v1/images/01981F5E-0000-7000-8000-00000000000A",
        "/v1/images/01981f5e-0000-7000-8000-00000000000a"
    )]
    [InlineData(
        "GET",
        "/MEDIA/01981f5e-0000-7000-8000-00000000000A/original",
        "/media/01981f5e-0000-7000-8000-00000000000a/original"
    )]
    [InlineData(
        "GET",
        "/media/01981f5e-0000-7000-8000-00000000000a/Original/",
        "/media/01981f5e-0000-7000-8000-00000000000a/original"
    )]
    [InlineData("GET", "/v1/editorial/articles/", "/v1/editorial/articles")]
    [InlineData("POST", "/v1/editorial/articles/", "/v1/editorial/articles")]
    [InlineData("PATCH", "/v1/Editorial/sections/a", "/v1/editorial/sections/a")]
    [InlineData("DELETE", "/v1/editorial/TAGS/a", "/v1/editorial/tags/a")]
    [InlineData("GET", "/Health/live", "/health/live")]
    [InlineData("GET", "/openapi/V1.json", "/openapi/v1.json")]
    [InlineData("GET", "/problems/invalid/", "/problems/invalid")]
    public async Task Another_spelling_of_an_address_leads_to_it(string method, string asked, string address)
    {
        var answer = await RawAsync(method, asked);

        Assert.StartsWith("HTTP/1.1 308 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {address}\r\n", answer, StringComparison.Ordinal);
        Assert.Contains(
            address.StartsWith("/v1/editorial", StringComparison.Ordinal)
                ? "\r\nCache-Control: no-store\r\n"
                : "\r\nCache-Control: public",
            answer,
            StringComparison.Ordinal
        );
        // Where it leads it leads no further.
        Assert.DoesNotContain("HTTP/1.1 308 ", await RawAsync(method, address), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//v1/articles")]
    [InlineData("/v1//articles")]
    [InlineData("/v1/articles//")]
    [InlineData("/v1/articles%2F")]
    [InlineData("/v1%2Farticles")]
    [InlineData("/v1/articles/%2e%2e")]
    [InlineData("/v1/articles;v=1")]
    public async Task What_is_no_spelling_of_an_address_is_nowhere(string asked) =>
        Assert.Matches("^HTTP/1.1 (404|308) ", await RawAsync("GET", asked));

    [Fact]
    public async Task Only_the_one_address_of_a_list_is_answered_with_it()
    {
        // Whatever has been asked before, and is in memory.
        foreach (
            var asked in (string[])
                [
                    "/v1/articles?limit=7",
                    "/V1/articles?limit=7",
                    "/v1/articles/?limit=7",
                    "/v1/%61rticles?limit=7",
                    "/v1/articles?limit=7",
                ]
        )
            Assert.StartsWith(
                asked == "/v1/articles?limit=7" ? "HTTP/1.1 200 " : "HTTP/1.1 308 ",
                await RawAsync("GET", asked),
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task An_address_that_would_be_too_long_to_lead_to_is_told_in_the_problem()
    {
        var problem = await (
            await cms.Anonymous.AskAsync("GET", $"/v1/articles/?section={new string('a', 2_000)}")
        ).ProblemAsync(HttpStatusCode.NotFound, "not-found");

        Assert.Contains("/v1/articles.", (string?)problem["detail"], StringComparison.Ordinal);
    }

    private async Task<string> RawAsync(string method, string target)
    {
        await using var connection = await RawConnection.OpenAsync(cms.Address);
        await connection.SendAsync(
            $"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        return await connection.ReadToEndAsync();
    }
}
