using System.Net;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Sync;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Cms.IntegrationTests.People;

/// <summary>People who come with a token of the newsroom's OpenID Connect provider.</summary>
public sealed class PersonTests(CmsServer cms, Provider provider) : IClassFixture<Provider>
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_named_wherever_what_they_did_is_shown()
    {
        var subject = Names.Unique("sub");
        using var mara = await PersonAsync("editor", subject: subject, name: " Mara Lindqvist\u200b ");
        var me = await mara.GetJsonAsync("/v1/editorial/me");
        Assert.Equal(
            ("person", "Mara Lindqvist", "editor"),
            ((string?)me["kind"], (string?)me["name"], (string?)me["role"])
        );
        Assert.NotNull((string?)me["expiresAt"]);
        Assert.Contains("article.publish", me["acts"]!.AsArray().Select(a => (string?)a));

        var article = await mara.PostAsync(Articles, new JsonObject { ["headline"] = "Hers" });

        var shown = await cms.Viewer.GetJsonAsync($"{Articles}/{article["id"]}");
        foreach (var member in new[] { "createdBy", "updatedBy" })
            Assert.Equal(
                ((string?)me["id"], "person", "Mara Lindqvist"),
                (
                    (string?)shown[member]!["id"],
                    (string?)shown[member]!["kind"],
                    (string?)shown[member]!["name"]
                )
            );
        var revisions = await cms.Viewer.GetJsonAsync($"{Articles}/{article["id"]}/revisions");
        Assert.Equal((string?)me["id"], (string?)revisions["data"]![0]!["createdBy"]!["id"]);
        var audit = await cms.Editor.GetJsonAsync($"/v1/editorial/audit?actor={me["id"]}");
        var actor = audit["data"]![0]!["actor"]!;
        Assert.Equal(
            ("person", "Mara Lindqvist", cms.Provider.ToString(), subject),
            (
                (string?)actor["kind"],
                (string?)actor["name"],
                (string?)actor["issuer"],
                (string?)actor["subject"]
            )
        );
    }

    [Fact]
    public async Task A_person_stays_the_same_under_another_name_and_role()
    {
        var subject = Names.Unique("sub");
        using var before = await PersonAsync("contributor", subject: subject, name: "Before");
        var first = await before.GetJsonAsync("/v1/editorial/me");
        var article = await before.PostAsync(Articles, new JsonObject { ["headline"] = "Kept" });

        using var after = await PersonAsync("viewer", subject: subject, name: "After");
        var second = await after.GetJsonAsync("/v1/editorial/me");

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal("viewer", (string?)second["role"]);
        await after.PostAsync(Articles, new JsonObject { ["headline"] = "No" }, HttpStatusCode.Forbidden);
        var shown = await cms.Viewer.GetJsonAsync($"{Articles}/{article["id"]}");
        Assert.Equal("After", (string?)shown["createdBy"]!["name"]);
    }

    [Fact]
    public async Task A_contributor_writes_and_submits_own_drafts_only()
    {
        using var own = await PersonAsync("contributor");
        using var other = await PersonAsync("contributor");
        var article = await own.PostAsync(Articles, new JsonObject { ["headline"] = "Own" });
        var address = $"{Articles}/{article["id"]}";

        await own.ChangeAsync(address, new JsonObject { ["headline"] = "Own, again" });
        await own.ActAsync($"{address}/submit");

        await other.ChangeAsync(
            address,
            new JsonObject { ["headline"] = "Not mine" },
            HttpStatusCode.Forbidden
        );
        await own.ActAsync($"{address}/publish", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_person_limited_to_sections_acts_only_there()
    {
        var (mine, other) = (await cms.SectionAsync(), await cms.SectionAsync());
        var hidden = await cms.DraftAsync(new() { ["section"] = other });
        using var person = await PersonAsync("editor", sections: [mine, "gone-long-ago"]);

        Assert.Single((await person.GetJsonAsync("/v1/editorial/me"))["sections"]!.AsArray());
        await person.GetJsonAsync($"{Articles}/{hidden["id"]}", HttpStatusCode.NotFound);
        await person.PostAsync(Articles, new JsonObject { ["headline"] = "There", ["section"] = mine });
        await person.GetJsonAsync("/v1/editorial/audit", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("""{ "roles": ["friend"], "sections": "*" }""", "'friend'")]
    [InlineData("""{ "sections": "*" }""", "roles is missing")]
    [InlineData("""{ "roles": "Editor", "sections": "*" }""", "'Editor'")]
    [InlineData("""{ "roles": "editor" }""", "sections must have")]
    [InlineData("""{ "roles": "editor", "sections": "no-such-section" }""", "none of the sections")]
    public async Task A_token_without_rights_here_is_refused_and_says_why(string claims, string reason)
    {
        var given = JsonNode.Parse(claims)!.AsObject();
        given["sub"] = Names.Unique("sub");
        using var client = cms.Client(await provider.TokenAsync(given));

        foreach (var address in new[] { "/v1/editorial/me", "/v1/articles" })
        {
            var problem = await client.GetJsonAsync(address, HttpStatusCode.Unauthorized);
            Assert.Contains(reason, (string?)problem["detail"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_for_somebody_else_is_refused()
    {
        using var client = cms.Client(await provider.TokenAsync(ClaimsOf("admin"), audience: "payroll"));
        await RefusedAsync(client, "must be cms");
    }

    [Theory]
    [InlineData("key", "a key that the newsroom's provider does not have")]
    [InlineData("borrowed id", "not signed by the newsroom's provider")]
    [InlineData("secret", "signed")]
    [InlineData("none", "signed")]
    [InlineData("issuer", "another issuer")]
    [InlineData("expired", "has expired")]
    [InlineData("early", "not valid yet")]
    [InlineData("eternal", "no time at which it expires")]
    [InlineData("payload", "signed")]
    public async Task A_forged_token_is_refused(string forgery, string reason)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        using var made = System.Security.Cryptography.RSA.Create(2048);
        // The provider's public key as a shared secret: the classic confusion of algorithms.
        var secret = provider.Key.Rsa.ExportSubjectPublicKeyInfo();
        var token = new SecurityTokenDescriptor
        {
            Issuer = forgery == "issuer" ? "https://elsewhere.example" : $"{cms.Provider}",
            Audience = "cms",
            Subject = new ClaimsIdentity([new("sub", "forger"), new("roles", "admin"), new("sections", "*")]),
            IssuedAt = now.AddDays(-1),
            NotBefore = forgery == "early" ? now.AddMinutes(5) : now.AddDays(-1),
            Expires =
                forgery == "expired" ? now.AddSeconds(-1)
                : forgery == "eternal" ? null
                : now.AddMinutes(10),
            SigningCredentials = forgery switch
            {
                "key" => new(new RsaSecurityKey(made) { KeyId = "unknown" }, SecurityAlgorithms.RsaSha256),
                "borrowed id" => new(
                    new RsaSecurityKey(made) { KeyId = provider.Key.KeyId },
                    SecurityAlgorithms.RsaSha256
                ),
                "secret" => new(
                    new SymmetricSecurityKey(secret) { KeyId = provider.Key.KeyId },
                    SecurityAlgorithms.HmacSha256
                ),
                "none" => null,
                _ => new(provider.Key, SecurityAlgorithms.RsaSha256),
            },
        };
        var written = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
        if (forgery == "payload")
        {
            var parts = written.Split('.');
            var payload = Base64UrlEncoder
                .Decode(parts[1])
                .Replace("forger", "mara", StringComparison.Ordinal);
            written = $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
        }
        using var client = cms.Client(written);

        await RefusedAsync(client, reason);
        Assert.Equal(0, await cms.ScalarAsync<long>("select count(*) from people where subject = 'forger'"));
    }

    [Fact]
    public async Task Readers_with_a_token_get_whole_bodies_that_no_cache_keeps()
    {
        var article = await cms.PublishedAsync(new() { ["access"] = "subscriber", ["body"] = Long() });
        var address = $"/v1/articles/{article["id"]}";
        using var person = await PersonAsync("reader");
        // So that the answer for everyone is in memory.
        var open = await cms.Anonymous.GetJsonAsync(address);

        using var response = await person.GetAsync(address, Ct);
        var whole = await response.ReadAsync(HttpStatusCode.OK);

        Assert.True((bool)open["bodyTruncated"]!);
        Assert.False((bool)whole["bodyTruncated"]!);
        Assert.True(response.Headers.CacheControl!.Private);
        Assert.True((bool)(await cms.Anonymous.GetJsonAsync(address))["bodyTruncated"]!);
        await person.GetJsonAsync("/v1/editorial/me", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_stream_ends_with_the_token()
    {
        var section = await cms.SectionAsync();
        using var client = cms.Client(await provider.TokenAsync(ClaimsOf("reader"), seconds: 3));
        await using var events = await EventReader.OpenAsync(
            client,
            $"/v1/events?section={section}&types=article"
        );

        var problem = await events.NextAsync();

        Assert.Equal(("end", "unauthenticated"), (events.LastType, (string?)problem["code"]));
        Assert.Contains("token", (string?)problem["detail"], StringComparison.Ordinal);
        await RefusedAsync(client, "expired");
    }

    [Fact]
    public async Task The_first_token_after_a_rotation_is_taken_and_older_ones_are_not()
    {
        using var before = await PersonAsync("viewer");
        await IsKnownAsync(before);

        provider.Rotate();
        using var after = await PersonAsync("viewer");
        await IsKnownAsync(after);

        await RefusedAsync(before, "a key that the newsroom's provider does not have");
    }

    [Fact]
    public async Task While_the_provider_is_away_known_keys_count_and_unknown_ones_are_503()
    {
        using var known = await PersonAsync("viewer");
        await IsKnownAsync(known);
        provider.Rotate();
        using var unknown = await PersonAsync("viewer");
        await provider.DisposeAsync();

        HttpResponseMessage? refused = null;
        await Wait.UntilAsync(
            "the provider is asked",
            async () =>
                (refused = await unknown.GetAsync("/v1/editorial/me", Ct)).StatusCode
                == HttpStatusCode.ServiceUnavailable
        );

        var problem = await refused!.ReadAsync(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("does not answer", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.NotNull(refused!.Headers.RetryAfter);
        await known.GetJsonAsync("/v1/editorial/me");
        await cms.Viewer.GetJsonAsync("/v1/editorial/me");
        await provider.InitializeAsync();
    }

    [Fact]
    public async Task Previews_show_no_more_than_the_person_who_made_them_may_see()
    {
        var (mine, other) = (await cms.SectionAsync(), await cms.SectionAsync());
        var author = await cms.AuthorAsync();
        using var person = await PersonAsync("editor", sections: [mine]);
        var article = await person.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = "Shown",
                ["section"] = mine,
                ["authors"] = new JsonArray(author),
                ["body"] = Long(),
            }
        );
        var preview = await person.PostAsync($"{Articles}/{article["id"]}/previews", new JsonObject());
        var address = (string)preview["url"]!;
        await cms.Anonymous.GetJsonAsync(address);

        await cms.Admin.ChangeAsync($"{Articles}/{article["id"]}", new JsonObject { ["section"] = other });

        await cms.Anonymous.GetJsonAsync(address, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{ "roles": "viewer", "sections": "*" }""", HttpStatusCode.OK)]
    [InlineData("""{ "sections": "*" }""", HttpStatusCode.Unauthorized)]
    [InlineData("""{ "roles": "editor" }""", HttpStatusCode.Unauthorized)]
    [InlineData("""{ "roles": "editor", "sections": "no-such-section" }""", HttpStatusCode.Unauthorized)]
    public async Task Previews_show_nothing_once_the_provider_has_taken_the_rights_of_who_made_them(
        string claims,
        HttpStatusCode answer
    )
    {
        var subject = Names.Unique("sub");
        using var before = await PersonAsync("editor", subject: subject);
        var previews = await PreviewsAsync(before);
        var given = JsonNode.Parse(claims)!.AsObject();
        given["sub"] = subject;

        using var after = cms.Client(await provider.TokenAsync(given));
        await after.GetJsonAsync("/v1/editorial/me", answer);

        foreach (var preview in previews)
            await cms.Anonymous.GetJsonAsync(preview, HttpStatusCode.NotFound);
        // Who has the rights again has the previews again.
        await before.GetJsonAsync("/v1/editorial/me");
        foreach (var preview in previews)
            await cms.Anonymous.GetJsonAsync(preview);
    }

    [Fact]
    public async Task An_admin_ends_the_tokens_streams_and_previews_of_a_person()
    {
        var subject = Names.Unique("sub");
        using var person = await PersonAsync("editor", subject: subject);
        var previews = await PreviewsAsync(person);
        var id = (string)(await person.GetJsonAsync("/v1/editorial/me"))["id"]!;
        await using var events = await EventReader.OpenAsync(
            person,
            $"/v1/events?section={await cms.SectionAsync()}&types=article"
        );

        Assert.Equal(204, await cms.Admin.DeleteAsync($"/v1/editorial/people/{id}", Ct).StatusAsync());

        await RefusedAsync(person, "ended");
        Assert.Equal("unauthenticated", (string?)(await events.NextAsync())["code"]);
        foreach (var preview in previews)
            await cms.Anonymous.GetJsonAsync(preview, HttpStatusCode.NotFound);
        var audit = await cms.Editor.GetJsonAsync($"/v1/editorial/audit?entity={id}");
        Assert.Equal("person.end", (string?)audit["data"]![0]!["act"]);
        // The provider still decides who may come: a token of later counts, and brings no old preview back.
        await cms.ExecuteAsync(
            "update people set ended_at = ended_at - interval '1 hour' where id = @id::uuid",
            new { id }
        );
        await cms.ExecuteAsync(
            "update previews set created_at = created_at - interval '2 hours' where created_by = @id::uuid",
            new { id }
        );
        Assert.Equal(id, (string?)(await person.GetJsonAsync("/v1/editorial/me"))["id"]);
        foreach (var preview in previews)
            await cms.Anonymous.GetJsonAsync(preview, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Nobody_ends_a_person_whom_nobody_knows()
    {
        var problem = await cms.Admin.DeleteAsync($"/v1/editorial/people/{Guid.CreateVersion7()}", Ct);

        await problem.ReadAsync(HttpStatusCode.NotFound);
    }

    /// <summary>The addresses of two previews, of an article and of a release.</summary>
    private async Task<string[]> PreviewsAsync(HttpClient person)
    {
        var article = await person.PostAsync(
            Articles,
            new JsonObject
            {
                ["headline"] = "Shown",
                ["section"] = await cms.SectionAsync(),
                ["authors"] = new JsonArray(await cms.AuthorAsync()),
                ["body"] = Long(),
            }
        );
        var release = await person.PostAsync(
            "/v1/editorial/releases",
            new JsonObject
            {
                ["name"] = "Together",
                ["items"] = new JsonArray(
                    new JsonObject { ["article"] = (string)article["id"]!, ["act"] = "publish" }
                ),
            }
        );
        var addresses = new List<string>();
        foreach (var of in new[] { $"{Articles}/{article["id"]}", $"/v1/editorial/releases/{release["id"]}" })
        {
            addresses.Add((string)(await person.PostAsync($"{of}/previews", new JsonObject()))["url"]!);
            await cms.Anonymous.GetJsonAsync(addresses[^1]);
        }
        return [.. addresses];
    }

    /// <summary>The provider is asked for keys at most once a second: other tests may just have had it asked.</summary>
    private static Task IsKnownAsync(HttpClient client) =>
        Wait.UntilAsync(
            "the key is known",
            async () => (await client.GetAsync("/v1/editorial/me", Ct)).IsSuccessStatusCode
        );

    private static async Task RefusedAsync(HttpClient client, string reason)
    {
        using var response = await client.GetAsync("/v1/editorial/me", Ct);
        var problem = await response.ReadAsync(HttpStatusCode.Unauthorized);
        Assert.Contains(reason, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Contains(
            "invalid_token",
            response.Headers.WwwAuthenticate.ToString(),
            StringComparison.Ordinal
        );
    }

    private async Task<HttpClient> PersonAsync(
        string role,
        string[]? sections = null,
        string? subject = null,
        string name = "Somebody"
    ) => cms.Client(await provider.TokenAsync(ClaimsOf(role, sections, subject, name)));

    private static JsonObject ClaimsOf(
        string role,
        string[]? sections = null,
        string? subject = null,
        string name = "Somebody"
    ) =>
        new()
        {
            ["sub"] = subject ?? Names.Unique("sub"),
            ["name"] = name,
            ["roles"] = new JsonArray("other-group", role),
            ["sections"] = new JsonArray([.. (sections ?? ["*"]).Select(s => (JsonNode)s)]),
        };

    private static JsonObject Long() =>
        new() { ["markdown"] = string.Join("\n\n", Enumerable.Range(1, 9).Select(n => $"Paragraph {n}.")) };
}
