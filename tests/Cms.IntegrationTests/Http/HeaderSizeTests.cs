using System.Net;
using System.Text.Json.Nodes;

namespace Cms.IntegrationTests.Http;

/// <summary>
/// The header of an answer fits the buffer of a proxy (4 KB in nginx, unless configured), whatever the answer names.
/// Every answer of every test is held to that (<see cref="ContractHandler"/>); here are those that name most.
/// </summary>
public sealed class HeaderSizeTests(CmsServer cms)
{
    private const int Articles = 101;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_a_list_names_its_header_stays_short()
    {
        var front = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var word = Names.Unique("word");
        // Each with a section, an author, a picture and a tag of its own, and a headline that makes cursors long.
        await Parallel.ForAsync(
            0,
            Articles,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Ct },
            async (n, _) =>
            {
                var picture = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(
                    HttpStatusCode.Created
                );
                await cms.PublishedAsync(
                    new JsonObject
                    {
                        ["headline"] = $"{n} {word} {new string('„', 250 - word.Length)}",
                        ["section"] = await cms.SectionAsync(front),
                        ["authors"] = new JsonArray(author, await cms.AuthorAsync()),
                        ["tags"] = new JsonArray(word, Names.Unique("tag")),
                        ["heroImage"] = new JsonObject { ["id"] = (string)picture["id"]! },
                        ["access"] = n % 2 == 0 ? "public" : "registered",
                    }
                );
            }
        );
        var one = (string)
            (await cms.Anonymous.GetJsonAsync($"/v1/articles?section={front}&limit=1"))["data"]![0]!["id"]!;
        // Names of fifty that there are make long addresses, and long links to the next page.
        var sections = string.Join(
            ',',
            await SlugsAsync($"/v1/articles?section={front}&limit=50", a => a["section"]!)
        );

        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (
            var url in new[]
            {
                $"/v1/articles?section={front}",
                $"/v1/articles?section={front}&sort=headline",
                $"/v1/articles?section={front}&sort=-updatedAt&count=exact",
                $"/v1/articles?author={author}&body=html,text",
                $"/v1/articles?tag={word}&access=registered,public",
                $"/v1/articles?section={sections}",
                $"/v1/articles?section={sections}&sort=headline&author={author}&tag={word}",
                "/v1/articles",
                $"/v1/search?q={word}&facets=section,author,tag,month",
                $"/v1/search?q={word}&section={front}&sort=-publishedAt",
                "/v1/sections",
                "/v1/authors",
                "/v1/tags",
                $"/v1/articles/{one}/related",
                $"/v1/sync?section={front}&body=html,text",
                "/v1/editorial/articles",
                $"/v1/editorial/articles?section={front}&sort=-createdAt&q={word}",
                "/v1/editorial/sections",
                "/v1/editorial/authors",
                "/v1/editorial/tags",
                "/v1/editorial/images",
            }
        )
        {
            var client = url.Contains("editorial", StringComparison.Ordinal) ? cms.Editor : cms.Anonymous;
            // What is sent back for X-Request-Id may be long too.
            var all = await client.AskAsync(
                "GET",
                Wire.With(url, "limit", url.Contains("related", StringComparison.Ordinal) ? "20" : "100"),
                ("X-Request-Id", new string('x', 128))
            );
            Assert.True(all.StatusCode == HttpStatusCode.OK, $"{url}: {await all.TextAsync()}");
            sizes[url] = ContractHandler.HeaderBytes(all);

            if (
                url.Contains("related", StringComparison.Ordinal)
                || url.Contains("sync", StringComparison.Ordinal)
            )
                continue;
            // In the middle there are two links.
            var next = (string?)(await client.GetJsonAsync(Wire.With(url, "limit", "2")))["page"]!["next"];
            var middle = await client.AskAsync(
                "GET",
                Wire.With(Wire.With(url, "limit", "2"), "cursor", next!)
            );
            Assert.NotNull((await middle.ReadAsync(HttpStatusCode.OK))["page"]!["previous"]);
            sizes[$"{url} in the middle"] = ContractHandler.HeaderBytes(middle);
        }

