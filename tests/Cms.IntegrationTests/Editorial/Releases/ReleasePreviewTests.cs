using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cms.Access;
using Cms.Platform.Postgres;
using Npgsql;
using static Cms.IntegrationTests.Editorial.Releases.ReleaseDesk;

namespace Cms.IntegrationTests.Editorial.Releases;

/// <summary>Previews of releases: published articles with the release on top.</summary>
public sealed partial class ReleasePreviewTests(CmsServer cms)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_shows_byte_for_byte_what_delivery_answers_once_the_release_is_live()
    {
        var section = await cms.SectionAsync();
        var other = await cms.PublishedAsync(new JsonObject { ["section"] = section });
        var going = await cms.PublishedAsync(new JsonObject { ["section"] = section });
        var coming = await cms.DraftAsync(
            new JsonObject
            {
                ["section"] = section,
                ["access"] = "subscriber",
                ["tags"] = new JsonArray(Names.Unique("tag")),
                ["authors"] = new JsonArray(await cms.AuthorAsync()),
                ["related"] = new JsonArray((string)other["id"]!),
            }
        );
        var release = await cms.ReleaseAsync(Item(coming), Item(going, "unpublish"));
        var url = (string)(await cms.Editor.PostAsync($"{release.Url()}/previews", new JsonObject()))["url"]!;
        string[] addresses =
        [
            $"?section={section}",
            $"?section={section}&body=html&sort=headline",
            $"?section={section}&limit=1&fields=slug,tags,authors.name",
            $"/{coming["slug"]}",
            $"/{coming["id"]}?body=text&fields=headline,body,related",
            $"/{other["slug"]}",
        ];
        var before = new List<string>();
        foreach (var address in addresses)
        {
            using var response = await cms.Anonymous.GetAsync(url + address, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
            Assert.Equal("noindex", Assert.Single(response.Headers.GetValues("X-Robots-Tag")));
            Assert.Equal("*", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
            before.Add(await response.Content.ReadAsStringAsync(Ct));
        }
        await cms.Anonymous.GetJsonAsync($"{url}/{going["slug"]}", HttpStatusCode.NotFound);

        // Nothing of it has happened.
        Assert.Equal("open", (string?)(await cms.Editor.GetJsonAsync(release.Url()))["status"]);
        Assert.True(await cms.IsSeenAsync(going));
        Assert.False(await cms.IsSeenAsync(coming));
        Assert.Equal(
            2,
            (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}"))["data"]!.AsArray().Count
        );

        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
        for (var i = 0; i < addresses.Length; i++)
            Assert.Equal(
                Without(await cms.Reader.GetStringAsync($"/v1/articles{addresses[i]}", Ct)),
                Without(before[i])
            );
        // It goes on to show what readers see.
        Assert.Equal(
            Without(await cms.Anonymous.GetStringAsync($"/v1/articles/{coming["slug"]}", Ct)),
            Without(await cms.Anonymous.GetStringAsync($"{url}/{coming["slug"]}", Ct))
        );
    }

    [Fact]
    public async Task Only_the_articles_of_the_release_are_shown_behind_the_wall_and_only_until_it_is_live()
    {
        var section = await cms.SectionAsync();
        var walled = new JsonObject
        {
            ["section"] = section,
            ["access"] = "subscriber",
            ["body"] = new JsonObject { ["markdown"] = "One.\n\nTwo.\n\nThree.\n\nSecret." },
        };
        var other = await cms.PublishedAsync(walled.DeepClone().AsObject());
        var going = await cms.PublishedAsync(walled.DeepClone().AsObject());
        var own = await cms.DraftAsync(walled.DeepClone().AsObject());
        var release = await cms.ReleaseAsync(Item(own), Item(going, "unpublish"));
        var preview = await cms.Editor.PostAsync($"{release.Url()}/previews", new JsonObject());

        Assert.Equal([own["id"]!.ToString()], await WholeAsync());
        await cms.Editor.PostAsync($"{release.Url()}/publish", expected: HttpStatusCode.OK);
        Assert.Empty(await WholeAsync());

        // Those that are whole, in the list and one by one.
        async Task<string[]> WholeAsync()
        {
            var list = await cms.Anonymous.GetJsonAsync($"{preview["url"]}?section={section}&body=text");
            var whole = list["data"]!.AsArray().Where(IsWhole).Select(a => a!["id"]!.ToString()).ToArray();
            foreach (var article in new[] { other, own })
                Assert.Equal(
                    whole.Contains(article["id"]!.ToString()),
                    IsWhole(await cms.Anonymous.GetJsonAsync($"{preview["url"]}/{article["slug"]}?body=text"))
                );
            return whole;
        }

        static bool IsWhole(JsonNode? article)
        {
            var isWhole = ((string)article!["body"]!["text"]!).Contains("Secret", StringComparison.Ordinal);
            Assert.Equal(!isWhole, (bool)article["bodyTruncated"]!);
            return isWhole;
        }
    }

    [Fact]
    public async Task A_preview_waits_for_nobody_who_saves_its_articles_or_publishes_its_release()
    {
        var live = await cms.PublishedAsync();
        await cms.KickAsync(live, "Two");
        var release = await cms.ReleaseAsync(
            Item(live),
            Item(await cms.DraftAsync()),
            Item(await cms.PublishedAsync(), "unpublish")
        );
        var preview = await cms.Editor.PostAsync($"{release.Url()}/previews", new JsonObject());
        var single = await cms.Editor.PostAsync($"{Articles}/{live["id"]}/previews", new JsonObject());
        await using var connection = new NpgsqlConnection(cms.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await transaction.ExecuteAsync(
            """
            select r.id from releases r where r.id = @id::uuid for update;
            select a.id from articles a join release_items i on i.article_id = a.id
            where i.release_id = @id::uuid for update of a
            """,
            new { id = (string)release["id"]! },
            Ct
        );
        Assert.Equal(
            "Two",
            (string?)(await cms.Anonymous.GetJsonAsync($"{preview["url"]}/{live["slug"]}"))["kicker"]
        );
        Assert.Equal("Two", (string?)(await cms.Anonymous.GetJsonAsync((string)single["url"]!))["kicker"]);
    }

    [Fact]
    public async Task A_list_is_paged_in_its_preview()
    {
        var section = await cms.SectionAsync();
        var items = new List<JsonObject>();
        for (var i = 0; i < 3; i++)
            items.Add(Item(await cms.DraftAsync(new JsonObject { ["section"] = section })));
        var release = await cms.ReleaseAsync([.. items]);
        var preview = await cms.Editor.PostAsync($"{release.Url()}/previews", new JsonObject());
        var first = $"{preview["url"]}?section={section}&limit=2&sort=headline";
        var page = await cms.Anonymous.GetJsonAsync(first);
        var rest = await cms.Anonymous.GetJsonAsync($"{first}&cursor={page["page"]!["next"]}");
        Assert.Equal(2, page["data"]!.AsArray().Count);
        Assert.Single(rest["data"]!.AsArray());
        Assert.Null(rest["page"]!["next"]);
    }

    [Fact]
    public async Task A_release_that_cannot_go_live_says_why_and_no_embargo_or_schedule_keeps_it_from_being_shown()
    {
        var homeless = await cms.DraftAsync(new JsonObject { ["section"] = null });
        var broken = await cms.ReleaseAsync(Item(await cms.DraftAsync()), Item(homeless));
        var impossible = await cms.Editor.PostAsync($"{broken.Url()}/previews", new JsonObject());
        var problem = await cms.Anonymous.GetJsonAsync((string)impossible["url"]!, HttpStatusCode.Conflict);
        Assert.Equal("preview-impossible", (string?)problem["code"]);
        Assert.Equal(["/items/1 required-to-publish"], problem.Faults());

        var embargoed = await cms.DraftAsync(
            new JsonObject { ["embargoedUntil"] = Text(DateTimeOffset.UtcNow.AddDays(2)) }
        );
        var release = await cms.ReleaseAsync(Item(embargoed));
        Assert.Equal(
            ["/items/0 embargoed"],
            (
                await cms.Editor.PostAsync(
                    $"{release.Url()}/publish",
                    expected: HttpStatusCode.UnprocessableEntity
                )
            ).Faults()
        );
        await cms.Editor.ActAsync($"{Articles}/{embargoed["id"]}/publish");
        var preview = await cms.Editor.PostAsync($"{release.Url()}/previews", new JsonObject());
        await cms.Anonymous.GetJsonAsync($"{preview["url"]}/{embargoed["slug"]}");
        await cms.Editor.ActAsync($"{Articles}/{embargoed["id"]}/cancel-schedule");
    }

    [Fact]
    public async Task It_ends_when_it_is_revoked_when_its_key_is_and_where_an_article_leaves_the_keys_reach()
    {
        var section = await cms.SectionAsync();
        var draft = await cms.DraftAsync(new JsonObject { ["section"] = section });
        var key = await cms.NewKeyAsync(Role.Editor, [section]);
        using var limited = cms.Client(key.Token);
        var release = await limited.PostAsync(Address, Input(at: null, Item(draft)));
        var first = await limited.PostAsync(
            $"{release.Url()}/previews",
            new JsonObject { ["note"] = "For the desk" }
        );
        var second = await limited.PostAsync($"{release.Url()}/previews", new JsonObject());
        var address = $"{second["url"]}/{draft["id"]}";
        Assert.Equal(
            [(string?)second["id"], (string?)first["id"]],
            (await cms.Viewer.GetJsonAsync($"{release.Url()}/previews"))["data"]!
                .AsArray()
                .Select(p => (string?)p!["id"])
        );
        await limited.SendDeleteAsync($"{release.Url()}/previews/{first["id"]}", ifMatch: null);
        await cms.Anonymous.GetJsonAsync((string)first["url"]!, HttpStatusCode.NotFound);
        await cms.Anonymous.GetJsonAsync(address);
        // The preview of a release is not that of an article, and the other way round.
        await cms.Anonymous.GetJsonAsync($"/v1/previews/{second["token"]}", HttpStatusCode.NotFound);

        await cms.Editor.ChangeAsync(
            $"{Articles}/{draft["id"]}",
            new JsonObject { ["section"] = await cms.SectionAsync() }
        );
        await cms.Anonymous.GetJsonAsync(address, HttpStatusCode.NotFound);
        await cms.Editor.ChangeAsync($"{Articles}/{draft["id"]}", new JsonObject { ["section"] = section });
        await cms.Anonymous.GetJsonAsync(address);
        await cms.ExecuteAsync("update api_keys set revoked_at = now() where id = @Id", new { key.Id });
        await cms.Anonymous.GetJsonAsync(address, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task It_lasts_ninety_days_at_most()
    {
        var release = await cms.ReleaseAsync(Item(await cms.DraftAsync()));
        foreach (
            var (days, fault) in new[] { (-1, "/expiresAt in-the-past"), (91, "/expiresAt too-far-ahead") }
        )
            Assert.Equal(
                [fault],
                (
                    await cms.Editor.PostAsync(
                        $"{release.Url()}/previews",
                        new JsonObject { ["expiresAt"] = Text(DateTimeOffset.UtcNow.AddDays(days)) },
                        HttpStatusCode.UnprocessableEntity
                    )
                ).Faults()
            );
    }

    /// <summary>Without the times of the publication, and cursors that hold them.</summary>
    private static string Without(string answer) =>
        Cursor().Replace(Time().Replace(answer, "\"${name}\":…"), "\"${name}\":…");

    [GeneratedRegex("\"(?<name>publishedAt|updatedAt)\":\"[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex Time();

    [GeneratedRegex("\"(?<name>next|previous)\":\"[^\"]*\"", RegexOptions.NonBacktracking)]
    private static partial Regex Cursor();
}
