using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;

namespace Cms.ProcessTests;

/// <summary>Keys made, listed and revoked on the command line: beside a server, and without one.</summary>
public sealed class KeysTests(Newsrooms newsrooms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_made_without_a_server_work_in_the_next_one()
    {
        var data = await newsrooms.SeededAsync();

        var token = await CreateAsync(data, "Desk", "--role", "viewer");

        Assert.False(CmsProcess.HasPostgres(data));
        Assert.False(File.Exists(Path.Combine(data, "database")));
        await using var server = await CmsProcess.ServeAsync(data);
        using var viewer = server.Client(token);
        await viewer.GetJsonAsync("/v1/editorial/articles");
    }

    [Fact]
    public async Task Keys_are_made_limited_listed_and_revoked_beside_a_server()
    {
        var data = await newsrooms.SeededAsync();
        await using var server = await CmsProcess.ServeAsync(data);
        var sections = Newsrooms.Demo()["sections"]!.AsArray().Select(s => (string)s!["slug"]!).ToList();

        var token = await CreateAsync(
            data,
            "Wire service",
            "--role",
            "editor",
            "--section",
            sections[0],
            "--expires",
            "2099-01-01T00:00:00Z"
        );
        using var wire = server.Client(token);
        await wire.PostAsync("/v1/editorial/articles", Article(sections[0]));
        await wire.PostAsync("/v1/editorial/articles", Article(sections[1]), HttpStatusCode.Forbidden);
        using var admin = server.Admin();
        var key = (await admin.GetJsonAsync("/v1/editorial/keys?limit=100"))["data"]!
            .AsArray()
            .Single(k => (string)k!["name"]! == "Wire service")!;
        Assert.Equal("2099-01-01T00:00:00Z", (string)key["expiresAt"]!);
        Assert.Single(key["sections"]!.AsArray());

        var id = (string)key["id"]!;
        Assert.Contains(await ListAsync(data), l => Has(l, id, "editor", "valid", "Wire service"));
        Assert.DoesNotContain(await ListAsync(data), l => l.Contains(token[^64..], StringComparison.Ordinal));

        (await CmsProcess.RunAsync(["keys", "revoke", id], data: data)).Done();

        using var refused = await wire.GetAsync("/v1/articles", Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains(await ListAsync(data), l => Has(l, id, "editor", "revoked", "Wire service"));
    }

    [Fact]
    public async Task What_a_key_cannot_be_is_said_in_a_sentence()
    {
        var environment = Newsrooms.Using(await newsrooms.NewDatabaseAsync());
        var data = newsrooms.NewData();

        async Task<string> RefusedAsync(params string[] words) =>
            (await CmsProcess.RunAsync(["keys", .. words], environment, data)).Refusal();

        Assert.Contains(
            "'nowhere'",
            await RefusedAsync("create", "Desk", "--role", "editor", "--section", "nowhere"),
            StringComparison.Ordinal
        );
        await RefusedAsync("create", "Desk", "--role", "editor", "--expires", "2001-01-01T00:00:00Z");
        await RefusedAsync("create", "", "--role", "editor");
        Assert.Contains(
            "There is no key",
            await RefusedAsync("revoke", "0198c0de-0000-7000-8000-000000000000"),
            StringComparison.Ordinal
        );
    }

    private static async Task<string> CreateAsync(string data, params string[] words) =>
        Assert.Single((await CmsProcess.RunAsync(["keys", "create", .. words], data: data)).Done().Output);

    private static async Task<IReadOnlyList<string>> ListAsync(string data) =>
        (await CmsProcess.RunAsync(["keys", "list"], data: data)).Done().Output;

    private static bool Has(string line, params string[] words) =>
        words.All(w => line.Contains(w, StringComparison.Ordinal));

    private static JsonObject Article(string section) =>
        new() { ["headline"] = $"Of {section}", ["section"] = section };
}
