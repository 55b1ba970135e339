using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The rights of pictures, where a server has settings of its own or something else is broken.</summary>
public sealed class UsageTests(Newsrooms newsrooms)
{
    private const string Articles = "/v1/articles?images=full&limit=100";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_end_with_the_rights_however_long_caches_may_keep_them_and_no_release_is_in_the_way()
    {
        await using var server = await CmsProcess.ServeAsync(
            await newsrooms.SeededAsync(),
            new Dictionary<string, string> { ["Cms__StaleIfError"] = "432000" }
        );
        using var client = server.Client();
        var database = Sql.Of(server);
        var list = (await client.GetFromJsonAsync<JsonObject>(Articles, Ct))!;
        var image = (string)
            list["data"]!.AsArray().First(a => a!["heroImage"] is not null)!["heroImage"]!["id"]!;
        Assert.Equal(432_000, await StaleIfErrorAsync(client));

        // As on another node: this one is not told.
        await Sql.ExecuteAsync(
            database,
            $"update images set usage_until = now() + interval '3 days' where id = '{image}'"
        );
        await Wait.UntilAsync(
            "caches are told of the end",
            async () => await StaleIfErrorAsync(client) < 3 * 86_400
        );

        // No release can be read.
        await Sql.ExecuteAsync(
            database,
            $"""
            alter table releases rename column revision to broken;
            update images set usage_until = now() where id = '{image}'
            """
        );
        await Wait.UntilAsync(
            "the picture is gone",
            async () =>
            {
                using var answer = await client.GetAsync($"/v1/images/{image}", Ct);
                return answer.StatusCode == HttpStatusCode.NotFound;
            }
        );
    }

    private static async Task<int> StaleIfErrorAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(Articles, Ct);
        return int.Parse(
            answer.Headers.CacheControl!.Extensions.Single(e => e.Name == "stale-if-error").Value!,
            System.Globalization.CultureInfo.InvariantCulture
        );
    }
}
