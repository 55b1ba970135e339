using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Reads everything that delivery has and looks for words that were never published.</summary>
[Collection(nameof(WholeNewsroom))]
public sealed class LeakTests(CmsServer cms)
{
    private static readonly string Marker = Names.Unique("secretword");
    private static readonly string[] Sorts =
    [
        "-publishedAt",
        "publishedAt",
        "-updatedAt",
        "updatedAt",
        "headline",
    ];
    private readonly List<string> _ids = [];
    private readonly List<string> _slugs = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_word_that_was_not_published_is_in_anything_that_delivery_answers()
    {
        var section = await cms.SectionAsync();
        var elsewhere = await cms.SectionAsync();
        var image = await SecretImageAsync();
        var tag = Word();
        await cms.Editor.PostAsync(
            "/v1/editorial/tags",
            new JsonObject { ["slug"] = Slug(), ["name"] = tag }
        );

        // In work: a draft, one in review, one in the trash, one that is gone.
        var draft = await cms.DraftAsync(Secret(section, image, tag));
        var reviewed = await cms.DraftAsync(Secret(section, image, tag));
        await ActAsync(reviewed, "submit");
        var trashedDraft = await cms.DraftAsync(Secret(section, image, tag));
        await DeleteAsync(trashedDraft, permanently: false);
        var erasedDraft = await cms.DraftAsync(Secret(section, image, tag));
        await DeleteAsync(erasedDraft, permanently: true);
        // Waiting: under embargo though published, and for its time.
        var embargoed = await cms.DraftAsync(Embargoed(Secret(section, image, tag)));
        await ActAsync(embargoed, "publish");
        var scheduled = await cms.DraftAsync(Secret(section, image, tag));
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{scheduled["id"]}/publish",
            new JsonObject { ["at"] = Later },
            HttpStatusCode.OK
        );
        // Withdrawn in every way.
        var unpublished = await cms.PublishedAsync(Secret(section, image, tag));
        await ActAsync(unpublished, "unpublish");
        var trashed = await cms.PublishedAsync(Secret(section, image, tag));
        await DeleteAsync(trashed, permanently: false);
        var erased = await cms.PublishedAsync(Secret(section, image, tag));
        await DeleteAsync(erased, permanently: true);
        var restored = await cms.PublishedAsync(Secret(section, image, tag));
        await DeleteAsync(restored, permanently: false);
        await ActAsync(restored, "restore");
        foreach (
            var article in new[]
            {
                draft,
                reviewed,
                trashedDraft,
                erasedDraft,
                embargoed,
                scheduled,
                unpublished,
                trashed,
                erased,
                restored,
            }
        )
            _ids.Add((string)article["id"]!);