        Assert.All(sizes, size => Assert.True(size.Value < ContractHandler.MaxHeaderBytes, $"{size}"));
        // The list of all of them says of each kind that it depends on it.
        var tags = (await cms.Anonymous.AskAsync("GET", $"/v1/articles?section={front}&limit=100"))
            .Field("Cache-Tag")!
            .Split(',');
        foreach (var kind in (string[])["article", "section", "author", "image", "tag"])
            Assert.True(
                tags.Contains($"{kind}s")
                    || tags.Count(t => t.StartsWith($"{kind}:", StringComparison.Ordinal)) >= 100,
                kind
            );
        Assert.Contains("all", tags);
    }

    /// <summary>What stands in for a tag that was left out is purged whenever that would have been.</summary>
    [Fact]
    public async Task Whatever_purges_a_single_thing_purges_its_kind()
    {
        var section = await cms.SectionAsync();
        var author = await cms.AuthorAsync();
        var tag = Names.Unique("tag");
        var picture = await (await cms.Editor.UploadAsync(Pictures.Png())).ReadAsync(HttpStatusCode.Created);
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["authors"] = new JsonArray(author),
                ["tags"] = new JsonArray(tag),
                ["heroImage"] = new JsonObject { ["id"] = (string)picture["id"]! },
            }
        );
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/sections/{section}",
            new JsonObject { ["name"] = "Another" }
        );
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/authors/{author}",
            new JsonObject { ["name"] = "Another" }
        );
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/tags/{tag}",
            new JsonObject { ["name"] = Names.Unique("tag") }
        );
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/images/{picture["id"]}",
            new JsonObject { ["alt"] = "Another" }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/unpublish");

        // Of all events that there are, whichever test they are of.
        Assert.Equal(
            0,
            await cms.ScalarAsync<long>(
                """
                select count(*) from events e, jsonb_array_elements_text(e.data -> 'cacheTags') t(tag)
                where e.type = 'content.invalidated' and t.tag like '%:%'
                    and not e.data -> 'cacheTags' ? (split_part(t.tag, ':', 1) || 's')
                """
            )
        );
        foreach (var kind in (string[])["article", "section", "author", "image", "tag"])
            Assert.True(
                await cms.ScalarAsync<bool>(
                    """
                    select exists (select from events e,
                        jsonb_array_elements_text(e.data -> 'cacheTags') t(tag)
                    where e.type = 'content.invalidated' and t.tag like @like)
                    """,
                    new { like = $"{kind}:%" }
                ),
                kind
            );
    }

    [Fact]
    public async Task A_redirect_keeps_the_query_where_there_is_room_for_it_and_the_forms_of_the_body_always()
    {
        var article = await cms.PublishedAsync();
        var old = (string)article["slug"]!;
        var slug = Names.Unique("renamed");
        await cms.Editor.ChangeAsync($"/v1/editorial/articles/{old}", new JsonObject { ["slug"] = slug });
        await cms.Editor.ActAsync($"/v1/editorial/articles/{article["id"]}/publish");

        var kept = await cms.Anonymous.AskAsync("GET", $"/v1/articles/{old}?body=html&fields=headline,body");
        var many = string.Join(',', Enumerable.Repeat("heroImage.placeholder", 49));
        var cut = await cms.Anonymous.AskAsync("GET", $"/v1/articles/{old}?body=html&fields=headline,{many}");

        Assert.Equal(
            $"/v1/articles/{slug}?body=html&fields=body,headline",
            Uri.UnescapeDataString(kept.Field("Location")!)
        );
        Assert.Equal(HttpStatusCode.PermanentRedirect, cut.StatusCode);
        Assert.Equal($"/v1/articles/{slug}?body=html", cut.Field("Location"));
    }

    private async Task<string[]> SlugsAsync(string url, Func<JsonNode, JsonNode> of) =>
        [
            .. (await cms.Anonymous.GetJsonAsync(url))["data"]!
                .AsArray()
                .Select(a => (string)of(a!)["slug"]!)
                .Distinct(),
        ];
}
