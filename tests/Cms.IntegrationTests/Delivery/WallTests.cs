using System.Net;
using System.Text.Json.Nodes;
using Cms.Access;
using Cms.Changes;
using Cms.Editorial.Upkeep;
using Cms.IntegrationTests.Http;
using Cms.IntegrationTests.Sync;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cms.IntegrationTests.Delivery;

/// <summary>The wall: what is for subscribers never reaches those who are none.</summary>
public sealed class WallTests(CmsServer cms)
{
    private const string Hidden = "Behindthewall";
    private const string Forms = "blocks,html,markdown,text";

    [Theory]
    [InlineData("registered", "First word.\n\nSecond word.\n\n{0} three.\n\n{0} four.\n\n{0} five.")]
    [InlineData("subscriber", "First word.\n\nSecond word.\n\n{0} three.\n\n{0} four.\n\n{0} five.")]
    // Blocks so short that a made excerpt has room for more.
    [InlineData("subscriber", "First\n\nSecond\n\n{0}")]
    [InlineData("subscriber", "## First\n\nSecond\n\n- {0}\n\n> {0}\n\n```\n{0}\n```")]
    [InlineData("subscriber", "---\n\nFirst\n\n---\n\nSecond\n\n---\n\n| {0} |\n| --- |\n| {0} |")]
    public async Task An_anonymous_reader_gets_two_blocks_in_every_form_and_no_word_more(
        string access,
        string markdown
    )
    {
        var (article, section) = await WalledAsync(access, markdown);

        var single = await cms.Anonymous.AskAsync("GET", $"/v1/articles/{article["slug"]}?body={Forms}");
        var list = await cms.Anonymous.AskAsync("GET", $"/v1/articles?section={section}&body={Forms}");

        foreach (var response in new[] { single, list })
        {
            Assert.DoesNotContain(Hidden, await response.TextAsync(), StringComparison.OrdinalIgnoreCase);
            Assert.StartsWith("public, max-age=", response.Field("Cache-Control"), StringComparison.Ordinal);
            Assert.Contains("Authorization", response.Field("Vary"), StringComparison.Ordinal);
        }
        foreach (
            var teaser in new[]
            {
                await single.ReadAsync(HttpStatusCode.OK),
                (await list.ReadAsync(HttpStatusCode.OK))["data"]![0]!,
            }
        )
        {
            Assert.True((bool?)teaser["bodyTruncated"]);
            var words = teaser["body"]!["blocks"]!
                .AsArray()
                .Where(b => (string?)b!["type"] is not "divider")
                .ToList();
            Assert.Equal(2, words.Count);
            foreach (var form in new[] { "html", "markdown", "text" })
            {
                Assert.Contains("First", (string?)teaser["body"]![form], StringComparison.Ordinal);
                Assert.Contains("Second", (string?)teaser["body"]![form], StringComparison.Ordinal);
            }
        }
        // Each form alone, and none.
        foreach (var form in Forms.Split(',').Append("none"))
        foreach (
            var url in new[]
            {
                $"/v1/articles/{article["id"]}?body={form}",
                $"/v1/articles?section={section}&body={form}",
            }
        )
            Assert.DoesNotContain(
                Hidden,
                await (await cms.Anonymous.AskAsync("GET", url)).TextAsync(),
                StringComparison.OrdinalIgnoreCase
            );
    }

    [Fact]
    public async Task Everything_but_the_end_of_the_body_is_there()
    {
        var (article, _) = await WalledAsync("subscriber", "First\n\nSecond\n\nThird word here");

        var teaser = await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}");
        var whole = await cms.Reader.GetJsonAsync($"/v1/articles/{article["id"]}");