        // Published, with another face at the desk.
        var author = Names.Unique("author");
        var avatar = await (
            await cms.Editor.UploadAsync(Pictures.Png(), $"{Marker}.png", ("alt", "A face"))
        ).ReadAsync(HttpStatusCode.Created);
        await cms.Editor.PostAsync(
            "/v1/editorial/authors",
            new JsonObject
            {
                ["slug"] = author,
                ["name"] = author,
                ["email"] = $"{Marker}@example.org",
                ["avatar"] = (string)avatar["id"]!,
            }
        );
        var hero = await (
            await cms.Editor.UploadAsync(Pictures.Png(), $"{Marker}.png", ("alt", "A field"))
        ).ReadAsync(HttpStatusCode.Created);
        var published = await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = "A clean headline",
                ["slug"] = Names.Unique("clean"),
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(Names.Unique("tag")),
                ["heroImage"] = new JsonObject { ["id"] = (string)hero["id"]! },
                ["related"] = new JsonArray((string)draft["id"]!, (string)unpublished["id"]!),
                ["body"] = new JsonObject { ["markdown"] = "One.\n\nTwo.\n\nThree." },
            }
        );
        await PatchAsync(published, Embargoed(Secret(elsewhere, image, tag)));
        await ActAsync(published, "publish");
        await PatchAsync(published, new JsonObject { ["headline"] = Word() });
        // Public for a moment, and then taken back by publishing again without it.
        var corrected = await cms.PublishedAsync(Secret(section, image, tag));
        await PatchAsync(
            corrected,
            new JsonObject
            {
                ["headline"] = "Clean again",
                ["kicker"] = null,
                ["deck"] = null,
                ["excerpt"] = null,
                ["disclosure"] = null,
                ["seo"] = null,
                ["corrections"] = new JsonArray(),
                ["tags"] = new JsonArray(),
                ["heroImage"] = null,
                ["slug"] = Names.Unique("clean"),
                ["body"] = new JsonObject { ["markdown"] = "Clean." },
            }
        );
        await ActAsync(corrected, "publish");
        await cms.Admin.PostAsync(
            "/v1/editorial/keys",
            new JsonObject { ["name"] = Word(), ["role"] = "reader" }
        );

        // What the desk says about them, and who has them open.
        var worker = cms.Client(
            (string)
                (
                    await cms.Admin.PostAsync(
                        "/v1/editorial/keys",
                        new JsonObject { ["name"] = Word(), ["role"] = "editor" }
                    )
                )["token"]!
        );
        foreach (var article in new[] { published, corrected, draft, unpublished })
            await TalkAsync(worker, article);

        var limited = (await cms.NewKeyAsync(Role.Reader, [elsewhere])).Token;
        foreach (var client in new[] { cms.Anonymous, cms.Reader, cms.Client(limited) })
        {
            await CrawlAsync(client, section, elsewhere, author);
            foreach (
                var url in new[]
                {
                    $"/v1/articles/{published["id"]}",
                    $"/v1/articles/{corrected["id"]}",
                    $"/v1/authors/{author}",
                    $"/v1/images/{hero["id"]}",
                    $"/v1/images/{avatar["id"]}",
                    $"/media/{hero["id"]}/original",
                    $"/media/{avatar["id"]}/original",
                    $"/media/{image}/original",
                }
            )
                await ReadAsync(client, url, HttpStatusCode.OK);
            foreach (var id in _ids)
                await ReadAsync(
                    client,
                    $"/v1/articles/{id}",
                    null,
                    HttpStatusCode.NotFound,
                    HttpStatusCode.Gone
                );
            foreach (var slug in _slugs)
            {
                await ReadAsync(
                    client,
                    $"/v1/articles/{slug}",
                    slug,
                    HttpStatusCode.NotFound,
                    HttpStatusCode.Gone,
                    HttpStatusCode.PermanentRedirect
                );
                Assert.Empty((await client.GetJsonAsync($"/v1/articles?tag={slug}"))["data"]!.AsArray());
            }
            await ReadAsync(client, $"/v1/images/{image}", null, HttpStatusCode.NotFound);
            Assert.Empty((await client.GetJsonAsync($"/v1/articles?section={elsewhere}"))["data"]!.AsArray());
            // The desk's own doors are shut.
            foreach (
                var address in new[]
                {
                    "articles",
                    "authors",
                    "images",
                    "tags",
                    "keys",
                    "actors",
                    "events",
                    $"articles/{draft["id"]}",
                    $"articles/{published["id"]}/notes",
                    $"articles/{published["id"]}/presence",
                }
            )
                await ReadAsync(
                    client,
                    $"/v1/editorial/{address}",
                    null,
                    HttpStatusCode.Unauthorized,
                    HttpStatusCode.Forbidden
                );
        }
        // The net would have caught it: the desk sees the word everywhere.
        foreach (var part in new[] { "", "/notes", "/presence" })
            Assert.Contains(
                Marker,
                await (
                    await cms.Editor.AskAsync("GET", $"/v1/editorial/articles/{published["id"]}{part}")
                ).TextAsync(),
                StringComparison.OrdinalIgnoreCase
            );
    }

    private async Task CrawlAsync(HttpClient client, string section, string elsewhere, string author)
    {
        const string forms = "blocks,html,markdown,text";
        // The whole newsroom in every order.
        foreach (var sort in Sorts)
            await AllPagesAsync(client, $"/v1/articles?limit=100&count=exact&sort={sort}");
        foreach (
            var list in new[]
            {
                "/v1/sections",
                "/v1/authors",
                "/v1/tags",
                $"/v1/articles?body={forms}",
                "/v1/articles?access=public,registered,subscriber",
                "/v1/articles?publishedBefore=2900-01-01T00:00:00Z&publishedAfter=1900-01-01T00:00:00Z",
                $"/v1/articles?section={section},{elsewhere}&sort=headline&body={forms}",
                $"/v1/articles?author={author}&body={forms}",
                $"/v1/articles?author={author}&section={section},{elsewhere}&access=public,subscriber",
            }
        )
            await AllPagesAsync(client, Wire.With(list, "limit", "100"));
        foreach (var scope in new[] { "", $"&section={section}", $"&section={section},{elsewhere}" })
            await SyncAsync(client, $"/v1/sync?limit=1000&body={forms}{scope}");
        foreach (var form in forms.Split(',').Append("none"))
        {
            await ReadAsync(client, $"/v1/articles?section={section}&body={form}", HttpStatusCode.OK);
            await ReadAsync(
                client,
                $"/v1/articles?section={section}&body={form}&fields=body,headline,tags,heroImage,section,authors.name",
                HttpStatusCode.OK
            );
        }
        await ReadAsync(client, $"/v1/sections/{section}", HttpStatusCode.OK);
        await ReadAsync(client, "/v1/articles?fields=email", HttpStatusCode.BadRequest);
        await ReadAsync(client, "/v1/articles?limit=0", HttpStatusCode.BadRequest);
        foreach (
            var item in (await client.GetJsonAsync($"/v1/articles?section={section}"))["data"]!.AsArray()
        )
        {
            await ReadAsync(client, (string)item!["url"]! + $"?body={forms}", HttpStatusCode.OK);
            await ReadAsync(client, $"/v1/articles/{item["id"]}?body=none", HttpStatusCode.OK);
            Assert.DoesNotContain((string)item["id"]!, _ids);
        }
    }

    /// <summary>
    /// The change feed from its beginning; it names what readers saw once, and never what they never saw.
    /// </summary>
    private async Task SyncAsync(HttpClient client, string start)
    {
        var next = start;
        JsonNode page;
        do
        {
            page = JsonNode.Parse(await ReadAsync(client, next, HttpStatusCode.OK))!;
            foreach (var change in page["changes"]!.AsArray())
                if ((string?)change!["op"] == "upsert")
                    Assert.DoesNotContain((string)change["id"]!, _ids);
            next = $"/v1/sync?limit=1000&cursor={page["cursor"]}";
        } while ((bool)page["hasMore"]!);
    }

    private static async Task AllPagesAsync(HttpClient client, string url)
    {
        var next = (string?)null;
        do
        {
            var text = await ReadAsync(
                client,
                next is null ? url : Wire.With(url, "cursor", next),
                HttpStatusCode.OK
            );
            next = (string?)JsonNode.Parse(text)!["page"]!["next"];
        } while (next is not null);
    }

    /// <summary>GET and HEAD: no word of it anywhere, header fields and entity bodies alike.</summary>
    private static Task<string> ReadAsync(HttpClient client, string url, HttpStatusCode status) =>
        ReadAsync(client, url, null, status);

    private static async Task<string> ReadAsync(
        HttpClient client,
        string url,
        string? asked,
        params HttpStatusCode[] statuses
    )
    {
        var response = await client.AskAsync("GET", url);
        Assert.True(statuses.Contains(response.StatusCode), $"{url}: {response.StatusCode}");
        var text = Encoding.Latin1.GetString(await response.BytesAsync());
        var head = await client.AskAsync("HEAD", url);
        foreach (var part in new[] { text, Headers(response), Headers(head) })
        {
            // A problem may name what was asked for, and no more.
            var found = asked is null ? part : part.Replace(asked, "", StringComparison.Ordinal);
            var at = found.IndexOf(Marker, StringComparison.OrdinalIgnoreCase);
            Assert.True(
                at < 0,
                $"{url} leaks: …{found[Math.Max(0, at - 200)..Math.Min(found.Length, Math.Max(0, at) + 60)]}"
            );
        }
        return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));
    }

    private static string Headers(HttpResponseMessage response) =>
        response.Headers.ToString() + response.Content.Headers;

    private static string Later => $"{DateTimeOffset.UtcNow.AddDays(300):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private static JsonObject Embargoed(JsonObject article)
    {
        article["embargoedUntil"] = Later;
        return article;
    }

    private JsonObject Secret(string section, string image, string tag)
    {
        var slug = Slug();
        _slugs.Add(slug);
        return new()
        {
            ["slug"] = slug,
            ["headline"] = Word(),
            ["kicker"] = Word(),
            ["deck"] = Word(),
            ["excerpt"] = Word(),
            ["disclosure"] = Word(),
            ["section"] = section,
            ["tags"] = new JsonArray(tag, Word()),
            ["heroImage"] = new JsonObject
            {
                ["id"] = image,
                ["alt"] = Word(),
                ["caption"] = Word(),
                ["credit"] = Word(),
            },
            ["seo"] = new JsonObject
            {
                ["title"] = Word(),
                ["description"] = Word(),
                ["canonicalUrl"] = $"https://example.org/{Marker}",
            },
            ["corrections"] = new JsonArray(
                new JsonObject { ["at"] = "2026-01-01T00:00:00Z", ["text"] = Word() }
            ),
            ["body"] = new JsonObject
            {
                ["markdown"] = $"{Word()}\n\n![{Word()}](/media/{image}/original \"{Word()}\")\n\n- {Word()}",
            },
        };
    }

    private async Task<string> SecretImageAsync()
    {
        var image = await (
            await cms.Editor.UploadAsync(
                Pictures.Png(),
                $"{Marker}.png",
                ("alt", Word()),
                ("caption", Word()),
                ("credit", Word())
            )
        ).ReadAsync(HttpStatusCode.Created);
        return (string)image["id"]!;
    }

    private static string Word() => $"{Marker} {Names.Unique("w")}";

    private static string Slug() => Names.Unique(Marker);

    private static async Task TalkAsync(HttpClient client, JsonObject article)
    {
        var url = $"/v1/editorial/articles/{article["id"]}";
        var note = await client.PostAsync($"{url}/notes", new JsonObject { ["text"] = Word() });
        await client.PostAsync($"{url}/notes/{note["id"]}/replies", new JsonObject { ["text"] = Word() });
        using var open = await client.PutAsync(
            $"{url}/presence",
            JsonContent.Create(new JsonObject { ["blocks"] = new JsonArray(Marker) }),
            Ct
        );
        await open.ReadAsync(HttpStatusCode.OK);
    }

    private async Task ActAsync(JsonObject article, string act) =>
        await cms.Editor.PostAsync(
            $"/v1/editorial/articles/{article["id"]}/{act}",
            expected: HttpStatusCode.OK
        );

    private async Task PatchAsync(JsonObject article, JsonObject patch)
    {
        var url = $"/v1/editorial/articles/{article["id"]}";
        var current = await cms.Editor.GetJsonAsync(url);
        await (await cms.Editor.SendPatchAsync(url, patch, $"\"{current["revision"]}\"")).ReadAsync(
            HttpStatusCode.OK
        );
    }

    private async Task DeleteAsync(JsonObject article, bool permanently)
    {
        var url = $"/v1/editorial/articles/{article["id"]}";
        var current = await cms.Editor.GetJsonAsync(url);
        var response = await cms.Admin.SendDeleteAsync(
            permanently ? url + "?permanently=true" : url,
            $"\"{current["revision"]}\""
        );
        Assert.True(
            response.StatusCode == HttpStatusCode.NoContent,
            await response.Content.ReadAsStringAsync(Ct)
        );
    }
}
