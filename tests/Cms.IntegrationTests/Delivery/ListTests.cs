using System.Net;
using System.Text.Json.Nodes;
using Cms.IntegrationTests.Http;

namespace Cms.IntegrationTests.Delivery;

/// <summary>Lists: their cursors, and what they refuse.</summary>
public sealed class ListTests(CmsServer cms)
{
    [Fact]
    public async Task Links_say_the_same_as_the_page_and_lead_to_it()
    {
        var section = await SectionWithAsync(5);
        var url = $"/v1/articles?section={section}&limit=2&sort=headline&fields=id,section.name";

        var first = await cms.Anonymous.AskAsync("GET", url);
        var firstPage = await first.ReadAsync(HttpStatusCode.OK);
        Assert.Equal(["next"], first.Links().Keys);
        var second = await cms.Anonymous.AskAsync("GET", first.Links()["next"]);
        var secondPage = await second.ReadAsync(HttpStatusCode.OK);
        var third = await cms.Anonymous.AskAsync("GET", second.Links()["next"]);
        var thirdPage = await third.ReadAsync(HttpStatusCode.OK);

        Assert.Equal(["next", "prev"], second.Links().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["prev"], third.Links().Keys);
        Assert.Contains(
            Uri.EscapeDataString((string)secondPage["page"]!["next"]!),
            second.Links()["next"],
            StringComparison.Ordinal
        );
        Assert.Contains(
            Uri.EscapeDataString((string)secondPage["page"]!["previous"]!),
            second.Links()["prev"],
            StringComparison.Ordinal
        );
        Assert.Equal(
            5,
            firstPage
                .Ids()
                .Concat(secondPage.Ids())
                .Concat(thirdPage.Ids())
                .Distinct(StringComparer.Ordinal)
                .Count()
        );
        var back = await cms.Anonymous.GetJsonAsync(second.Links()["prev"]);
        Assert.Equal(firstPage.Ids(), back.Ids());
        // What else was asked for goes with the link.
        Assert.Equal(["id", "section"], back["data"]![0]!.AsObject().Select(p => p.Key));
        Assert.Null((string?)back["page"]!["previous"]);
    }

    [Fact]
    public async Task Only_who_asks_for_a_total_gets_one()
    {
        var section = await SectionWithAsync(3);

        var counted = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}&limit=2&count=exact");
        var plain = await cms.Anonymous.GetJsonAsync($"/v1/articles?section={section}&limit=2");

