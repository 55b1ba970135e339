using System.Net;
using System.Text.Json.Nodes;
using Cms.ProcessTests.Support;
using Npgsql;

namespace Cms.ProcessTests;

/// <summary>How many a list has: counted, or estimated where it is too long for that.</summary>
public sealed class CountTests(Newsrooms newsrooms)
{
    private const int Copies = 12_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Short_lists_are_counted_and_long_ones_estimated_and_the_answer_says_which()
    {
        await using var server = await CmsProcess.ServeAsync(await newsrooms.SeededAsync());
        using var reader = server.Client();
        using var desk = server.Admin();
        var model = (await reader.GetJsonAsync("/v1/articles"))["data"]!
            .AsArray()
            .First(a => a!["tags"]!.AsArray().Count >= 2)!;
        var tags = model["tags"]!.AsArray().Select(t => (string)t!["slug"]!).ToArray();
        var section = (string)model["section"]!["slug"]!;
        await CopyAsync(server, (string)model["id"]!);

        foreach (
            var filter in (string[])
                [
                    "",
                    $"tag={tags[0]}&",
                    $"tag={tags[0]},{tags[1]}&",
                    $"tag={tags[0]}&section={section}&",
                    $"access={model["access"]}&",
                    $"section={section}&publishedAfter=2001-01-01T00:00:00Z&",
                ]
        )
        {
            var exact = await PageAsync(reader, $"/v1/articles?{filter}limit=1&count=exact");
            Assert.True((bool)exact["totalIsExact"]!);
            Assert.InRange((int)exact["total"]!, Copies + 1, Copies + 500);
            var estimate = await PageAsync(reader, $"/v1/articles?{filter}limit=1&count=estimated");
            Assert.False((bool)estimate["totalIsExact"]!);
            // Two tags that always come together are no news to a planner that takes them for independent.
            Assert.InRange((int)estimate["total"]!, 10_001, 3 * Copies);
        }

        // Of two tags that each of them has: more rows than are counted, and fewer articles. (Another limit: the other
        // pages are remembered.)
        await Sql.ExecuteAsync(
            Sql.Of(server),
            "delete from published_articles where slug like 'copy-%' and get_byte(uuid_send(id), 15) >= 160"
        );
        var both = $"/v1/articles?tag={tags[0]},{tags[1]}&limit=2&count=";
        var few = await PageAsync(reader, both + "estimated");
        Assert.InRange((int)few["total"]!, 6_000, 9_000);
        Assert.True((bool)few["totalIsExact"]!);
        Assert.Equal((int)(await PageAsync(reader, both + "exact"))["total"]!, (int)few["total"]!);

        foreach (
            var list in (string[])["/v1/articles?tag=nothing&", "/v1/tags?", "/v1/authors?", "/v1/sections?"]
        )
        {
            var exact = await PageAsync(reader, $"{list}limit=1&count=exact");
            var estimate = await PageAsync(reader, $"{list}limit=1&count=estimated");
            Assert.True((bool)estimate["totalIsExact"]!);
            Assert.Equal((int)exact["total"]!, (int)estimate["total"]!);
            var plain = await PageAsync(reader, $"{list}limit=1");
            Assert.False(plain.ContainsKey("total") || plain.ContainsKey("totalIsExact"));
        }
        foreach (
            var list in (string[])
                ["articles?status=published&", "tags?", "authors?q=a&", "keys?", "webhooks?", "images?"]
        )
        {
            var exact = await PageAsync(desk, $"/v1/editorial/{list}count=exact");
            var estimate = await PageAsync(desk, $"/v1/editorial/{list}count=estimated");
            Assert.Equal((int)exact["total"]!, (int)estimate["total"]!);
            Assert.True((bool)estimate["totalIsExact"]!);
        }
        using var odd = await reader.GetAsync("/v1/articles?count=about", Ct);
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
    }

    private static async Task<JsonObject> PageAsync(HttpClient client, string url) =>
        (await client.GetJsonAsync(url))["page"]!.AsObject();

    /// <summary>Publishes an article thousands of times, behind the server's back.</summary>
    private static Task CopyAsync(CmsProcess server, string id) =>
        Sql.ExecuteAsync(
            // However long a busy machine takes.
            new NpgsqlConnectionStringBuilder(Sql.Of(server)) { CommandTimeout = 0 }.ConnectionString,
            $$"""
            create temp table copies as
                select p.* from published_articles p, generate_series(1, {{Copies}}) where p.id = '{{id}}';
            update copies set id = gen_random_uuid(), body = '{}';
            update copies set slug = 'copy-' || id;
            insert into published_articles select * from copies;
            insert into published_article_tags
                select t, id, published_at, updated_at, sort_headline from copies, unnest(tag_ids) t;
            insert into published_article_sections
                select s, id, published_at, updated_at, sort_headline from copies, unnest(section_path) s;
            analyze published_articles, published_article_tags, published_article_sections;
            """
        );
}
