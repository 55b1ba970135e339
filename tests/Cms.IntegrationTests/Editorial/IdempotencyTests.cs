using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.IntegrationTests.Editorial;

/// <summary><c>Idempotency-Key</c>: a retry gets the first answer, and nothing is done twice.</summary>
public sealed class IdempotencyTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retry_gets_the_first_answer_whole_and_makes_nothing()
    {
        var (key, headline) = (NewKey(), Names.Unique("Once"));
        var input = new JsonObject { ["headline"] = headline };

        using var first = await SendAsync(cms.Editor, HttpMethod.Post, Articles, key, input);
        using var again = await SendAsync(cms.Editor, HttpMethod.Post, Articles, key, input);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await again.Content.ReadAsStringAsync(Ct));
        Assert.Equal(
            (first.Headers.Location, first.Headers.ETag),
            (again.Headers.Location, again.Headers.ETag)
        );
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", Assert.Single(again.Headers.GetValues("Idempotency-Replayed")));
        Assert.Equal(
            1,
            await cms.ScalarAsync<int>(
                "select count(*)::int from articles where headline = @headline",
                new { headline }
            )
        );
    }

    [Fact]
    public async Task A_change_that_was_made_is_not_a_conflict_with_itself()
    {
        var article = await cms.DraftAsync();
        var (url, key, patch) = (
            $"{Articles}/{article["id"]}",
            NewKey(),
            new JsonObject { ["deck"] = "New" }
        );

        using var first = await SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"1\"");
        using var again = await SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"1\"");
        using var without = await cms.Editor.SendPatchAsync(url, patch, "\"1\"");

        Assert.Equal(2, (int)(await first.ReadAsync(HttpStatusCode.OK))["revision"]!);
        Assert.Equal(2, (int)(await again.ReadAsync(HttpStatusCode.OK))["revision"]!);
        Assert.Equal(HttpStatusCode.PreconditionFailed, without.StatusCode);
    }

    [Fact]
    public async Task The_same_key_from_another_revision_is_refused()
    {
        var article = await cms.DraftAsync();
        var (url, key) = ($"{Articles}/{article["id"]}", NewKey());
        var patch = new JsonObject { ["deck"] = "New" };
        using var first = await SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"1\"");
        await first.ReadAsync(HttpStatusCode.OK);

        using var other = await SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"2\"");

        var problem = await other.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("idempotency-key-reused", (string?)problem["code"]);
    }

    [Theory]
    [InlineData("", "{\"headline\":\"Another\"}")]
    [InlineData("?publish=true", null)]
    public async Task The_same_key_with_another_request_is_refused(string query, string? body)
    {
        var (key, input) = (NewKey(), new JsonObject { ["headline"] = Names.Unique("First") });
        using var first = await SendAsync(cms.Editor, HttpMethod.Post, Articles, key, input);
        await first.ReadAsync(HttpStatusCode.Created);

        using var other = await SendAsync(
            cms.Editor,
            HttpMethod.Post,
            Articles + query,
            key,
            body is null ? input : JsonNode.Parse(body)!
        );

        var problem = await other.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("idempotency-key-reused", (string?)problem["code"]);
    }

    [Theory]
    [InlineData("If-None-Match", "\"7\"")]
    [InlineData("Prefer", "merge")]
    [InlineData("Revision-Note", "Sharper")]
    public async Task A_header_that_changes_what_is_done_makes_another_request(string name, string value)
    {
        var article = await cms.DraftAsync();
        var (url, key) = ($"{Articles}/{article["id"]}", NewKey());
        var patch = new JsonObject { ["deck"] = "New" };
        using var first = await SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"1\"");
        await first.ReadAsync(HttpStatusCode.OK);

        using var request = new HttpRequestMessage(HttpMethod.Patch, url)
        {
            Content = JsonContent.Create(patch),
        };
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        request.Headers.TryAddWithoutValidation(name, value);
        using var other = await cms.Editor.SendAsync(request, Ct);

        var problem = await other.ReadAsync(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("idempotency-key-reused", (string?)problem["code"]);
    }

    [Fact]
    public async Task A_key_belongs_to_its_caller_and_its_address()
    {
        var (key, input) = (NewKey(), new JsonObject { ["name"] = Names.Unique("Nobody's key") });
        using var author = await SendAsync(cms.Editor, HttpMethod.Post, "/v1/editorial/authors", key, input);
        using var tag = await SendAsync(cms.Editor, HttpMethod.Post, "/v1/editorial/tags", key, input);
        using var others = await SendAsync(cms.Admin, HttpMethod.Post, "/v1/editorial/authors", key, input);

        var first = await author.ReadAsync(HttpStatusCode.Created);
        await tag.ReadAsync(HttpStatusCode.Created);
        Assert.NotEqual(
            (string?)first["id"],
            (string?)(await others.ReadAsync(HttpStatusCode.Created))["id"]
        );
    }

    [Fact]
    public async Task What_was_refused_may_be_tried_again_with_the_same_key()
    {
        var article = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var (url, key) = ($"{Articles}/{article["id"]}/publish", NewKey());
        using var refused = await SendAsync(cms.Editor, HttpMethod.Post, url, key);
        await refused.ReadAsync(HttpStatusCode.UnprocessableEntity);
        using var mended = await cms.Editor.SendPatchAsync(
            $"{Articles}/{article["id"]}",
            new JsonObject { ["section"] = await cms.SectionAsync() },
            "\"1\""
        );

        using var again = await SendAsync(cms.Editor, HttpMethod.Post, url, key);

        Assert.Equal("published", (string?)(await again.ReadAsync(HttpStatusCode.OK))["status"]);
        Assert.False(again.Headers.Contains("Idempotency-Replayed"));
    }

    [Fact]
    public async Task A_retry_while_the_first_is_under_way_is_told_to_wait()
    {
        var article = await cms.DraftAsync();
        var (url, key, patch) = (
            $"{Articles}/{article["id"]}",
            NewKey(),
            new JsonObject { ["deck"] = "New" }
        );
        await using var elsewhere = new NpgsqlConnection(cms.ConnectionString);
        await elsewhere.OpenAsync(Ct);
        Task<HttpResponseMessage> first;
        await using (var holding = await elsewhere.BeginTransactionAsync(Ct))
        {
            await holding.ExecuteAsync(
                "select from articles where id = @Id for update",
                new { Id = Guid.Parse((string)article["id"]!) },
                Ct
            );
            first = SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"1\"");
            await Wait.UntilAsync(
                "the first request to wait for the article",
                async () =>
                    await cms.ScalarAsync<bool>(
                        """
                        select exists (select from pg_stat_activity
                            where wait_event_type = 'Lock' and query like '%from articles a%'
                                and @pid = any(pg_blocking_pids(pid)))
                        """,
                        new { pid = elsewhere.ProcessID }
                    )
            );

            using var again = await SendAsync(cms.Editor, HttpMethod.Patch, url, key, patch, "\"1\"");

            var problem = await again.ReadAsync(HttpStatusCode.Conflict);
            Assert.Equal("request-in-progress", (string?)problem["code"]);
            Assert.NotNull(again.Headers.RetryAfter);
        }
        using var done = await first;
        Assert.Equal(2, (int)(await done.ReadAsync(HttpStatusCode.OK))["revision"]!);
    }

    [Fact]
    public async Task An_upload_that_is_sent_again_is_one_image()
    {
        var (key, file) = (NewKey(), Pictures.Png());
        async Task<HttpResponseMessage> UploadAsync(byte[] content)
        {
            using var form = new MultipartFormDataContent
            {
                { new ByteArrayContent(content), "file", "picture.png" },
                { new StringContent("A picture"), "alt" },
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/editorial/images")
            {
                Content = form,
            };
            request.Headers.Add("Idempotency-Key", key);
            return await cms.Editor.SendAsync(request, Ct);
        }

        // Each form has another boundary.
        using var first = await UploadAsync(file);
        using var again = await UploadAsync(file);
        using var other = await UploadAsync(Pictures.Png());

        Assert.Equal(
            (string?)(await first.ReadAsync(HttpStatusCode.Created))["id"],
            (string?)(await again.ReadAsync(HttpStatusCode.Created))["id"]
        );
        Assert.Equal(
            "idempotency-key-reused",
            (string?)(await other.ReadAsync(HttpStatusCode.UnprocessableEntity))["code"]
        );
    }

    [Fact]
    public async Task A_secret_in_a_first_answer_is_repeated_but_not_stored_in_the_clear()
    {
        var (key, input) = (NewKey(), new JsonObject { ["name"] = Names.Unique("key"), ["role"] = "viewer" });
        using var first = await SendAsync(cms.Admin, HttpMethod.Post, "/v1/editorial/keys", key, input);
        using var again = await SendAsync(cms.Admin, HttpMethod.Post, "/v1/editorial/keys", key, input);

        var token = (string)(await first.ReadAsync(HttpStatusCode.Created))["token"]!;
        Assert.Equal(token, (string?)(await again.ReadAsync(HttpStatusCode.Created))["token"]);
        // Members of the stored answer, of which the token's is one.
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                """
                select count(*)::int from idempotency_keys
                where position(convert_to('"Body"', 'UTF8') in answer) > 0 or position(@token in answer) > 0
                """,
                new { token = Encoding.UTF8.GetBytes(token) }
            )
        );
    }

    [Fact]
    public async Task After_a_day_a_key_may_be_used_again()
    {
        var (key, input) = (NewKey(), new JsonObject { ["name"] = Names.Unique("Twice") });
        using var first = await SendAsync(cms.Editor, HttpMethod.Post, "/v1/editorial/authors", key, input);
        var id = (string?)(await first.ReadAsync(HttpStatusCode.Created))["id"];
        await cms.ExecuteAsync("update idempotency_keys set created_at = created_at - interval '24 hours'");

        using var later = await SendAsync(cms.Editor, HttpMethod.Post, "/v1/editorial/authors", key, input);

        Assert.NotEqual(id, (string?)(await later.ReadAsync(HttpStatusCode.Created))["id"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"\"")]
    [InlineData("two words")]
    [InlineData(
        "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
            + "56789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            + "012345678901234567890123456789012345678901234567890123456789012345"
    )]
    public async Task A_key_that_is_none_is_named(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Articles)
        {
            Content = JsonContent.Create(new JsonObject { ["headline"] = "Headline" }),
        };
        request.Headers.TryAddWithoutValidation(
            "Idempotency-Key",
            Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(key))
        );

        using var response = await cms.Editor.SendAsync(request, Ct);

        var problem = await response.ReadAsync(HttpStatusCode.BadRequest);
        Assert.Equal("invalid-idempotency-key", (string?)problem["errors"]![0]!["code"]);
    }

    private static string NewKey() => Guid.NewGuid().ToString();

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string url,
        string key,
        JsonNode? body = null,
        string? ifMatch = null
    )
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        request.Headers.Add("Idempotency-Key", key);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await client.SendAsync(request, Ct);
    }
}