        Assert.Equal(3, (int?)counted["page"]!["total"]);
        Assert.False(plain["page"]!.AsObject().ContainsKey("total"));
    }

    [Theory]
    [InlineData("-publishedAt")]
    [InlineData("publishedAt")]
    [InlineData("headline")]
    public async Task A_list_that_changes_while_it_is_read_neither_skips_nor_repeats_what_was_there(
        string sort
    )
    {
        var section = await SectionWithAsync(12);
        var url = $"/v1/articles?section={section}&limit=3&sort={sort}";
        var there = (await cms.Anonymous.PagesAsync(url)).SelectMany(p => p.Ids()).ToList();
        using var reader = cms.Anonymous;

        var read = new List<string>();
        var page = await reader.GetJsonAsync(url);
        for (var turn = 0; ; turn++)
        {
            read.AddRange(page.Ids());
            if ((string?)page["page"]!["next"] is not { } next)
                break;
            // One appears at either end and one that was read goes; the very edge of the page goes, too.
            await ArticleAsync(section, turn % 2 == 0 ? "0 first" : "zz last", turn % 2 == 0 ? 1 : 28);
            if (turn < 2)
                await WithdrawAsync(page.Ids()[^1]);
            page = await reader.GetJsonAsync(Wire.With(url, "cursor", next));
        }

        Assert.Equal(read.Count, read.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(there, read.Where(there.Contains));
    }

    [Fact]
    public async Task A_cursor_outlives_all_that_it_was_made_from()
    {
        var section = await SectionWithAsync(4);
        var url = $"/v1/articles?section={section}&limit=2";
        var first = await cms.Anonymous.GetJsonAsync(url);
        foreach (var id in first.Ids())
            await WithdrawAsync(id);

        var second = await cms.Anonymous.GetJsonAsync(
            Wire.With(url, "cursor", (string)first["page"]!["next"]!)
        );

        Assert.Equal(2, second.Ids().Length);
        var back = await cms.Anonymous.GetJsonAsync(
            Wire.With(url, "cursor", (string)second["page"]!["previous"]!)
        );
        Assert.Empty(back.Ids());
    }

    [Fact]
    public async Task A_cursor_fits_its_own_list_only()
    {
        var section = await SectionWithAsync(3);
        var other = await SectionWithAsync(3);
        var url = $"/v1/articles?section={section}&limit=1";
        var cursor = (string)(await cms.Anonymous.GetJsonAsync(url))["page"]!["next"]!;
        await cms.SectionAsync();
        var sections = (string)(await cms.Anonymous.GetJsonAsync("/v1/sections?limit=1"))["page"]!["next"]!;
        var all = (string)(await cms.Anonymous.GetJsonAsync("/v1/articles?limit=1"))["page"]!["next"]!;

        // Neither the size of the page nor what it shows changes what is in the list.
        await cms.Anonymous.GetJsonAsync(
            $"/v1/articles?section={section}&limit=2&fields=id&body=text&count=exact&cursor={cursor}"
        );
        foreach (
            var foreign in new[]
            {
                $"/v1/articles?section={other}&cursor={cursor}",
                $"/v1/articles?section={section},{other}&cursor={cursor}",
                $"/v1/articles?section={section}&sort=publishedAt&cursor={cursor}",
                $"/v1/articles?section={section}&sort=headline&cursor={cursor}",
                $"/v1/articles?section={section}&access=public&cursor={cursor}",
                $"/v1/articles?section={section}&tag={section}&cursor={cursor}",
                $"/v1/articles?tag={section}&cursor={cursor}",
                $"/v1/articles?author={section}&cursor={cursor}",
                $"/v1/articles?section={section}&publishedAfter=1999-01-01T00:00:00Z&cursor={cursor}",
                $"/v1/articles?section={section}&publishedBefore=2999-01-01T00:00:00Z&cursor={cursor}",
                $"/v1/articles?cursor={cursor}",
                $"/v1/sections?cursor={cursor}",
                $"/v1/authors?cursor={sections}",
                $"/v1/tags?cursor={sections}",
                $"/v1/articles?cursor={sections}",
                // Filters that read like none, or like two.
                $"/v1/articles?section=-&cursor={all}",
                $"/v1/articles?tag=-&cursor={all}",
                $"/v1/articles?section={section}%7C-%7C-%7C-&cursor={cursor}",
            }
        )
            await RefusedAsync(foreign, "invalid-cursor");
    }

    [Fact]
    public async Task A_cursor_that_was_tampered_with_is_refused()
    {
        var section = await SectionWithAsync(3);
        var url = $"/v1/articles?section={section}&limit=1";
        var cursor = (string)(await cms.Anonymous.GetJsonAsync(url))["page"]!["next"]!;
        using var reader = cms.Anonymous;

        // Its last character may hold bits that mean nothing; all others count.
        for (var i = 0; i < cursor.Length - 1; i++)
        {
            var forged = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            await (await reader.AskAsync("GET", $"{url}&cursor={forged}")).ProblemAsync(
                HttpStatusCode.BadRequest,
                "invalid-cursor"
            );
        }
        foreach (
            var made in new[]
            {
                "x",
                "%25",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "!!!!",
                "%20",
                "null",
                "../..",
                "0",
                "-1",
                "%F0%9F%98%80",
                cursor + cursor,
                cursor[1..],
                cursor[..^4],
                new string('A', 2_000),
            }
        )
            await RefusedAsync($"{url}&cursor={made}", "invalid-cursor");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=abc", "limit")]
    [InlineData("limit=", "limit")]
    [InlineData("limit", "limit")]
    [InlineData("limit=1.5", "limit")]
    [InlineData("limit=99999999999999999999", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("limit=1&LIMIT=2", "LIMIT")]
    [InlineData("Limit=1", "Limit")]
    [InlineData("page=2", "page")]
    [InlineData("=1", "")]
    [InlineData("sort=published", "sort")]
    [InlineData("sort=-headline", "sort")]
    [InlineData("sort=0", "sort")]
    [InlineData("sort=", "sort")]
    [InlineData("sort=headline,publishedAt", "sort")]
    [InlineData("section=", "section")]
    [InlineData("section=a,,b", "section")]
    [InlineData("section=a,", "section")]
    [InlineData("tag=a%00b", "tag")]
    [InlineData("author=%00", "author")]
    [InlineData("access=everyone", "access")]
    [InlineData("access=public,", "access")]
    [InlineData("access=PUBLIC", "access")]
    [InlineData("access=0", "access")]
    [InlineData("publishedAfter=yesterday", "publishedAfter")]
    [InlineData("publishedAfter=", "publishedAfter")]
    [InlineData("publishedAfter=2026-01-01", "publishedAfter")]
    [InlineData("publishedAfter=2026-13-01T00:00:00Z", "publishedAfter")]
    [InlineData("publishedBefore=2026-01-01T00:00:00", "publishedBefore")]
    [InlineData("publishedBefore=2026-01-01T00:00:00+01:00", "publishedBefore")]
    [InlineData("count=all", "count")]
    [InlineData("body=pdf", "body")]
    [InlineData("body=none,html", "body")]
    [InlineData("fields=password", "fields")]
    [InlineData("fields=section.parent", "fields")]
    [InlineData("fields=headline.x", "fields")]
    [InlineData("fields=data", "fields")]
    [InlineData("fields=", "fields")]
    [InlineData("fields=headline,", "fields")]
    [InlineData("fields=Headline", "fields")]
    [InlineData("fields=body.html.x", "fields")]
    public async Task A_parameter_that_cannot_be_is_refused_by_its_name(string query, string parameter)
    {
        var problem = await RefusedAsync($"/v1/articles?{query}", "invalid-parameter");

        Assert.Contains(problem["errors"]!.AsArray(), e => (string?)e!["parameter"] == parameter);
        Assert.All(
            problem["errors"]!.AsArray(),
            e =>
            {
                Assert.False(string.IsNullOrEmpty((string?)e!["code"]));
                Assert.False(string.IsNullOrEmpty((string?)e["detail"]));
            }
        );
    }

    [Fact]
    public async Task All_faulty_parameters_are_named_at_once()
    {
        var problem = await RefusedAsync(
            "/v1/articles?limit=0&sort=x&colour=red&access=x&publishedAfter=x",
            "invalid-parameter"
        );

        Assert.Equal(
            ["access", "colour", "limit", "publishedAfter", "sort"],
            problem["errors"]!.AsArray().Select(e => (string)e!["parameter"]!).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("/v1/sections")]
    [InlineData("/v1/authors")]
    [InlineData("/v1/tags")]
    public async Task Every_list_is_as_strict(string list)
    {
        await RefusedAsync($"{list}?limit=0", "invalid-parameter");
        await RefusedAsync($"{list}?limit=101", "invalid-parameter");
        await RefusedAsync($"{list}?sort=name", "invalid-parameter");
        await RefusedAsync($"{list}?fields=email", "invalid-parameter");
        await RefusedAsync($"{list}?fields=revision", "invalid-parameter");
        await RefusedAsync($"{list}?cursor=", "invalid-cursor");
        await RefusedAsync($"{list}?cursor=abc", "invalid-cursor");
        await RefusedAsync($"{list}?limit=1&limit=1", "invalid-parameter");
    }

    [Theory]
    [InlineData("section")]
    [InlineData("author")]
    [InlineData("tag")]
    public async Task A_filter_that_nothing_meets_gives_an_empty_list_or_is_refused(string filter)
    {
        foreach (
            var value in new[]
            {
                "nothing-has-this",
                "%F0%9F%98%80",
                "'%3B%20drop%20table%20articles%3B--",
                "%25",
                "NULL",
                "00000000-0000-0000-0000-000000000000",
                new string('x', 3_000),
            }
        )
        {
            if (filter != "tag")
            {
                var problem = await cms.Anonymous.GetJsonAsync(
                    $"/v1/articles?{filter}={value}&count=exact",
                    HttpStatusCode.BadRequest
                );
                Assert.Equal($"unknown-{filter}", (string?)problem["errors"]![0]!["code"]);
                continue;
            }
            var page = await cms.Anonymous.GetJsonAsync($"/v1/articles?{filter}={value}&count=exact");
            Assert.Empty(page["data"]!.AsArray());
            Assert.Equal(0, (int?)page["page"]!["total"]);
            Assert.Equal(
                """{"limit":20,"next":null,"previous":null,"total":0,"totalIsExact":true}""",
                page["page"]!.ToJsonString()
            );
        }
    }

    [Fact]
    public async Task A_query_of_100_KB_is_refused_and_harms_nobody()
    {
        var response = await cms.Anonymous.AskAsync("GET", "/v1/articles?tag=" + new string('x', 100_000));

        Assert.InRange((int)response.StatusCode, 400, 499);
        await cms.Anonymous.GetJsonAsync("/v1/articles?limit=1");
    }

    [Fact]
    public async Task Fifty_values_in_a_filter_are_taken_and_no_more()
    {
        await cms.Anonymous.GetJsonAsync(
            "/v1/articles?tag=" + string.Join(',', Enumerable.Range(0, 50).Select(i => $"t{i}"))
        );
        await RefusedAsync(
            "/v1/articles?tag=" + string.Join(',', Enumerable.Range(0, 51).Select(i => $"t{i}")),
            "invalid-parameter"
        );
    }

    [Fact]
    public async Task A_value_given_twice_in_a_filter_counts_once()
    {
        var section = await SectionWithAsync(2);

        var page = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles?section={section},{section}&access=public,public&count=exact"
        );

        Assert.Equal(2, page.Ids().Length);
        Assert.Equal(2, (int?)page["page"]!["total"]);
    }

    [Fact]
    public async Task Dates_bound_a_list_and_are_themselves_outside_whatever_their_offset()
    {
        var section = await SectionWithAsync(0);
        await ArticleAsync(section, "one", 10);
        await ArticleAsync(section, "two", 11);
        await ArticleAsync(section, "three", 12);

        var page = await cms.Anonymous.GetJsonAsync(
            $"/v1/articles?section={section}&publishedAfter=2001-02-10T09:00:00%2B01:00&publishedBefore="
                + "2001-02-12t08:00:00z"
        );

        Assert.Equal(["two"], page["data"]!.AsArray().Select(a => (string)a!["headline"]!));
    }

    [Fact]
    public async Task Every_list_can_be_read_forwards_and_backwards()
    {
        for (var i = 0; i < 4; i++)
        {
            var author = await cms.AuthorAsync();
            await cms.PublishedAsync(
                new JsonObject
                {
                    ["tags"] = new JsonArray(Names.Unique("tag")),
                    ["authors"] = new JsonArray(author),
                }
            );
        }
        using var reader = cms.Anonymous;
        foreach (var list in new[] { "/v1/sections", "/v1/authors", "/v1/tags" })
        {
            var first = await reader.GetJsonAsync($"{list}?limit=2");
            var second = await reader.GetJsonAsync($"{list}?limit=2&cursor={first["page"]!["next"]}");
            var back = await reader.GetJsonAsync($"{list}?limit=2&cursor={second["page"]!["previous"]}");
            Assert.Equal(4, first.Ids().Concat(second.Ids()).Distinct(StringComparer.Ordinal).Count());
            // Others write beside us, perhaps between these two; what was there stays in order.
            Assert.NotEmpty(back.Ids());
            Assert.DoesNotContain(back.Ids(), second.Ids().Contains);
        }
    }

    private async Task<string> SectionWithAsync(int articles)
    {
        var section = await cms.SectionAsync();
        for (var i = 0; i < articles; i++)
            await ArticleAsync(section, $"headline {i:00}", 2 + i);
        return section;
    }

    private async Task ArticleAsync(string section, string headline, int day) =>
        await cms.PublishedAsync(
            new JsonObject
            {
                ["headline"] = headline,
                ["slug"] = Names.Unique("listed"),
                ["section"] = section,
                ["publishedAt"] = $"2001-02-{day:00}T08:00:00Z",
            }
        );

    private async Task WithdrawAsync(string id) =>
        await cms.Editor.PostAsync($"/v1/editorial/articles/{id}/unpublish", expected: HttpStatusCode.OK);

    private async Task<JsonObject> RefusedAsync(string url, string code) =>
        await (await cms.Anonymous.AskAsync("GET", url)).ProblemAsync(HttpStatusCode.BadRequest, code);
}
