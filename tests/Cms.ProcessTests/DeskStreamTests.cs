using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>The desk's stream, and a database that is exchanged under it.</summary>
public sealed class DeskStreamTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_open_stream_ends_when_the_database_is_restored()
    {
        var database = await newsrooms.NewDatabaseAsync();
        var data = newsrooms.NewData();
        var token = Assert.Single(
            (
                await CmsProcess.RunAsync(
                    ["keys", "create", "Desk", "--role", "editor"],
                    Newsrooms.Using(database),
                    data
                )
            )
                .Done()
                .Output
        );
        await using var server = await CmsProcess.ServeAsync(data, Newsrooms.Using(database));
        using var desk = server.Client(token);
        using var response = await desk.GetAsync(
            "/v1/editorial/events",
            HttpCompletionOption.ResponseHeadersRead,
            Ct
        );
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
        Assert.Equal("", await EventAsync(lines));

        // As a restore leaves it: the epoch was begun in another process.
        await Sql.ExecuteAsync(
            database,
            "update change_epochs set server_started_at = server_started_at - interval '1 day'"
        );
        await Wait.UntilAsync(
            "the next epoch",
            () => Sql.ScalarAsync<bool>(database, "select count(*) > 1 from change_epochs")
        );
        using var article = await desk.PostAsync(
            "/v1/editorial/articles",
            new StringContent(
                """{ "headline": "After the restore" }""",
                System.Text.Encoding.UTF8,
                "application/json"
            ),
            Ct
        );

        // And not the act, which is of another epoch.
        var end = JsonNode.Parse(await EventAsync(lines))!;
        Assert.Equal("sync-expired", (string?)end["code"]);
    }

    /// <summary>The data of the next event.</summary>
    private static async Task<string> EventAsync(StreamReader lines)
    {
        var data = "";
        while (await lines.ReadLineAsync(Ct) is { Length: > 0 } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                data += line[6..];
        return data;
    }
}
