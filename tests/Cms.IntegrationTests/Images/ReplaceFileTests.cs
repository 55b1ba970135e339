using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Sync;

namespace Cms.IntegrationTests.Images;

/// <summary>Another file for an image that is used already.</summary>
public sealed class ReplaceFileTests(CmsServer cms)
{
    private const string Images = "/v1/editorial/images";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_image_stays_and_everything_shows_the_new_file_at_new_addresses()
    {
        var old = Pictures.Png(40, 30);
        var image = await (
            await cms.Editor.UploadAsync(old, "a.png", ("alt", "A field"), ("caption", "A field"))
        ).ReadAsync(HttpStatusCode.Created);
        var id = (string)image["id"]!;
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["heroImage"] = new JsonObject { ["id"] = id },
                ["body"] = new JsonObject
                {
                    ["html"] =
                        $"<p>One.</p><div><p>Two.</p><img src=\"/media/{id}/original\" alt=\"\"></div>",
                },
            }
        );
        var app = new SyncClient(cms.Anonymous, $"/v1/sync?section={section}");
        await app.CatchUpAsync();
        var url = $"/v1/articles/{article["id"]}?body=html&images=full";
        var before = await cms.Anonymous.GetJsonAsync(url);
        using (var first = await cms.Anonymous.GetAsync($"/media/{id}/w16-png", Ct))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        var bytes = Pictures.Png(60, 20);
        using var answer = await ReplaceAsync(id, "\"1\"", bytes, "b.png");
        var replaced = await answer.ReadAsync(HttpStatusCode.OK);

        Assert.Equal("\"2\"", answer.Headers.ETag?.ToString());
        Assert.Equal(
            (id, 60, 20, "b.png", "A field", 2, $"/media/{id}/original-v2"),
            (
                (string)replaced["id"]!,
                (int)replaced["width"]!,
                (int)replaced["height"]!,
                (string)replaced["fileName"]!,
                (string)replaced["alt"]!,
                (int)replaced["revision"]!,
                (string)replaced["url"]!
            )
        );
        Assert.Equal(bytes, await cms.Anonymous.GetByteArrayAsync($"/media/{id}/original-v2", Ct));
        var after = await cms.Anonymous.GetJsonAsync(url);
        Assert.Equal($"/media/{id}/original-v2", (string?)after["heroImage"]!["url"]);
        Assert.Equal(60, (int?)after["heroImage"]!["width"]);
        Assert.Contains(
            $"/media/{id}/original-v2",
            (string?)after["body"]!["html"],
            StringComparison.Ordinal
        );
        Assert.NotEqual(
            before["heroImage"]!["sources"]!.ToJsonString(),
            after["heroImage"]!["sources"]!.ToJsonString()
        );
        Assert.Contains(
            await app.CatchUpAsync(),
            c => (string?)c["id"] == id && (string?)c["op"] == "upsert"
        );
        Assert.Equal($"/media/{id}/original-v2", (string?)app["image", id]["url"]);

        using (var rendition = await cms.Anonymous.GetAsync($"/media/{id}/w16-png-v2", Ct))
            Assert.Equal(HttpStatusCode.OK, rendition.StatusCode);
        foreach (var (from, to) in new[] { ("original", "original-v2"), ("w16-png", "w16-png-v2") })
        {
            using var moved = await cms.Anonymous.GetAsync($"/media/{id}/{from}", Ct);
            Assert.Equal(
                (HttpStatusCode.PermanentRedirect, to),
                (moved.StatusCode, moved.Headers.Location?.ToString())
            );
            Assert.Equal(TimeSpan.FromMinutes(1), moved.Headers.CacheControl!.MaxAge);
        }
        using var ahead = await cms.Anonymous.GetAsync($"/media/{id}/original-v3", Ct);
        Assert.True(ahead.Headers.CacheControl!.NoStore);
        // The former file is not kept for nobody.
        Assert.Equal(
            0,
            await cms.ScalarAsync<int>(
                "select count(*)::int from image_files where sha256 = decode(@hash, 'hex')",
                new { hash = (string)image["sha256"]! }
            )
        );
    }

    [Fact]
    public async Task Who_starts_from_an_older_revision_replaces_nothing()
    {
        var image = await cms.ImageAsync("A field");
        var id = (string)image["id"]!;
        using (var missing = await ReplaceAsync(id, null, Pictures.Png()))
            Assert.Equal(HttpStatusCode.PreconditionRequired, missing.StatusCode);
        using (var first = await ReplaceAsync(id, "\"1\"", Pictures.Png()))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using (var second = await ReplaceAsync(id, "\"1\"", Pictures.Png()))
            Assert.Equal(HttpStatusCode.PreconditionFailed, second.StatusCode);
        using (var none = await ReplaceAsync(Guid.CreateVersion7().ToString(), "*", Pictures.Png()))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        using (var text = await ReplaceAsync(id, "*", "no picture"u8.ToArray()))
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, text.StatusCode);
        Assert.Equal(2, (int?)(await cms.Viewer.GetJsonAsync($"{Images}/{id}"))["revision"]);
    }

    [Fact]
    public async Task The_same_file_changes_nothing()
    {
        var png = Pictures.Png();
        var image = await (await cms.Editor.UploadAsync(png)).ReadAsync(HttpStatusCode.Created);
        using var answer = await ReplaceAsync((string)image["id"]!, "\"1\"", png);
        Assert.Equal(1, (int?)(await answer.ReadAsync(HttpStatusCode.OK))["revision"]);
    }

    [Fact]
    public async Task An_article_that_is_read_and_written_back_keeps_its_picture()
    {
        var image = await cms.ImageAsync("A field");
        var id = (string)image["id"]!;
        (await ReplaceAsync(id, "\"1\"", Pictures.Png())).Dispose();
        var draft = await cms.DraftAsync(
            new()
            {
                ["body"] = new JsonObject
                {
                    ["html"] = $"<p>One.</p><img src=\"/media/{id}/original-v2\" alt=\"x\">",
                },
            }
        );
        var read = await cms.Editor.GetJsonAsync($"/v1/editorial/articles/{draft["id"]}?body=html,blocks");
        Assert.Equal(id, (string?)read["body"]!["blocks"]![1]!["image"]!["id"]);
        await cms.ChangeAsync(
            $"articles/{draft["id"]}",
            new() { ["body"] = new JsonObject { ["html"] = (string)read["body"]!["html"]! } }
        );
        var again = await cms.Editor.GetJsonAsync($"/v1/editorial/articles/{draft["id"]}?body=blocks");
        Assert.Equal(id, (string?)again["body"]!["blocks"]![1]!["image"]!["id"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limited_key_leaves_the_picture_of_articles_of_other_sections_as_it_is(
        bool isStillInTheWorkingCopy
    )
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        using var client = cms.Client((await cms.NewKeyAsync(Role.Editor, [mine])).Token);
        var id = (string)(await cms.ImageAsync("A field"))["id"]!;
        JsonObject In(string section) =>
            new()
            {
                ["section"] = section,
                ["heroImage"] = new JsonObject { ["id"] = id },
            };
        await cms.PublishedAsync(In(mine));
        (await ReplaceAsync(id, "*", Pictures.Png(31, 20), by: client)).EnsureSuccessStatusCode().Dispose();
        await client.ChangeAsync($"{Images}/{id}", new JsonObject { ["licence"] = "Ours" });

        // Readers see it there, or the next revision will show it.
        var other = isStillInTheWorkingCopy
            ? await cms.DraftAsync(In(theirs))
            : await cms.PublishedAsync(In(theirs));
        if (!isStillInTheWorkingCopy)
            await cms.ChangeAsync($"articles/{other["id"]}", new() { ["heroImage"] = null });

        using (var refused = await ReplaceAsync(id, "*", Pictures.Png(32, 20), by: client))
        {
            var problem = await refused.ReadAsync(HttpStatusCode.Forbidden);
            Assert.Equal("forbidden", (string?)problem["code"]);
            Assert.Contains("replace its file", (string?)problem["detail"], StringComparison.Ordinal);
        }
        foreach (
            var change in new JsonObject[]
            {
                new() { ["usageUntil"] = "2020-01-01T00:00:00Z" },
                new() { ["licence"] = "Nobody's" },
            }
        )
            await client.ChangeAsync($"{Images}/{id}", change, HttpStatusCode.Forbidden);
        await client.ChangeAsync(
            $"{Images}/{id}",
            new JsonObject { ["caption"] = "A meadow", ["licence"] = "Ours" }
        );

        (await ReplaceAsync(id, "*", Pictures.Png(32, 20))).EnsureSuccessStatusCode().Dispose();
        await cms.ChangeAsync($"images/{id}", new() { ["licence"] = "Everybody's" });
    }

    private async Task<HttpResponseMessage> ReplaceAsync(
        string id,
        string? ifMatch,
        byte[] file,
        string name = "picture.png",
        HttpClient? by = null
    )
    {
        using var form = new MultipartFormDataContent();
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        form.Add(content, "file", name);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Images}/{id}/file") { Content = form };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await (by ?? cms.Editor).SendAsync(request, Ct);
    }
}