        Assert.Equal(5, (int?)teaser["wordCount"]);
        foreach (var (name, value) in whole)
            if (name is not ("body" or "bodyTruncated"))
                Assert.Equal(value?.ToJsonString(), teaser[name]?.ToJsonString());
    }

    public static TheoryData<string, string> Bodies()
    {
        var sentences = string.Concat(Enumerable.Repeat("A sentence of six plain words. ", 60));
        var items = string.Concat(Enumerable.Range(0, 60).Select(i => $"- an item of the list {i}\n"));
        var rows = string.Concat(Enumerable.Range(0, 60).Select(i => $"| row {i} | value |\n"));
        var lines = string.Concat(Enumerable.Range(0, 60).Select(i => $"line {i} of the code\n"));
        return new()
        {
            { "one huge paragraph", $"{sentences} {Hidden}" },
            { "two long paragraphs", $"{sentences}\n\n{sentences} {Hidden}" },
            { "a long heading and a paragraph", $"## {sentences} {Hidden}\n\n{Hidden}" },
            { "two short paragraphs", $"First.\n\n{Hidden}" },
            { "one short paragraph", $"First word and {Hidden}" },
            { "one word", Hidden },
            { "a list", items + $"- {Hidden}" },
            { "a numbered list of loose items", $"1. {sentences}\n\n2. {Hidden}\n" },
            { "a quote", $"> {sentences}\n>\n> {Hidden}" },
            {
                "a quote and who said it",
                $"<figure><blockquote>First word.</blockquote><figcaption>{Hidden}</figcaption></figure>"
            },
            { "a table", $"| h | h |\n|---|---|\n{rows}| {Hidden} | x |" },
            { "code", $"```\n{lines}{Hidden}\n```" },
            { "free HTML", $"<dl><dt>First</dt><dd>{sentences}</dd><dd>{Hidden}</dd></dl>" },
            { "short free HTML", $"<details><summary>First and second</summary><p>{Hidden}</p></details>" },
            { "an embed alone", $"<iframe src=\"https://video.example/{Hidden}\"></iframe>" },
            { "an external picture alone", $"<img src=\"https://pictures.example/{Hidden}.png\">" },
        };
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task However_a_body_is_made_its_end_stays_behind_the_wall(string kind, string markdown)
    {
        var (article, section) = await WalledAsync("subscriber", markdown);
        var id = (string)article["id"]!;
        var headline = Uri.EscapeDataString($"\"{article["headline"]}\"");
        string[] urls =
        [
            $"/v1/articles/{id}?body={Forms}",
            $"/v1/articles?section={section}&body={Forms}",
            $"/v1/sync?section={section}&types=article&body={Forms}",
        ];

        foreach (var url in urls)
        {
            var answer = await (await cms.Anonymous.AskAsync("GET", url)).TextAsync();
            Assert.Contains(id, answer, StringComparison.Ordinal);
            Assert.DoesNotContain(Hidden, answer, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("\"bodyTruncated\":true", answer, StringComparison.Ordinal);
            var whole = await (await cms.Reader.AskAsync("GET", url)).TextAsync();
            Assert.Contains(Hidden, whole, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\"bodyTruncated\":true", whole, StringComparison.Ordinal);
        }
        var found = await (
            await cms.Anonymous.AskAsync("GET", $"/v1/search?q={headline}&section={section}")
        ).TextAsync();
        Assert.Contains(id, found, StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, found, StringComparison.OrdinalIgnoreCase);
        var text = (string)(await cms.Anonymous.GetJsonAsync(urls[0]))["body"]!["text"]!;
        Assert.True(text.Length <= 600 + 200, $"{kind}: the teaser has {text.Length} characters.");
    }

    [Fact]
    public async Task Excerpts_from_before_the_teaser_was_bounded_are_made_anew_and_readers_hear_of_it()
    {
        var (article, section) = await WalledAsync("subscriber", $"First word and {Hidden}");
        var (written, _) = await WalledAsync("subscriber", $"First word and {Hidden}");
        await cms.Editor.ChangeAsync(
            $"/v1/editorial/articles/{written["id"]}",
            new JsonObject { ["excerpt"] = "By hand" }
        );
        await cms.Editor.ActAsync($"/v1/editorial/articles/{written["id"]}/publish");
        // As the migration finds it.
        await cms.ExecuteAsync(
            """
            update published_articles set excerpt = @Old where id = @Id;
            update settings set value = '' where name = 'made-excerpts'
            """,
            new { Id = Guid.Parse((string)article["id"]!), Old = $"First word and {Hidden}" }
        );
        var copy = new SyncClient(cms.Anonymous, $"/v1/sync?section={section}&types=article");
        await copy.CatchUpAsync();

        await MadeExcerpts.RenewAsync(
            cms.Services.GetRequiredService<NpgsqlDataSource>(),
            cms.Services.GetRequiredService<ChangeLog>(),
            TestContext.Current.CancellationToken
        );

        var change = Assert.Single(await copy.CatchUpAsync());
        Assert.Equal("First word…", (string?)change["data"]!["excerpt"]);
        Assert.Equal(
            "First word…",
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["excerpt"]
        );
        Assert.Equal(
            "By hand",
            (string?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{written["id"]}"))["excerpt"]
        );
    }

    [Fact]
    public async Task A_walled_body_without_anything_holds_nothing_back()
    {
        var (article, _) = await WalledAsync("subscriber", "---");

        Assert.False(
            (bool?)(await cms.Anonymous.GetJsonAsync($"/v1/articles/{article["id"]}"))["bodyTruncated"]
        );
    }

    [Theory]
    [InlineData("reader")]
    [InlineData("viewer")]
    [InlineData("contributor")]
    [InlineData("editor")]
    [InlineData("admin")]
    public async Task A_key_opens_the_wall_and_its_answer_stays_private(string role)
    {
        var (article, section) = await WalledAsync("subscriber", $"First\n\nSecond\n\n{Hidden}");

        foreach (
            var url in new[]
            {
                $"/v1/articles/{article["slug"]}?body={Forms}",
                $"/v1/articles?section={section}&body={Forms}",
            }
        )
        {
            var whole = await cms.As(role).AskAsync("GET", url);
            var teaser = await cms.Anonymous.AskAsync("GET", url);

            var body = await whole.ReadAsync(HttpStatusCode.OK);
            body = (body["data"]?[0] ?? body).AsObject();
            Assert.False((bool?)body["bodyTruncated"]);
            foreach (var form in Forms.Split(','))
                Assert.Contains(Hidden, body["body"]![form]!.ToJsonString(), StringComparison.Ordinal);
            Assert.Contains("private", whole.Field("Cache-Control"), StringComparison.Ordinal);
            Assert.DoesNotContain("public", whole.Field("Cache-Control"), StringComparison.Ordinal);
            Assert.Contains("Authorization", whole.Field("Vary"), StringComparison.Ordinal);
            Assert.NotEqual(whole.Field("ETag"), teaser.Field("ETag"));
            // Neither one's tag, nor the date that both share, makes the other's copy a fresh one.
            Assert.Equal(
                HttpStatusCode.OK,
                (await cms.Anonymous.AskAsync("GET", url, ("If-None-Match", whole.Field("ETag")!))).StatusCode
            );
            Assert.Equal(
                HttpStatusCode.OK,
                (await cms.As(role).AskAsync("GET", url, ("If-None-Match", teaser.Field("ETag")!))).StatusCode
            );
        }
    }

    [Fact]
    public async Task A_key_for_other_sections_gets_the_teaser_and_one_for_a_section_above_the_whole()
    {
        var above = await cms.SectionAsync();
        var section = await cms.SectionAsync(above);
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["access"] = "subscriber",
                ["body"] = new JsonObject { ["markdown"] = $"First\n\nSecond\n\n{Hidden}" },
            }
        );
        var url = $"/v1/articles/{article["id"]}?body={Forms}";
        var list = $"/v1/articles?section={above}&body={Forms}";
        var other = cms.Client((await cms.NewKeyAsync(Role.Reader, [await cms.SectionAsync()])).Token);
        var own = cms.Client((await cms.NewKeyAsync(Role.Reader, [above])).Token);

        foreach (var address in new[] { url, list })
        {
            var teaser = await other.AskAsync("GET", address);
            Assert.Equal(HttpStatusCode.OK, teaser.StatusCode);
            Assert.DoesNotContain(Hidden, await teaser.TextAsync(), StringComparison.Ordinal);
            Assert.Contains("private", teaser.Field("Cache-Control"), StringComparison.Ordinal);
            Assert.Contains(
                Hidden,
                await (await own.AskAsync("GET", address)).TextAsync(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task A_key_that_is_invalid_expired_or_revoked_is_refused_where_none_would_do()
    {
        var (article, _) = await WalledAsync("subscriber", $"First\n\nSecond\n\n{Hidden}");
        var revoked = await cms.NewKeyAsync(Role.Reader);
        await cms.ExecuteAsync("update api_keys set revoked_at = now() where id = @Id", new { revoked.Id });
        var expired = await cms.NewKeyAsync(Role.Reader);
        await cms.ExecuteAsync(
            """
            update api_keys set created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
            where id = @Id
            """,
            new { expired.Id }
        );
        var good = (await cms.NewKeyAsync(Role.Reader)).Token;
        string[] headers =
        [
            $"Bearer {revoked.Token}",
            $"Bearer {expired.Token}",
            $"Bearer {good}x",
            $"Bearer {good[..^1]}",
            $"Bearer {good[..^1]}{(good[^1] == 'a' ? 'b' : 'a')}",
            "Bearer cms_x",
            "Bearer ",
            "Bearer",
            $"Basic {good}",
            good,
            "",
            $"Bearer {new string('x', 5_000)}",
        ];
        string[] urls =
        [
            $"/v1/articles/{article["id"]}",
            "/v1/articles?limit=1",
            "/v1/sections",
            "/v1/authors",
            "/v1/tags",
        ];
        using var client = cms.Anonymous;

        foreach (var header in headers)
        foreach (var url in urls)
        {
            var response = await client.AskAsync("GET", url, ("Authorization", header));
            await response.ProblemAsync(HttpStatusCode.Unauthorized, "unauthenticated");
            Assert.StartsWith("Bearer ", response.Field("WWW-Authenticate"), StringComparison.Ordinal);
            Assert.Equal("no-store", response.Field("Cache-Control"));
        }
        Assert.Contains(
            Hidden,
            await (await client.AskAsync("GET", urls[0], ("Authorization", $"bearer {good}"))).TextAsync(),
            StringComparison.Ordinal
        );
    }

    private async Task<(JsonObject Article, string Section)> WalledAsync(string access, string markdown)
    {
        var section = await cms.SectionAsync();
        var article = await cms.PublishedAsync(
            new JsonObject
            {
                ["section"] = section,
                ["access"] = access,
                ["body"] = new JsonObject
                {
                    ["markdown"] = markdown.Replace("{0}", Hidden, StringComparison.Ordinal),
                },
            }
        );
        return (article, section);
    }
}
