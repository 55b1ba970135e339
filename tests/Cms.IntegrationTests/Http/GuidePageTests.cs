using System.Net;
using System.Text.RegularExpressions;
using Cms.Docs;

namespace Cms.IntegrationTests.Http;

/// <summary>The guides as pages.</summary>
public sealed partial class GuidePageTests(CmsServer cms)
{
    public static TheoryData<string> Pages => [.. GuidePages.Names.Select(n => $"/docs/{n}").Append("/docs")];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_has_its_title_and_language_and_loads_nothing_from_elsewhere(string page)
    {
        var answer = await cms.Anonymous.AskAsync("GET", page);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Field("Content-Type"));
        Assert.StartsWith(
            "default-src 'none'; style-src 'self'",
            answer.Field("Content-Security-Policy"),
            StringComparison.Ordinal
        );
        var html = await answer.TextAsync();
        Assert.Contains("<html lang=\"en\">", html, StringComparison.Ordinal);
        var heading = Assert.Single(Heading().Matches(html)).Groups["text"].Value;
        Assert.Contains(
            $"<title>{heading.Replace("'", "&#39;", StringComparison.Ordinal)} · Cms</title>",
            html,
            StringComparison.Ordinal
        );
        Assert.Equal(page == "/docs" ? 0 : 1, html.Split("aria-current=\"page\"").Length - 1);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?:src|<link [^>]*href)=\"(?:https?:)?//", html);
        Assert.All(
            Section().Matches(html),
            section =>
                Assert.Contains(
                    $"<a class=\"anchor\" href=\"#{section.Groups["id"].Value}\">",
                    html,
                    StringComparison.Ordinal
                )
        );
        var style = StyleSheet().Match(html).Groups["url"].Value;
        var sheet = await cms.Anonymous.AskAsync("GET", style);
        Assert.Equal("text/css; charset=utf-8", sheet.Field("Content-Type"));
        Assert.Contains("immutable", sheet.Field("Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_kept_by_caches_and_asked_for_again_without_its_body()
    {
        var page = await cms.Anonymous.AskAsync("GET", "/docs/getting-started");
        Assert.Equal("public, max-age=300", page.Field("Cache-Control"));
        var tag = page.Field("ETag")!;

        var again = await cms.Anonymous.AskAsync("GET", "/docs/getting-started", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Empty(await again.BytesAsync());

        var head = await cms.Anonymous.AskAsync("HEAD", "/docs/getting-started");
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(tag, head.Field("ETag"));
        Assert.Empty(await head.BytesAsync());
        var other = await cms.Anonymous.AskAsync("GET", "/docs");
        Assert.NotEqual(tag, other.Field("ETag"));
    }

    [Fact]
    public async Task An_unknown_page_is_404_as_a_page_for_people_and_as_a_problem_for_programs()
    {
        // Not a client that holds answers against the contract: there, all errors are problems.
        using var browser = new HttpClient { BaseAddress = cms.Address };
        var page = await browser.AskAsync("GET", "/docs/nothing", ("Accept", "text/html,*/*;q=0.8"));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal("text/html; charset=utf-8", page.Field("Content-Type"));
        Assert.Equal("no-store", page.Field("Cache-Control"));
        Assert.Contains("<h1>No such page</h1>", await page.TextAsync(), StringComparison.Ordinal);

        await (await cms.Anonymous.AskAsync("GET", "/docs/nothing")).ProblemAsync(
            HttpStatusCode.NotFound,
            "not-found"
        );
    }

    [Fact]
    public async Task Addresses_of_the_pages_that_moved_lead_to_where_they_are()
    {
        foreach (
            var (from, to) in new[]
            {
                ("/", "/docs"),
                ("/docs/index.html", "/docs/api/index.html"),
                ("/docs/", "/docs"),
                ("/docs/errors/", "/docs/errors"),
            }
        )
            Assert.Equal(to, (await cms.Anonymous.AskAsync("GET", from)).Field("Location"));
    }

    [Fact]
    public async Task A_request_is_shown_for_a_shell_too()
    {
        var html = await (await cms.Anonymous.AskAsync("GET", "/docs/getting-started")).TextAsync();
        Assert.Contains(
            "<details><summary>As a curl command</summary><pre tabindex=\"0\"><code>"
                + "curl &#39;http://127.0.0.1:8080/v1/tags?limit=2&#39;</code>",
            html,
            StringComparison.Ordinal
        );
    }

    [GeneratedRegex("<h1[^>]*>(?<text>.*?)</h1>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex("<h2 id=\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Section();

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"(?<url>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StyleSheet();
}
