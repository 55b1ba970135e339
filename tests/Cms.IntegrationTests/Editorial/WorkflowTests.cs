using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Editorial;

public sealed class WorkflowTests(CmsServer cms)
{
    private const string Articles = "/v1/editorial/articles";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every status that can be reached, every act, and the status that it leads to; null: refused.</summary>
    public static TheoryData<string, string, string?> Acts =>
        new()
        {
            { "draft", "change", "draft" },
            { "draft", "submit", "inReview" },
            { "draft", "reject", null },
            { "draft", "schedule", "scheduled" },
            { "draft", "cancel-schedule", null },
            { "draft", "publish", "published" },
            { "draft", "unpublish", null },
            { "draft", "trash", "trashed" },
            { "draft", "restore", null },
            { "inReview", "change", "inReview" },
            { "inReview", "submit", "inReview" },
            { "inReview", "reject", "draft" },
            { "inReview", "schedule", "scheduled" },
            { "inReview", "cancel-schedule", null },
            { "inReview", "publish", "published" },
            { "inReview", "unpublish", null },
            { "inReview", "trash", "trashed" },
            { "inReview", "restore", null },
            { "published", "change", "published" },
            { "published", "submit", null },
            { "published", "reject", null },
            { "published", "schedule", "published" },
            { "published", "cancel-schedule", null },
            { "published", "publish", "published" },
            { "published", "unpublish", "unpublished" },
            { "published", "trash", "trashed" },
            { "published", "restore", null },
            { "scheduled", "change", "scheduled" },
            { "scheduled", "submit", null },
            { "scheduled", "reject", null },
            { "scheduled", "schedule", "scheduled" },
            { "scheduled", "cancel-schedule", "draft" },
            { "scheduled", "publish", "published" },
            { "scheduled", "unpublish", null },
            { "scheduled", "trash", "trashed" },
            { "scheduled", "restore", null },
            { "unpublished", "change", "unpublished" },
            { "unpublished", "submit", null },
            { "unpublished", "reject", null },
            { "unpublished", "schedule", "scheduled" },
            { "unpublished", "cancel-schedule", null },
            { "unpublished", "publish", "published" },
            { "unpublished", "unpublish", null },
            { "unpublished", "trash", "trashed" },
            { "unpublished", "restore", null },
            { "trashed", "change", null },
            { "trashed", "submit", null },
            { "trashed", "reject", null },
            { "trashed", "schedule", null },
            { "trashed", "cancel-schedule", null },
            { "trashed", "publish", null },
            { "trashed", "unpublish", null },
            { "trashed", "trash", null },
            { "trashed", "restore", "draft" },
            { "trashed after publication", "restore", "unpublished" },
        };

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task An_act_leads_where_the_table_says_or_is_refused(
        string status,
        string act,
        string? after
    )
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        var way = status switch
        {
            "inReview" => ["submit"],
            "scheduled" => ["schedule"],
            "published" => ["publish"],
            "unpublished" => ["publish", "unpublish"],
            "trashed" => ["trash"],
            "trashed after publication" => ["publish", "trash"],
            _ => Array.Empty<string>(),
        };
        foreach (var step in way)
            Assert.True(await ActAsync(url, step).StatusAsync() < 300);

        using var response = await ActAsync(url, act);

