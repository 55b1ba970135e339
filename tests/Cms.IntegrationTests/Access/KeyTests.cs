using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Access;

public sealed class KeyTests(CmsServer cms)
{
    private const string Keys = "/v1/editorial/keys";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_shown_once_and_stored_nowhere()
    {
        var name = Names.Unique("Newsdesk");
        using var response = await cms.Admin.SendTextAsync(
            HttpMethod.Post,
            Keys,
            new JsonObject { ["name"] = name, ["role"] = "viewer" }.ToJsonString()
        );
        var key = await response.ReadAsync(HttpStatusCode.Created);
        var token = (string)key["token"]!;
        Assert.Equal($"{Keys}/{key["id"]}", response.Headers.Location?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Matches("^cms_[0-9a-f]{32}_[0-9a-f]{64}$", token);

        using var client = cms.Client(token);
        await client.GetJsonAsync("/v1/editorial/articles?limit=1");
        var read = await cms.Admin.GetJsonAsync($"{Keys}/{key["id"]}");
        Assert.False(read.ContainsKey("token"));
        Assert.Equal((name, "viewer"), ((string)read["name"]!, (string)read["role"]!));
        Assert.NotNull(read["lastUsedAt"]);
        Assert.Null(key["lastUsedAt"]);
        var list = await cms.Admin.GetStringAsync($"{Keys}?limit=100", Ct);
        var row = await cms.ScalarAsync<string>(
            "select row_to_json(k)::text || encode(k.secret_hash, 'escape') from api_keys k where id = @id::uuid",
            new { id = (string)key["id"]! }
        );
        foreach (var place in new[] { list, row! })
            Assert.DoesNotContain(token[^64..], place, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(
            Convert.ToHexStringLower(
                System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token[^64..]))
            ),
            await cms.ScalarAsync<string>(
                "select encode(secret_hash, 'hex') from api_keys where id = @id::uuid",
                new { id = (string)key["id"]! }
            )
        );
    }

    [Fact]
    public async Task A_revoked_key_ends_at_once_and_for_good()
    {
        var key = await cms.Admin.PostAsync(Keys, new JsonObject { ["name"] = "Short", ["role"] = "admin" });
        using var client = cms.Client((string)key["token"]!);
        // Even its own hand may end it.
        Assert.Equal(204, await client.DeleteAsync($"{Keys}/{key["id"]}", Ct).StatusAsync());

        Assert.Equal(401, await client.GetAsync("/v1/editorial/articles", Ct).StatusAsync());
        Assert.Equal(401, await client.GetAsync("/v1/articles", Ct).StatusAsync());
        var revokedAt = (string?)(await cms.Admin.GetJsonAsync($"{Keys}/{key["id"]}"))["revokedAt"];
        Assert.NotNull(revokedAt);
        Assert.Equal(204, await cms.Admin.DeleteAsync($"{Keys}/{key["id"]}", Ct).StatusAsync());
        Assert.Equal(revokedAt, (string?)(await cms.Admin.GetJsonAsync($"{Keys}/{key["id"]}"))["revokedAt"]);
        Assert.Equal(404, await cms.Admin.DeleteAsync($"{Keys}/{Guid.CreateVersion7()}", Ct).StatusAsync());
        Assert.Equal(400, await cms.Admin.DeleteAsync($"{Keys}/not-an-id", Ct).StatusAsync());
    }

    [Fact]
    public async Task A_key_ends_when_it_was_to_end()
    {
        var key = await cms.Admin.PostAsync(
            Keys,
            new JsonObject
            {
                ["name"] = "Until",
                ["role"] = "viewer",
                ["expiresAt"] = "2999-01-01T00:00:00+01:00",
            }
        );
        Assert.Equal("2998-12-31T23:00:00Z", (string?)key["expiresAt"]);
        using var client = cms.Client((string)key["token"]!);
        await client.GetJsonAsync("/v1/editorial/articles?limit=1");
        await cms.ExecuteAsync(
            "update api_keys set created_at = '2000-01-01', expires_at = now() where id = @id::uuid",
            new { id = (string)key["id"]! }
        );
        await client.GetJsonAsync("/v1/editorial/articles?limit=1", HttpStatusCode.Unauthorized);

        var problem = await cms.Admin.PostAsync(
            Keys,
            new JsonObject
            {
                ["name"] = "Never",
                ["role"] = "viewer",
                ["expiresAt"] = "2001-01-01T00:00:00Z",
            },
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/expiresAt in-the-past"], problem.Faults());
    }

    [Theory]
    [InlineData("""{"name":"x"}""", "/role missing")]
    [InlineData("""{"role":"viewer"}""", "/name missing")]
    [InlineData("""{"name":"","role":"viewer"}""", "/name empty")]
    [InlineData("""{"name":"a\nb","role":"viewer"}""", "/name line-break")]
    [InlineData("""{"name":"x","role":"owner"}""", "/role wrong-type")]
    [InlineData("""{"name":"x","role":"Admin"}""", "/role wrong-type")]
    [InlineData("""{"name":"x","role":4}""", "/role wrong-type")]
    [InlineData("""{"name":"x","role":"admin","token":"mine"}""", "/token unknown-member")]
    [InlineData("""{"name":"x","role":"admin","sections":[]}""", "/sections wrong-length")]
    [InlineData(
        """{"name":"x","role":"admin","sections":["no-such-section"]}""",
        "/sections/0 unknown-reference"
    )]
    [InlineData("""{"name":"x","role":"admin","sections":[null]}""", "/sections/0 wrong-type")]
    [InlineData("""{"name":"x","role":"admin","expiresAt":"tomorrow"}""", "/expiresAt wrong-type")]
    public async Task What_is_no_key_is_refused(string body, string fault)
    {
        using var response = await cms.Admin.SendTextAsync(HttpMethod.Post, Keys, body);
        Assert.Equal([fault], (await response.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults());
    }

    [Fact]
    public async Task A_key_never_changes_its_role()
    {
        var key = await cms.Admin.PostAsync(Keys, new JsonObject { ["name"] = "Fixed", ["role"] = "viewer" });
        foreach (var method in new[] { HttpMethod.Patch, HttpMethod.Put })
        {
            using var response = await cms.Admin.SendTextAsync(
                method,
                $"{Keys}/{key["id"]}",
                """{"role":"admin"}""",
                ifMatch: "*"
            );
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal("DELETE, GET, HEAD, OPTIONS", string.Join(", ", response.Content.Headers.Allow));
        }
    }

    [Fact]
    public async Task The_list_pages_through_every_key_both_ways()
    {
        for (var n = 0; n < 5; n++)
            await cms.NewKeyAsync(Cms.Access.Role.Reader);
        var forth = new List<string>();
        var page = await cms.Admin.GetJsonAsync($"{Keys}?limit=2&fields=id&count=exact");
        var total = (int)page["page"]!["total"]!;
        string? last = null;
        while (true)
        {
            forth.AddRange(page["data"]!.AsArray().Select(k => (string)k!["id"]!));
            if (page["page"]!["next"] is null)
                break;
            last = (string?)page["page"]!["previous"];
            page = await cms.Admin.GetJsonAsync($"{Keys}?limit=2&fields=id&cursor={page["page"]!["next"]}");
        }
        Assert.True(forth.Count >= total, $"{forth.Count} of {total}");
        Assert.Equal(forth.Count, forth.Distinct().Count());
        Assert.NotNull(last);
    }
}
