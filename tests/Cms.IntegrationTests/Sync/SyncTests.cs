using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Sync;

/// <summary>
/// The local copies of apps. Each test has a section of its own, so that the others' work is out of its scope.
/// </summary>
public sealed class SyncTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SyncClient Of(string section, string more = "") =>
        new(cms.Anonymous, $"/v1/sync?section={section}{more}");

    /// <summary>
    /// Of what belongs to a section. Sections belong to every selection, and other tests delete theirs.
    /// </summary>
    private static bool IsDeletion(JsonObject change) =>
        (string?)change["op"] == "delete" && (string?)change["type"] != "section";

    [Fact]
    public async Task A_first_sync_brings_what_an_article_needs_before_the_article()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var picture = await cms.ImageAsync("The night ferry");
        var tag = Names.Unique("tag");
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["heroImage"] = new JsonObject { ["id"] = (string)picture["id"]! },
            }
        );
        // Changed after the article, so that in the order of the changes they come behind it.
        await cms.ChangeAsync($"authors/{author}", new() { ["bio"] = "Writes." });
        await cms.ChangeAsync($"tags/{tag}", new() { ["slug"] = tag + "-x" });

        var changes = await Of(section, "&limit=1000").CatchUpAsync();

        var needed = changes.Where(c => (string?)c["type"] != "section").Select(c => (string)c["type"]!);
        Assert.Equal(["image", "author", "tag", "article"], needed);
        var data = changes[^1]["data"]!;
        Assert.Equal((string?)article["headline"], (string?)data["headline"]);
        Assert.Equal(
            changes.Single(c => (string?)c["data"]!["slug"] == section && (string?)c["type"] == "section")[
                "id"
            ]!.ToString(),
            (string?)data["section"]
        );
        Assert.Equal(
            changes.Where(c => (string?)c["type"] == "author").Select(c => (string?)c["id"]),
            data["authors"]!.AsArray().Select(a => (string?)a)
        );
        Assert.Equal((string?)picture["id"], (string?)data["heroImage"]!["id"]);
        Assert.Equal("The night ferry", (string?)data["heroImage"]!["caption"]);
        Assert.Equal(
            (string?)changes.Single(c => (string?)c["type"] == "tag")["id"],
            (string?)data["tags"]![0]
        );
    }

    [Fact]
    public async Task A_thing_that_changed_many_times_comes_once_as_it_is_now()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var app = Of(section, "&types=article");
        await app.CatchUpAsync();

        foreach (var headline in (string[])["One", "Two", "Three"])
            await cms.RepublishAsync(article, new() { ["headline"] = headline });

        var change = Assert.Single(await app.CatchUpAsync());
        Assert.Equal("Three", (string?)change["data"]!["headline"]);
        Assert.Empty(await app.CatchUpAsync());
    }

    [Fact]
    public async Task A_saved_change_that_is_not_published_is_no_change()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var app = Of(section);
        await app.CatchUpAsync();
        var before = app.Cursor;

        await cms.ChangeAsync($"articles/{article["id"]}", new() { ["headline"] = "Not yet" });
        await cms.DraftAsync(new() { ["section"] = section });
        await cms.ImageAsync("Not yet");

        Assert.DoesNotContain(await app.CatchUpAsync(), c => (string?)c["type"] != "section");
        Assert.NotNull(before);
    }

    [Theory]
    [InlineData("unpublish", "unpublished")]
    [InlineData("trash", "deleted")]
    [InlineData("move", "moved")]
    public async Task An_article_that_goes_comes_as_a_deletion_with_its_reason(string act, string reason)
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var picture = await cms.ImageAsync("Gone");
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(Names.Unique("tag")),
                ["heroImage"] = new JsonObject { ["id"] = (string)picture["id"]! },
            }
        );
        var app = Of(section);
        await app.CatchUpAsync();
        Assert.True(app.Has(article["id"]!));

        if (act == "unpublish")
            await cms.ActAsync(article, "unpublish");
        else if (act == "trash")
            await cms.DeleteAsync($"articles/{article["id"]}");
        else
            await cms.RepublishAsync(article, new() { ["section"] = await cms.SectionAsync() });

        var gone = (await app.CatchUpAsync()).Where(IsDeletion).ToList();
        // With it goes what nothing in the section needs any more.
        Assert.Equal(["image", "author", "tag", "article"], gone.Select(c => (string)c["type"]!));
        Assert.Equal((string?)article["id"], (string?)gone[^1]["id"]);
        Assert.Equal(reason, (string?)gone[^1]["reason"]);
        Assert.Null(gone[^1]["data"]);
        // Authors are there without articles; tags and images are not.
        Assert.Equal("moved", (string?)gone[1]["reason"]);
        Assert.Equal(act == "move" ? "moved" : "unpublished", (string?)gone[2]["reason"]);
        Assert.Empty(app.Ids("article"));
        // Who comes later is not told of what went before.
        Assert.DoesNotContain(await Of(section).CatchUpAsync(), IsDeletion);
    }

    [Fact]
    public async Task An_article_that_comes_back_is_there_again()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new() { ["section"] = section, ["tags"] = new JsonArray(Names.Unique("t")) }
        );
        var app = Of(section);
        await app.CatchUpAsync();
        await cms.ActAsync(article, "unpublish");
        await app.CatchUpAsync();
        Assert.Empty(app.Ids("tag"));

        await cms.ActAsync(article, "publish");
        await app.CatchUpAsync();

        Assert.True(app.Has(article["id"]!));
        Assert.Equal(
            app.Ids("tag"),
            app["article", article["id"]!]["tags"]!.AsArray().Select(t => (string)t!)
        );
    }

    [Fact]
    public async Task An_author_who_is_renamed_comes_alone()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        await cms.PublishedAsync(new() { ["section"] = section, ["authors"] = new JsonArray(author) });
        var app = Of(section);
        await app.CatchUpAsync();

        await cms.ChangeAsync($"authors/{author}", new() { ["name"] = "Ada Obi" });

        var change = Assert.Single(await app.CatchUpAsync(), c => (string?)c["type"] != "section");
        Assert.Equal("author", (string?)change["type"]);
        Assert.Equal("Ada Obi", (string?)change["data"]!["name"]);
    }

    [Fact]
    public async Task A_new_caption_comes_with_the_articles_that_show_it()
    {
        var section = await cms.SectionAsync();
        var picture = await cms.ImageAsync("Old words");
        var article = await cms.PublishedAsync(
            new()
            {
                ["section"] = section,
                ["body"] = new JsonObject { ["markdown"] = $"One.\n\n![](/media/{picture["id"]}/original)" },
            }
        );
        var app = Of(section, "&body=html");
        await app.CatchUpAsync();
        Assert.Contains(
            "Old words",
            (string?)app["article", article["id"]!]["body"]!["html"],
            StringComparison.Ordinal
        );

        await cms.ChangeAsync($"images/{picture["id"]}", new() { ["caption"] = "New words" });
        await app.CatchUpAsync();

        Assert.Equal("New words", (string?)app["image", picture["id"]!]["caption"]);
        Assert.Contains(
            "New words",
            (string?)app["article", article["id"]!]["body"]!["html"],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_authors_new_picture_comes_and_the_old_one_goes()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var (one, two) = (await cms.ImageAsync("One"), await cms.ImageAsync("Two"));
        await cms.ChangeAsync($"authors/{author}", new() { ["avatar"] = (string)one["id"]! });
        await cms.PublishedAsync(new() { ["section"] = section, ["authors"] = new JsonArray(author) });
        var app = Of(section);
        await app.CatchUpAsync();
        Assert.Equal([(string)one["id"]!], app.Ids("image"));

        await cms.ChangeAsync($"authors/{author}", new() { ["avatar"] = (string)two["id"]! });
        await app.CatchUpAsync();
        Assert.Equal([(string)two["id"]!], app.Ids("image"));

        await cms.ChangeAsync($"authors/{author}", new() { ["avatar"] = null });
        await app.CatchUpAsync();
        Assert.Empty(app.Ids("image"));
    }

    [Fact]
    public async Task Related_articles_are_those_that_are_published_and_in_scope()
    {
        var section = await cms.SectionAsync();
        var elsewhere = await cms.SectionAsync();
        var draft = await cms.DraftAsync(new() { ["section"] = section });
        var article = await cms.PublishedAsync(
            new() { ["section"] = section, ["related"] = new JsonArray((string)draft["id"]!) }
        );
        var app = Of(section);
        await app.CatchUpAsync();
        Assert.Empty(Related());

        await cms.ActAsync(draft, "publish");
        await app.CatchUpAsync();
        Assert.Equal([(string)draft["id"]!], Related());

        await cms.RepublishAsync(draft, new() { ["section"] = elsewhere });
        await app.CatchUpAsync();
        Assert.Empty(Related());

        await cms.RepublishAsync(draft, new() { ["section"] = section });
        await cms.ActAsync(draft, "unpublish");
        await app.CatchUpAsync();
        Assert.Empty(Related());

        IEnumerable<string> Related() =>
            app["article", article["id"]!]["related"]!.AsArray().Select(r => (string)r!);
    }

    [Fact]
    public async Task A_section_that_is_put_under_another_takes_its_articles_with_it()
    {
        var (north, south) = (await cms.SectionAsync(), await cms.SectionAsync());
        var town = await cms.SectionAsync(north);
        var author = await cms.AuthorAsync();
        var article = await cms.PublishedAsync(
            new() { ["section"] = town, ["authors"] = new JsonArray(author) }
        );
        var apps = new[] { Of(north), Of(south), Of(town), Of($"{north},{south}") };
        foreach (var app in apps)
            await app.CatchUpAsync();
        Assert.True(apps[0].Has(article["id"]!));
        Assert.False(apps[1].Has(article["id"]!));

        await cms.ChangeAsync($"sections/{town}", new() { ["parent"] = south });
        var left = await apps[0].CatchUpAsync();
        await apps[1].CatchUpAsync();

        Assert.False(apps[0].Has(article["id"]!));
        Assert.Empty(apps[0].Ids("author"));
        Assert.Contains(left, c => (string?)c["reason"] == "moved" && (string?)c["type"] == "article");
        Assert.True(apps[1].Has(article["id"]!));
        Assert.Single(apps[1].Ids("author"));
        // For whoever has both, or only the section itself, nothing of it came or went.
        foreach (var app in apps[2..])
        {
            Assert.DoesNotContain(await app.CatchUpAsync(), IsDeletion);
            Assert.True(app.Has(article["id"]!));
        }
    }

    [Fact]
    public async Task Pages_of_one_give_the_same_copy_as_one_page_and_say_when_there_is_more()
    {
        var (one, two) = (await cms.SectionAsync(), await cms.SectionAsync());
        var author = await cms.AuthorAsync();
        for (var i = 0; i < 4; i++)
            await cms.PublishedAsync(
                new()
                {
                    ["section"] = i % 2 == 0 ? one : two,
                    ["authors"] = new JsonArray(author),
                    ["tags"] = new JsonArray(Names.Unique("t")),
                }
            );
        const string types = "&types=article,author,tag";

        var whole = Of($"{one},{two}", types + "&limit=1000");
        var piecemeal = new SyncClient(cms.Anonymous, $"/v1/sync?section={one},{two}{types}", "&limit=1");
        var page = await whole.PageAsync();
        Assert.False((bool)page["hasMore"]!);
        var first = await piecemeal.PageAsync();
        Assert.True((bool)first["hasMore"]!);
        Assert.Single(first["changes"]!.AsArray());
        // In the middle of the first sync the newsroom works on.
        var late = await cms.PublishedAsync(new() { ["section"] = two, ["authors"] = new JsonArray(author) });
        var goes = whole.Ids("article")[0];
        await cms.ActAsync(new() { ["id"] = goes }, "unpublish");

        var pages = 1;
        do
        {
            page = await piecemeal.PageAsync();
            Assert.InRange(page["changes"]!.AsArray().Count, 0, 1);
            pages++;
        } while ((bool)page["hasMore"]!);
        await whole.CatchUpAsync();

        Assert.InRange(pages, 10, 40);
        Assert.Equal(whole.Copy.Keys.Order(), piecemeal.Copy.Keys.Order());
        Assert.True(piecemeal.Has(late["id"]!));
        Assert.False(piecemeal.Has(goes));
    }

    [Fact]
    public async Task The_wall_stands_in_a_sync_too_and_a_cursor_is_good_only_on_its_side()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section, ["access"] = "subscriber" });
        var outside = Of(section, "&body=text&types=article");
        var inside = new SyncClient(cms.Reader, $"/v1/sync?section={section}&body=text&types=article");
        await outside.CatchUpAsync();
        await inside.CatchUpAsync();

        Assert.True((bool)outside["article", article["id"]!]["bodyTruncated"]!);
        Assert.DoesNotContain(
            "Three",
            (string?)outside["article", article["id"]!]["body"]!["text"],
            StringComparison.Ordinal
        );
        Assert.False((bool)inside["article", article["id"]!]["bodyTruncated"]!);
        Assert.Contains(
            "Three",
            (string?)inside["article", article["id"]!]["body"]!["text"],
            StringComparison.Ordinal
        );
        foreach (
            var (client, cursor) in new[] { (cms.Reader, outside.Cursor), (cms.Anonymous, inside.Cursor) }
        )
        {
            var refused = await client.GetJsonAsync($"/v1/sync?cursor={cursor}", HttpStatusCode.Gone);
            Assert.Equal("sync-expired", (string?)refused["code"]);
            var again = await client.GetJsonAsync((string)refused["restart"]!);
            Assert.Equal((string?)article["id"], (string?)Assert.Single(again["changes"]!.AsArray())!["id"]);
        }
    }

    [Fact]
    public async Task Lines_are_the_same_as_pages()
    {
        var section = await cms.SectionAsync();
        for (var i = 0; i < 5; i++)
            await cms.PublishedAsync(new() { ["section"] = section });
        var app = Of(section, "&types=article");
        await app.CatchUpAsync();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/v1/sync?section={section}&types=article&limit=2"
        );
        request.Headers.Accept.ParseAdd("application/x-ndjson");

        var answer = await cms.Anonymous.SendAsync(request, Ct);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync(Ct))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonNode.Parse(l)!.AsObject())
            .ToList();
        Assert.Equal(
            app.Copy.Select(c => c.Value.ToJsonString()),
            lines.Where(l => l.ContainsKey("type")).Select(l => l["data"]!.ToJsonString())
        );
        Assert.Equal(
            [true, true, false],
            lines.Where(l => l.ContainsKey("cursor")).Select(l => (bool)l["hasMore"]!)
        );
        var rest = await cms.Anonymous.GetJsonAsync($"/v1/sync?cursor={lines[^1]["cursor"]}");
        Assert.Empty(rest["changes"]!.AsArray());
    }

    [Fact]
    public async Task Nothing_new_is_304_until_there_is()
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(new() { ["section"] = section });
        var app = Of(section, "&types=article");
        var page = await cms.Anonymous.GetAsync($"/v1/sync?section={section}&types=article", Ct);
        await app.CatchUpAsync();
        var empty = await app.AskAsync();
        var tag = empty.Headers.ETag!.ToString();
        Assert.Equal("no-cache", empty.Headers.CacheControl!.ToString());
        Assert.False(empty.Headers.ETag.IsWeak);

        // Both the tag of the page that led here and that of the empty answer.
        Assert.Equal(HttpStatusCode.NotModified, (await app.AskAsync(ifNoneMatch: tag)).StatusCode);
        var at = (string?)(await page.ReadAsync(HttpStatusCode.OK))["cursor"];
        using var next = new HttpRequestMessage(HttpMethod.Get, $"/v1/sync?cursor={at}");
        next.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await cms.Anonymous.SendAsync(next, Ct)).StatusCode);

        await cms.RepublishAsync(article, new() { ["headline"] = "News" });

        var news = await app.AskAsync(ifNoneMatch: tag);
        Assert.Single((await news.ReadAsync(HttpStatusCode.OK))["changes"]!.AsArray());
        Assert.NotEqual(tag, news.Headers.ETag!.ToString());
    }

    [Fact]
    public async Task Who_hears_nothing_for_long_is_taken_along()
    {
        var section = await cms.SectionAsync();
        var quiet = Of(section, "&types=article");
        await quiet.CatchUpAsync();
        var start = quiet.Cursor;
        var elsewhere = await cms.PublishedAsync(new() { ["section"] = await cms.SectionAsync() });

        for (var i = 0; quiet.Cursor == start; i++)
        {
            Assert.True(i < 600, "What happened elsewhere is looked through again and again.");
            await cms.RepublishAsync(elsewhere, new() { ["kicker"] = $"{i}" });
            Assert.Empty(await quiet.CatchUpAsync());
        }

        var article = await cms.PublishedAsync(new() { ["section"] = section });
        Assert.Equal((string?)article["id"], (string?)Assert.Single(await quiet.CatchUpAsync())["id"]);
    }

    [Fact]
    public async Task A_request_that_waits_is_answered_by_the_change()
    {
        var section = await cms.SectionAsync();
        var app = Of(section, "&types=article");
        await app.CatchUpAsync();

        var waiting = Enumerable.Range(0, 20).Select(_ => app.AskAsync("&wait=60")).ToList();
        var article = await cms.PublishedAsync(new() { ["section"] = section });

        foreach (var answer in await Task.WhenAll(waiting))
            Assert.Equal(
                (string?)article["id"],
                (string?)
                    Assert.Single((await answer.ReadAsync(HttpStatusCode.OK))["changes"]!.AsArray())!["id"]
            );
    }

    [Fact]
    public async Task A_request_that_waits_in_vain_comes_back_empty()
    {
        var app = Of(await cms.SectionAsync(), "&types=article");
        await app.CatchUpAsync();
        var before = app.Cursor;

        var answer = await (await app.AskAsync("&wait=1")).ReadAsync(HttpStatusCode.OK);

        Assert.Empty(answer["changes"]!.AsArray());
        Assert.Equal(before, (string?)answer["cursor"]);
        Assert.False((bool)answer["hasMore"]!);
    }

    [Theory]
    [InlineData("?cursor=x", "invalid-cursor", "cursor")]
    [InlineData("?cursor=", "invalid-cursor", "cursor")]
    [InlineData(
        "?cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "invalid-cursor",
        "cursor"
    )]
    [InlineData("?types=articles", "wrong-type", "types")]
    [InlineData("?types=", "wrong-type", "types")]
    [InlineData("?section=no-such-section", "unknown-section", "section")]
    [InlineData("?body=none,html", "contradiction", "body")]
    [InlineData("?limit=0", "out-of-range", "limit")]
    [InlineData("?limit=1001", "out-of-range", "limit")]
    [InlineData("?wait=61", "out-of-range", "wait")]
    [InlineData("?wait=-1", "out-of-range", "wait")]
    [InlineData("?since=3", "unknown-parameter", "since")]
    public async Task What_cannot_be_read_is_named(string query, string code, string parameter)
    {
        var problem = await cms.Anonymous.GetJsonAsync("/v1/sync" + query, HttpStatusCode.BadRequest);

        var fault = Assert.Single(problem["errors"]!.AsArray())!;
        Assert.Equal((code, parameter), ((string?)fault["code"], (string?)fault["parameter"]));
    }

    [Theory]
    [InlineData("types=article")]
    [InlineData("section=power")]
    [InlineData("body=html")]
    public async Task What_a_cursor_is_bound_to_is_not_said_beside_it(string parameter)
    {
        var app = Of(await cms.SectionAsync(), "&types=article");
        await app.CatchUpAsync();

        var problem = await (await app.AskAsync("&" + parameter)).ReadAsync(HttpStatusCode.BadRequest);

        Assert.Equal("bound-to-cursor", (string?)problem["errors"]![0]!["code"]);
    }

    [Fact]
    public async Task A_cursor_that_was_changed_is_refused()
    {
        var app = Of(await cms.SectionAsync(), "&types=article");
        await app.CatchUpAsync();
        var changed = app.Cursor![..^2] + (app.Cursor[^2] == 'A' ? "B" : "A") + app.Cursor[^1];

        var problem = await cms.Anonymous.GetJsonAsync(
            $"/v1/sync?cursor={changed}",
            HttpStatusCode.BadRequest
        );

        Assert.Equal("invalid-cursor", (string?)problem["code"]);
    }
}