        var now = await cms.Editor.GetJsonAsync(url);
        if (after is null)
        {
            var problem = await response.ReadAsync(HttpStatusCode.Conflict);
            Assert.Equal("wrong-status", (string?)problem["code"]);
            Assert.Equal(status.Split(' ')[0], (string?)now["status"]);
        }
        else
        {
            Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
            Assert.Equal(after, (string?)now["status"]);
            if (act is not ("trash" or "change"))
                Assert.Equal($"\"{now["revision"]}\"", response.Headers.ETag?.ToString());
        }
        var published = (string?)now["status"] == "published";
        Assert.Equal(published, now["publishedRevision"] is not null);
        using var delivered = await cms.Anonymous.GetAsync($"/v1/articles/{draft["slug"]}", Ct);
        Assert.Equal(published, delivered.IsSuccessStatusCode);
    }

    [Fact]
    public async Task What_an_article_lacks_to_be_published_is_named()
    {
        var bare = await cms.Editor.PostAsync(Articles, new JsonObject { ["headline"] = "Bare" });
        var problem = await cms.Editor.ActAsync(
            $"{Articles}/{bare["id"]}/publish",
            HttpStatusCode.UnprocessableEntity
        );
        Assert.Equal(["/body required-to-publish", "/section required-to-publish"], problem.Faults());
        Assert.Equal("draft", (string?)(await cms.Editor.GetJsonAsync($"{Articles}/{bare["id"]}"))["status"]);
    }

    [Fact]
    public async Task Only_the_revision_that_was_seen_is_published()
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        await cms.Editor.ChangeAsync(url, new JsonObject { ["kicker"] = "Unseen" });

        foreach (var act in new[] { "publish", "submit" })
        {
            using var stale = await cms.Editor.SendTextAsync(
                HttpMethod.Post,
                $"{url}/{act}",
                null,
                ifMatch: "\"1\""
            );
            Assert.Equal(
                2,
                (int?)(await stale.ReadAsync(HttpStatusCode.PreconditionFailed))["currentRevision"]
            );
        }
        using var seen = await cms.Editor.SendTextAsync(
            HttpMethod.Post,
            $"{url}/publish",
            null,
            ifMatch: "\"2\""
        );
        Assert.Equal(2, (int?)(await seen.ReadAsync(HttpStatusCode.OK))["publishedRevision"]);
    }

    [Theory]
    [InlineData("submit")]
    [InlineData("publish")]
    [InlineData("unpublish")]
    [InlineData("restore")]
    public async Task An_act_takes_an_empty_object_and_refuses_every_member_by_name(string act)
    {
        var draft = await cms.DraftAsync();
        var url = $"{Articles}/{draft["id"]}";
        foreach (
            var step in act == "unpublish" ? ["publish"]
            : act == "restore" ? new[] { "trash" }
            : []
        )
            await ActAsync(url, step);
        const string body = """{"when":"2999-01-01T00:00:00Z","by":1}""";

        using (var told = await cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/{act}", body))
            Assert.Equal(
                ["/by unknown-member", "/when unknown-member"],
                (await told.ReadAsync(HttpStatusCode.UnprocessableEntity)).Faults()
            );
        // In chunks, without a length: as many clients send JSON.
        Assert.Equal(422, await ChunkedAsync($"{url}/{act}", body).StatusAsync());
        Assert.Equal(
            415,
            await cms
                .Editor.SendTextAsync(HttpMethod.Post, $"{url}/{act}", "at=1", "text/plain")
                .StatusAsync()
        );
        Assert.Equal(400, await cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/{act}", "{").StatusAsync());
        Assert.Equal(
            400,
            await cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/{act}?at=now", null).StatusAsync()
        );
        Assert.NotEqual(
            "published",
            act == "publish" ? (string?)(await cms.Editor.GetJsonAsync(url))["status"] : ""
        );

        Assert.Equal(
            200,
            await cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/{act}", "{}").StatusAsync()
        );
    }

    [Fact]
    public async Task An_act_takes_chunks_that_hold_nothing()
    {
        var draft = await cms.DraftAsync();
        Assert.Equal(200, await ChunkedAsync($"{Articles}/{draft["id"]}/submit", "").StatusAsync());
        Assert.Equal(200, await ChunkedAsync($"{Articles}/{draft["id"]}/submit", "{}").StatusAsync());
    }

    [Fact]
    public async Task What_is_deleted_for_good_is_gone_and_its_published_address_is_nobodys()
    {
        var article = await cms.PublishedAsync();
        var url = $"{Articles}/{article["id"]}";
        var slug = (string)article["slug"]!;

        Assert.Equal(403, await cms.Editor.SendDeleteAsync($"{url}?permanently=true", "*").StatusAsync());
        Assert.Equal(412, await cms.Admin.SendDeleteAsync($"{url}?permanently=true", "\"9\"").StatusAsync());
        Assert.Equal(204, await cms.Admin.SendDeleteAsync($"{url}?permanently=true", "\"1\"").StatusAsync());

        await cms.Admin.GetJsonAsync(url, HttpStatusCode.NotFound);
        await cms.Anonymous.GetJsonAsync($"/v1/articles/{slug}", HttpStatusCode.Gone);
        var taken = await cms.Editor.PostAsync(
            Articles,
            new JsonObject { ["headline"] = "x", ["slug"] = slug },
            HttpStatusCode.Conflict
        );
        Assert.Equal("slug-taken", (string?)taken["code"]);
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                "select count(*)::int from article_revisions where article_id = @id::uuid",
                new { id = (string)article["id"]! }
            )
        );
    }

    private Task<HttpResponseMessage> ActAsync(string url, string act) =>
        act switch
        {
            "trash" => cms.Editor.SendDeleteAsync(url, "*"),
            "change" => cms.Editor.SendPatchAsync(url, new JsonObject { ["kicker"] = "Changed" }, "*"),
            "schedule" => cms.Editor.SendTextAsync(
                HttpMethod.Post,
                $"{url}/publish",
                $$"""{"at":"{{DateTimeOffset.UtcNow.AddDays(1):yyyy-MM-dd}}T06:00:00+01:00"}"""
            ),
            "reject" => cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/reject", """{"note":"No"}"""),
            _ => cms.Editor.SendTextAsync(HttpMethod.Post, $"{url}/{act}", null),
        };

    private async Task<HttpResponseMessage> ChunkedAsync(string url, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = true;
        return await cms.Editor.SendAsync(request, Ct);
    }
}
