using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Changes;
using Cms.Editorial.Upkeep;
using Cms.IntegrationTests.Sync;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>The wall, for pictures: whoever may not read on is told nothing of those behind it, by no way.</summary>
public sealed class PictureWallTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_that_stands_only_behind_the_wall_is_unknown_to_whoever_may_not_read_on()
    {
        var section = await cms.SectionAsync();
        var (hero, first, hidden) = (await PictureAsync(), await PictureAsync(), await PictureAsync());
        var inHtml = await PictureAsync();
        await using var heard = await EventReader.OpenAsync(cms.Anonymous, $"/v1/events?section={section}");
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["access"] = "subscriber",
                ["heroImage"] = new JsonObject { ["id"] = hero },
                ["body"] = new JsonObject
                {
                    ["html"] =
                        $"<p>One.</p><img src=\"/media/{first}/original\"><p>Two.</p><img "
                        + $"src=\"/media/{hidden}/original\"><p>Three.</p>"
                        + $"<details><summary>More</summary><img src=\"/media/{inHtml}/original\"></details>",
                },
            }
        );
        var here = cms.Client((await cms.NewKeyAsync(Role.Reader, [section])).Token);
        var elsewhere = cms.Client((await cms.NewKeyAsync(Role.Reader, [await cms.SectionAsync()])).Token);

        foreach (var reader in new[] { cms.Anonymous, elsewhere })
        {
            foreach (var open in new[] { hero, first })
                await reader.GetJsonAsync($"/v1/images/{open}");
            foreach (var image in new[] { hidden, inHtml })
                await reader.GetJsonAsync($"/v1/images/{image}", HttpStatusCode.NotFound);
            foreach (
                var scope in new[]
                {
                    "&types=image",
                    $"&section={section}",
                    $"&types=image,article&section={section}",
                }
            )
            {
                var all = await AllAsync(reader, $"/v1/sync?limit=1000{scope}");
                foreach (var image in new[] { hidden, inHtml })
                    Assert.DoesNotContain(image, all, StringComparison.Ordinal);
            }
            foreach (var image in new[] { hidden, inHtml })
            foreach (
                var address in new[]
                {
                    $"/v1/articles/{article["id"]}?body=blocks,html,markdown,text",
                    $"/v1/articles?section={section}&body=blocks,html,markdown,text",
                    $"/v1/search?q=One&section={section}",
                }
            )
            {
                using var answer = await reader.GetAsync(address, Ct);
                Assert.DoesNotContain(
                    image,
                    answer.Headers + await answer.Content.ReadAsStringAsync(Ct),
                    StringComparison.Ordinal
                );
            }
        }
        foreach (var reader in new[] { cms.As("reader"), here })
        foreach (var image in new[] { hero, first, hidden, inHtml })
        {
            await reader.GetJsonAsync($"/v1/images/{image}");
            foreach (var scope in new[] { "&types=image", $"&section={section}" })
                Assert.Contains(
                    image,
                    await AllAsync(reader, $"/v1/sync?limit=1000{scope}"),
                    StringComparison.Ordinal
                );
        }
        // The stream told of it as it happened, up to the article itself.
        var told = new List<string>();
        JsonObject change;
        do told.Add((change = await heard.NextAsync()).ToJsonString());
        while ((string?)change["type"] is not "article");
        Assert.Contains(told, t => t.Contains(first, StringComparison.Ordinal));
        Assert.DoesNotContain(
            told,
            t => t.Contains(hidden, StringComparison.Ordinal) || t.Contains(inHtml, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Readers_hear_when_a_picture_comes_before_the_wall_or_goes_behind_it()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var (picture, never) = (await PictureAsync(), await PictureAsync());
        var readers = new (string Name, HttpClient Http, bool IsTrusted)[]
        {
            ("anonymous", cms.Anonymous, false),
            ("reader", cms.As("reader"), true),
            ("here", cms.Client((await cms.NewKeyAsync(Role.Reader, [section])).Token), true),
            (
                "elsewhere",
                cms.Client((await cms.NewKeyAsync(Role.Reader, [await cms.SectionAsync()])).Token),
                false
            ),
        };
        var copies = readers
            .SelectMany(r =>
                new[] { "", $"&section={section}" }.Select(scope =>
                    (
                        r.Name,
                        r.Http,
                        r.IsTrusted,
                        Scope: scope,
                        Client: new SyncClient(r.Http, $"/v1/sync?limit=1000{scope}")
                    )
                )
            )
            .ToList();
        foreach (var copy in copies)
            await copy.Client.CatchUpAsync();

        var behind =
            $"One.\n\nTwo.\n\n![](/media/{picture}/original)\n\n![](/media/{never}/original)\n\nThree.";
        var before =
            $"One.\n\n![](/media/{picture}/original)\n\nTwo.\n\n![](/media/{never}/original)\n\nThree.";
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["access"] = "subscriber",
                ["body"] = new JsonObject { ["markdown"] = behind },
            }
        );
        await ExpectAsync("published behind the wall", open: false);

        await RepublishAsync(new() { ["body"] = new JsonObject { ["markdown"] = before } });
        await ExpectAsync("moved before the wall", open: true);

        await RepublishAsync(new() { ["body"] = new JsonObject { ["markdown"] = behind } });
        await ExpectAsync("moved behind it", open: false);

        await RepublishAsync(new() { ["heroImage"] = new JsonObject { ["id"] = picture } });
        await ExpectAsync("made the hero image", open: true);

        await RepublishAsync(new() { ["heroImage"] = null });
        await ExpectAsync("no longer that", open: false);

        await cms.ChangeAsync($"authors/{author}", new() { ["avatar"] = picture });
        await ExpectAsync("made an author's picture", open: true);

        await cms.ChangeAsync($"authors/{author}", new() { ["avatar"] = null });
        await ExpectAsync("no longer that", open: false);

        var other = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["body"] = new JsonObject
                {
                    ["markdown"] = $"One.\n\nTwo.\n\n![](/media/{picture}/original)",
                },
            }
        );
        await ExpectAsync("shown by an article without a wall", open: true);

        await cms.RepublishAsync(other, new() { ["access"] = "registered" });
        await ExpectAsync("which gets one", open: false);

        await cms.ActAsync(other, "unpublish");
        await cms.ActAsync(article, "unpublish");
        foreach (var copy in copies)
        {
            await copy.Client.CatchUpAsync();
            Assert.False(copy.Client.Has(picture, "image"), copy.Name + copy.Scope);
            Assert.False(copy.Client.Has(never, "image"), copy.Name + copy.Scope);
        }

        Task RepublishAsync(JsonObject patch) => cms.RepublishAsync(article, patch);

        async Task ExpectAsync(string moment, bool open)
        {
            foreach (var copy in copies)
            {
                var changes = await copy.Client.CatchUpAsync();
                var at = $"{moment}: {copy.Name}{copy.Scope}";
                Assert.True(copy.Client.Has(picture, "image") == (open || copy.IsTrusted), at);
                Assert.True(copy.Client.Has(never, "image") == copy.IsTrusted, at);
                // Not even that it is gone: the id is the address of the file.
                if (!copy.IsTrusted)
                    Assert.DoesNotContain(
                        changes,
                        c => c.ToJsonString().Contains(never, StringComparison.Ordinal)
                    );
                await copy.Http.GetJsonAsync(
                    $"/v1/images/{picture}",
                    open || copy.IsTrusted ? HttpStatusCode.OK : HttpStatusCode.NotFound
                );
            }
        }
    }

    [Fact]
    public async Task A_limited_reader_is_told_of_a_picture_when_an_article_within_its_reach_shows_it()
    {
        var (mine, theirs) = (await cms.SectionAsync(), await cms.SectionAsync());
        var picture = await PictureAsync();
        var limited = cms.Client((await cms.NewKeyAsync(Role.Reader, [mine])).Token);
        JsonObject Walled(string section) =>
            new()
            {
                ["section"] = section,
                ["access"] = "subscriber",
                ["body"] = new JsonObject
                {
                    ["markdown"] = $"One.\n\nTwo.\n\n![](/media/{picture}/original)",
                },
            };
        await cms.PublishedAsync(Walled(theirs));
        var copy = new SyncClient(limited, "/v1/sync?limit=1000");
        await copy.CatchUpAsync();
        Assert.False(copy.Has(picture, "image"));

        var article = await cms.PublishedAsync(Walled(mine));
        await copy.CatchUpAsync();
        Assert.True(copy.Has(picture, "image"));

        await cms.ActAsync(article, "unpublish");
        await copy.CatchUpAsync();
        Assert.False(copy.Has(picture, "image"));
    }

    [Fact]
    public async Task A_newsroom_of_before_learns_which_pictures_stand_before_the_wall()
    {
        var section = await cms.SectionAsync();
        var (before, behind) = (await PictureAsync(), await PictureAsync());
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["access"] = "subscriber",
                ["body"] = new JsonObject
                {
                    ["markdown"] =
                        $"One.\n\n![](/media/{before}/original)\n\nTwo.\n\n![](/media/{behind}/original)",
                },
            }
        );
        // As the migration leaves it.
        await cms.ExecuteAsync(
            """
            update published_article_images set in_teaser = null where article_id = @Id;
            update changes set is_open = false, was_open = true where entity_id = any(@Pictures);
            update settings set value = '' where name = 'teaser-pictures'
            """,
            new
            {
                Id = Guid.Parse((string)article["id"]!),
                Pictures = new[] { Guid.Parse(before), Guid.Parse(behind) },
            }
        );
        var copy = new SyncClient(cms.Anonymous, $"/v1/sync?section={section}");
        await copy.CatchUpAsync();
        Assert.Empty(copy.Ids("image"));

        await FindOutAsync();

        var changes = await copy.CatchUpAsync();
        Assert.Equal([before], copy.Ids("image"));
        Assert.Contains(changes, c => (string?)c["op"] == "delete" && (string?)c["id"] == behind);
        await cms.Anonymous.GetJsonAsync($"/v1/images/{before}");
        await cms.Anonymous.GetJsonAsync($"/v1/images/{behind}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_node_of_the_build_before_publishes_is_put_right_later()
    {
        var section = await cms.SectionAsync();
        var (before, behind) = (await PictureAsync(), await PictureAsync());
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["access"] = "subscriber",
                ["body"] = new JsonObject
                {
                    ["markdown"] =
                        $"One.\n\n![](/media/{before}/original)\n\nTwo.\n\n![](/media/{behind}/original)",
                },
            }
        );
        await FindOutAsync();
        // As that writes it: it knows nothing of the wall before pictures.
        await cms.ExecuteAsync(
            """
            delete from published_article_images where article_id = @Id;
            insert into published_article_images (image_id, article_id) select unnest(@Pictures), @Id;
            update changes set is_open = default, was_open = default where entity_id = any(@Pictures)
            """,
            new
            {
                Id = Guid.Parse((string)article["id"]!),
                Pictures = new[] { Guid.Parse(before), Guid.Parse(behind) },
            }
        );

        await FindOutAsync();

        var copy = new SyncClient(cms.Anonymous, $"/v1/sync?section={section}");
        await copy.CatchUpAsync();
        Assert.Equal([before], copy.Ids("image"));
        await cms.Anonymous.GetJsonAsync($"/v1/images/{before}");
        await cms.Anonymous.GetJsonAsync($"/v1/images/{behind}", HttpStatusCode.NotFound);
    }

    private Task FindOutAsync() =>
        TeaserPictures.FindOutAsync(
            cms.Services.GetRequiredService<NpgsqlDataSource>(),
            cms.Services.GetRequiredService<ChangeLog>(),
            Ct
        );

    private async Task<string> PictureAsync() =>
        (string)(await cms.ImageAsync(Names.Unique("caption")))["id"]!;

    /// <summary>A whole first sync, as text.</summary>
    private static async Task<string> AllAsync(HttpClient http, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Add("Accept", "application/x-ndjson");
        using var answer = await http.SendAsync(request, Ct);
        return await answer.Content.ReadAsStringAsync(Ct);
    }
}
