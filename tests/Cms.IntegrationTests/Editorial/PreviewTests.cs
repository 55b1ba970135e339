using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Platform.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary>Previews: what readers will get, for those who have the address, and nothing of it for others.</summary>
public sealed class PreviewTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("public", "")]
    [InlineData("subscriber", "")]
    [InlineData("registered", "?body=html,text,markdown,blocks")]
    [InlineData("public", "?fields=headline,body.blocks,tags,heroImage.credit")]
    public async Task It_is_byte_for_byte_what_delivery_answers_after_publication(string access, string query)
    {
        var draft = await WholeDraftAsync(access);
        var preview = await cms.Editor.PostAsync($"{Articles}/{draft["id"]}/previews", new JsonObject());

        var before = await cms.Anonymous.GetStringAsync($"{preview["url"]}{query}", Ct);
        await cms.Editor.PostAsync($"{Articles}/{draft["id"]}/publish", expected: HttpStatusCode.OK);
        var after = await cms.Reader.GetStringAsync($"/v1/articles/{draft["id"]}{query}", Ct);

        Assert.Equal(WithoutUpdate(after), WithoutUpdate(before));
    }

    [Fact]
    public async Task Reading_one_publishes_nothing()
    {
        var draft = await WholeDraftAsync("public");
        var (id, word) = ((string)draft["id"]!, ((string)draft["headline"]!).Split(' ')[0]);
        var preview = await cms.Editor.PostAsync($"{Articles}/{id}/previews", new JsonObject());
        var head = await cms.ScalarAsync<long>("select head from change_feed");

        for (var i = 0; i < 3; i++)
            await cms.Anonymous.GetJsonAsync((string)preview["url"]!);

        await cms.Anonymous.GetJsonAsync($"/v1/articles/{id}", HttpStatusCode.NotFound);
        Assert.Empty((await cms.Anonymous.GetJsonAsync($"/v1/search?q={word}"))["data"]!.AsArray());
        Assert.Equal("draft", (string?)(await cms.Editor.GetJsonAsync($"{Articles}/{id}"))["status"]);
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                """
                select (select count(*) from published_articles where id = @Id)::int
                    + (select count(*) from published_slugs where article_id = @Id)::int
                    + (select count(*) from changes where entity_id = @Id and sequence > @head)::int
                """,
                new { Id = Guid.Parse(id), head }
            )
        );
        // Its picture is no more readable than before.
        await cms.Anonymous.GetJsonAsync($"/v1/images/{draft["heroImage"]!["id"]}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_a_revision_it_follows_the_working_copy_and_with_one_it_does_not()
    {
        var draft = await WholeDraftAsync("public");
        var url = $"{Articles}/{draft["id"]}";
        var following = await cms.Editor.PostAsync($"{url}/previews", new JsonObject());
        var still = await cms.Editor.PostAsync($"{url}/previews", new JsonObject { ["revision"] = 1 });
        await (
            await cms.Editor.SendPatchAsync(url, new JsonObject { ["headline"] = "Second thoughts" }, "\"1\"")
        ).ReadAsync(HttpStatusCode.OK);

        Assert.Equal("Second thoughts", await HeadlineAsync(following));
        Assert.Equal((string?)draft["headline"], await HeadlineAsync(still));
    }

    [Fact]
    public async Task Of_a_published_article_it_shows_what_readers_do_not_see_yet()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        await (
            await cms.Editor.SendPatchAsync(url, new JsonObject { ["headline"] = "To come" }, "\"1\"")
        ).ReadAsync(HttpStatusCode.OK);
        var preview = await cms.Editor.PostAsync($"{url}/previews", new JsonObject());

        Assert.Equal("To come", await HeadlineAsync(preview));
        Assert.Equal(
            (string?)article["headline"],
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["headline"]
        );
        Assert.Equal("To come", await HeadlineAsync(preview));
    }

    [Fact]
    public async Task What_cannot_be_published_says_why_and_is_shown_once_that_is_mended()
    {
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var url = $"{Articles}/{draft["id"]}";
        var preview = await cms.Editor.PostAsync($"{url}/previews", new JsonObject());

        var problem = await cms.Anonymous.GetJsonAsync((string)preview["url"]!, HttpStatusCode.Conflict);

        Assert.Equal("preview-impossible", (string?)problem["code"]);
        Assert.Equal("/section", (string?)problem["errors"]![0]!["pointer"]);
        var mend = new JsonObject { ["section"] = await cms.SectionAsync() };
        await (await cms.Editor.SendPatchAsync(url, mend, "\"1\"")).ReadAsync(HttpStatusCode.OK);
        await cms.Anonymous.GetJsonAsync((string)preview["url"]!);
        await cms.Editor.SendDeleteAsync(url, "\"2\"");
        await cms.Anonymous.GetJsonAsync((string)preview["url"]!, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_revision_that_names_what_is_gone_cannot_be_shown()
    {
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = section });
        var url = $"{Articles}/{draft["id"]}";
        var preview = await cms.Editor.PostAsync($"{url}/previews", new JsonObject { ["revision"] = 1 });
        var move = new JsonObject { ["section"] = await cms.SectionAsync() };
        await (await cms.Editor.SendPatchAsync(url, move, "\"1\"")).ReadAsync(HttpStatusCode.OK);
        using var deleted = await cms.Editor.SendDeleteAsync($"/v1/editorial/sections/{section}", "\"1\"");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        await cms.Anonymous.GetJsonAsync((string)preview["url"]!, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Of_an_older_revision_it_shows_that_body_though_readers_see_the_newest()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        var patch = new JsonObject { ["body"] = new JsonObject { ["markdown"] = "Written since." } };
        await (await cms.Editor.SendPatchAsync($"{url}?publish=true", patch, "\"1\"")).ReadAsync(
            HttpStatusCode.OK
        );
        var preview = await cms.Editor.PostAsync($"{url}/previews", new JsonObject { ["revision"] = 1 });

        var shown = await cms.Anonymous.GetJsonAsync((string)preview["url"]!);

        Assert.Equal(
            (await cms.Editor.GetJsonAsync($"{url}/revisions/1"))["body"]!["blocks"]!.ToJsonString(),
            shown["body"]!["blocks"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task A_revision_whose_slug_another_article_has_by_now_cannot_be_shown()
    {
        var (old, now) = (Names.Unique("taken-slug"), Names.Unique("other-slug"));
        var draft = await cms.DraftAsync(new JsonObject { ["slug"] = old });
        var url = $"{Articles}/{draft["id"]}";
        var preview = await cms.Editor.PostAsync($"{url}/previews", new JsonObject { ["revision"] = 1 });
        await (await cms.Editor.SendPatchAsync(url, new JsonObject { ["slug"] = now }, "\"1\"")).ReadAsync(
            HttpStatusCode.OK
        );
        await cms.PublishedAsync(new JsonObject { ["slug"] = old });

        var problem = await cms.Anonymous.GetJsonAsync((string)preview["url"]!, HttpStatusCode.Conflict);

        Assert.Equal("preview-impossible", (string?)problem["code"]);
    }

    [Fact]
    public async Task It_waits_for_a_publication_under_way_and_is_read_anew_after_it()
    {
        var article = await cms.PublishedAsync();
        var id = Guid.Parse((string)article["id"]!);
        await cms.Editor.ChangeAsync($"{Articles}/{id}", new JsonObject { ["headline"] = "To come" });
        var preview = await cms.Editor.PostAsync($"{Articles}/{id}/previews", new JsonObject());
        await using var connection = await cms
            .Services.GetRequiredService<NpgsqlDataSource>()
            .OpenConnectionAsync(Ct);
        await using var publisher = await connection.BeginTransactionAsync(Ct);
        await publisher.ExecuteAsync("select from articles where id = @id for update", new { id }, Ct);
        await publisher.ExecuteAsync(
            "update published_articles set revision = revision where id = @id",
            new { id },
            Ct
        );

        var reading = HeadlineAsync(preview);
        while (!await cms.ScalarAsync<bool>(Waits, new { Editor = connection.ProcessID }))
            Assert.False(reading.IsCompleted);
        await publisher.CommitAsync(Ct);

        Assert.Equal("To come", await reading);
    }

    private const string Waits =
        "select exists (select from pg_stat_activity where @Editor = any(pg_blocking_pids(pid)))";

    [Fact]
    public async Task Nobody_keeps_it_and_no_search_engine_lists_it()
    {
        var draft = await WholeDraftAsync("public");
        var preview = await cms.Editor.PostAsync($"{Articles}/{draft["id"]}/previews", new JsonObject());

        using var response = await cms.Anonymous.GetAsync((string)preview["url"]!, Ct);

        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("noindex", Assert.Single(response.Headers.GetValues("X-Robots-Tag")));
        Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False(response.Headers.Contains("Cache-Tag"));
        Assert.Null(response.Headers.ETag);
    }

    [Fact]
    public async Task It_ends_by_itself_or_when_it_is_revoked()
    {
        var draft = await WholeDraftAsync("public");
        var url = $"{Articles}/{draft["id"]}/previews";
        var revoked = await cms.Editor.PostAsync(url, new JsonObject { ["note"] = "For the lawyer" });
        var ended = await cms.Editor.PostAsync(url, new JsonObject());
        var lasting = await cms.Editor.PostAsync(url, new JsonObject());
        await cms.ExecuteAsync(
            """
            update previews set created_at = created_at - interval '8 days',
                expires_at = expires_at - interval '8 days' where id = @Id
            """,
            new { Id = Guid.Parse((string)ended["id"]!) }
        );
        using var deleted = await cms.Editor.SendDeleteAsync($"{url}/{revoked["id"]}", null);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await cms.Anonymous.GetJsonAsync((string)revoked["url"]!, HttpStatusCode.NotFound);
        await cms.Anonymous.GetJsonAsync((string)ended["url"]!, HttpStatusCode.NotFound);
        await cms.Anonymous.GetJsonAsync((string)lasting["url"]!);
        Assert.Equal(
            [(string?)lasting["id"]],
            (await cms.Viewer.GetJsonAsync(url))["data"]!.AsArray().Select(p => (string?)p!["id"])
        );
    }

    [Fact]
    public async Task It_is_revoked_at_its_own_article_only()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var own = await cms.DraftAsync(new JsonObject { ["section"] = mine });
        var other = await cms.DraftAsync(new JsonObject { ["section"] = theirs });
        var preview = await cms.Editor.PostAsync($"{Articles}/{other["id"]}/previews", new JsonObject());
        var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);

        using var refused = await client.SendDeleteAsync(
            $"{Articles}/{own["id"]}/previews/{preview["id"]}",
            null
        );

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        await cms.Anonymous.GetJsonAsync((string)preview["url"]!);
    }

    [Fact]
    public async Task It_shows_no_more_than_the_key_that_made_it_may_see()
    {
        var (inReach, outOfReach) = (await cms.SectionAsync(), await cms.SectionAsync());
        var key = await cms.NewKeyAsync(Role.Editor, [inReach]);
        using var client = cms.Client(key.Token);
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = inReach });
        var url = $"{Articles}/{draft["id"]}";
        var preview = (string)(await client.PostAsync($"{url}/previews", new JsonObject()))["url"]!;
        await cms.Anonymous.GetJsonAsync(preview);

        await MoveAsync(outOfReach, "\"1\"");
        await cms.Anonymous.GetJsonAsync(preview, HttpStatusCode.NotFound);
        await MoveAsync(inReach, "\"2\"");
        await cms.Anonymous.GetJsonAsync(preview);
        await cms.Admin.SendDeleteAsync($"/v1/editorial/keys/{key.Id}", null);
        await cms.Anonymous.GetJsonAsync(preview, HttpStatusCode.NotFound);

        async Task MoveAsync(string section, string ifMatch) =>
            await (
                await cms.Editor.SendPatchAsync(url, new JsonObject { ["section"] = section }, ifMatch)
            ).ReadAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_token_is_shown_once_and_stored_as_a_hash()
    {
        var draft = await WholeDraftAsync("public");
        var url = $"{Articles}/{draft["id"]}/previews";
        var preview = await cms.Editor.PostAsync(url, new JsonObject());
        var token = (string)preview["token"]!;

        Assert.Equal(43, token.Length);
        Assert.DoesNotContain(
            token,
            (await cms.Editor.GetJsonAsync(url)).ToJsonString(),
            StringComparison.Ordinal
        );
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                "select count(*)::int from previews v where position(@token in v::text) > 0",
                new { token }
            )
        );
        var last = token[^1] == 'A' ? 'B' : 'A';
        await cms.Anonymous.GetJsonAsync($"/v1/previews/{token[..^1]}{last}", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"revision":7}""", "/revision unknown-revision")]
    [InlineData("""{"expiresAt":"2020-01-01T00:00:00Z"}""", "/expiresAt in-the-past")]
    [InlineData("""{"expiresAt":"2099-01-01T00:00:00Z"}""", "/expiresAt too-far-ahead")]
    public async Task What_makes_no_sense_is_refused(string input, string fault)
    {
        var draft = await cms.DraftAsync();

        var problem = await cms.Editor.PostAsync(
            $"{Articles}/{draft["id"]}/previews",
            JsonNode.Parse(input),
            HttpStatusCode.UnprocessableEntity
        );

        Assert.Equal(fault, $"{problem["errors"]![0]!["pointer"]} {problem["errors"]![0]!["code"]}");
    }

    [Fact]
    public async Task A_contributor_previews_only_its_own_drafts()
    {
        var own = await cms.Contributor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = Names.Unique("Own") }
        );
        var others = await cms.DraftAsync();

        await cms.Contributor.PostAsync($"{Articles}/{own["id"]}/previews", new JsonObject());
        await cms.Contributor.PostAsync(
            $"{Articles}/{others["id"]}/previews",
            new JsonObject(),
            HttpStatusCode.Forbidden
        );
    }

    /// <summary>A draft with a new tag, new pictures, and articles that go with it, of which one is a draft.</summary>
    private async Task<JsonObject> WholeDraftAsync(string access)
    {
        var hero = await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                "hero.png",
                ("alt", "A hero"),
                ("credit", "Somebody")
            )
        ).ReadAsync(HttpStatusCode.Created);
        var inBody = await (
            await cms.Editor.UploadAsync(Pictures.Png(), "body.png", ("alt", "In the body"))
        ).ReadAsync(HttpStatusCode.Created);
        var (live, draft) = (await cms.PublishedAsync(), await cms.DraftAsync());
        return await cms.DraftAsync(
            new JsonObject
            {
                ["headline"] = Names.Unique("Preview"),
                ["access"] = access,
                ["authors"] = new JsonArray(await cms.AuthorAsync()),
                ["tags"] = new JsonArray(Names.Unique("new tag")),
                ["heroImage"] = new JsonObject { ["id"] = hero["id"]!.DeepClone() },
                ["related"] = new JsonArray(live["id"]!.DeepClone(), draft["id"]!.DeepClone()),
                ["publishedAt"] = "2026-01-02T03:04:05Z",
                ["body"] = new JsonObject
                {
                    ["markdown"] =
                        $"One.\n\nTwo.\n\n![](/media/{inBody["id"]}/original)\n\nThree, behind the wall.",
                },
            }
        );
    }

    private async Task<string?> HeadlineAsync(JsonObject preview) =>
        (string?)(await cms.Anonymous.GetJsonAsync((string)preview["url"]!))["headline"];

    private static string WithoutUpdate(string json)
    {
        var updated = (string?)JsonNode.Parse(json)!["updatedAt"];
        return updated is null ? json : json.Replace(updated, "…", StringComparison.Ordinal);
    }
}
