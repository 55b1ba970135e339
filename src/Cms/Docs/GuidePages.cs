using System.Net;
using System.Security.Cryptography;
using System.Text;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;

namespace Cms.Docs;

/// <summary>The guides at <c>/docs</c>: pages without scripts, made once.</summary>
internal sealed class GuidePages(GuideTables tables, TimeProvider clock)
{
    public const string Address = "/docs";
    public const string Api = "/docs/api";

    /// <summary>The guides, in the order in which the navigation shows them.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "getting-started",
        "content",
        "front-ends",
        "previews",
        "search",
        "apps",
        "editing",
        "webhooks",
        "operations",
        "errors",
    ];

    private const string Style = "/docs/guides.css";

    // Nothing but the style sheet is loaded, and no script runs.
    private const string Confined =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'";

    private readonly DateTimeOffset _made = clock.GetUtcNow();
    private readonly Lazy<IReadOnlyList<Guide>> _guides = new(() =>
        [.. Names.Select(name => Guide.Read(name, tables.All))]
    );
    private readonly Lazy<byte[]> _style = new(() => Encoding.UTF8.GetBytes(Guide.Resource("guides.css")));

    public static void Map(WebApplication app)
    {
        var pages = app.Services.GetRequiredService<GuidePages>();
        app.MapGet("/", () => TypedResults.Redirect(Address));
        app.MapGet(Address, (HttpContext context) => pages.Answer(context, pages.Overview()));
        app.MapGet(Style, () => pages.Sheet());
        app.MapGet($"{Address}/{{name}}", (HttpContext context, string name) => pages.Find(context, name));
        // Where the API reference was. A browser keeps the fragment, so links to single operations still work.
        app.MapGet(
            $"{Address}/index.html",
            () => TypedResults.Redirect($"{Api}/index.html", permanent: true, preserveMethod: true)
        );
    }

    private IResult Find(HttpContext context, string name)
    {
        var guides = _guides.Value;
        for (var i = 0; i < guides.Count; i++)
            if (guides[i].Name == name)
                return Answer(context, Page(guides, i));
        context.Response.Headers.Append("Vary", "Accept");
        if (!context.Request.PrefersToJson("text/html"))
            throw Refused.NotFound("guide", name);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = Confined;
        return TypedResults.Content(Missing(), Html, Encoding.UTF8, StatusCodes.Status404NotFound);
    }

    private const string Html = "text/html; charset=utf-8";

    private Document Answer(HttpContext context, string html)
    {
        context.Response.Headers.ContentSecurityPolicy = Confined;
        return new Document(Encoding.UTF8.GetBytes(html), _made, "public, max-age=300") { MediaType = Html };
    }

    private Document Sheet() =>
        new(_style.Value, _made, "public, max-age=31536000, immutable")
        {
            MediaType = "text/css; charset=utf-8",
        };

    private string Page(IReadOnlyList<Guide> guides, int index)
    {
        var guide = guides[index];
        var contents = string.Concat(
            guide.Sections.Select(s => $"<li><a href=\"#{s.Anchor}\">{Encoded(s.Text)}</a></li>")
        );
        return Layout(
            guide.Title,
            guide.Lead,
            guide.Name,
            $"""
            <main id="content">
            {guide.Html}
            <p class="turn">{Turn(guides, index - 1, "prev", "← ", "")}{Turn(
                guides,
                index + 1,
                "next",
                "",
                " →"
            )}</p>
            </main>
            <aside aria-label="On this page"><p>On this page</p><ul>{contents}</ul></aside>
            """
        );
    }

    private static string Turn(
        IReadOnlyList<Guide> guides,
        int index,
        string rel,
        string before,
        string behind
    ) =>
        index < 0 || index >= guides.Count
            ? ""
            : $"<a rel=\"{rel}\" href=\"{Address}/{guides[index].Name}\">"
                + $"{before}{Encoded(guides[index].Title)}{behind}</a>";

    private string Overview()
    {
        var cards = string.Concat(
            _guides.Value.Select(g =>
                $"<li><a href=\"{Address}/{g.Name}\">{Encoded(g.Title)}</a><p>{Encoded(g.Lead)}</p></li>"
            )
        );
        return Layout(
            "Documentation",
            "Guides to Cms, a headless CMS for newsrooms.",
            "",
            $"""
            <main id="content">
            <h1>Documentation</h1>
            <p>Cms is a content server for newsrooms. Editors write through an API. Sites and apps read what is
            published as JSON. The requests in these guides are run by a test against the demo
            newsroom, so they work as they stand.</p>
            <ul class="cards">{cards}<li><a href="{Api}">API reference</a><p>Every operation, parameter and error.
            You can try each one from the page. As a file: <a href="/openapi/v1.json">openapi/v1.json</a>.</p></li></ul>
            </main>
            """
        );
    }

    private string Missing() =>
        Layout(
            "No such page",
            "There is no guide at this address.",
            "",
            $"""
            <main id="content"><h1>No such page</h1>
            <p>There is no guide at this address. Start from <a href="{Address}">all guides</a>.</p></main>
            """
        );

    private string Layout(string title, string description, string current, string main)
    {
        var links = string.Concat(
            _guides.Value.Select(g =>
                $"<li><a href=\"{Address}/{g.Name}\"{(g.Name == current ? " aria-current=\"page\"" : "")}>"
                + $"{Encoded(g.Title)}</a></li>"
            )
        );
        var version = Convert.ToHexStringLower(SHA256.HashData(_style.Value).AsSpan(0, 6));
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="description" content="{Encoded(description)}">
            <title>{Encoded(title)} · Cms</title>
            <link rel="icon" href="data:,">
            <link rel="stylesheet" href="{Style}?v={version}">
            </head>
            <body>
            <a class="skip" href="#content">Skip to the text</a>
            <header><a class="home" href="{Address}">Cms</a>
            <a class="to-guides" href="#guides">Guides</a><a href="{Api}">API reference</a></header>
            <div class="page">
            {main}
            <nav id="guides" aria-label="Guides"><p>Guides</p><ul>{links}</ul></nav>
            </div>
            </body>
            </html>
            """;
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}

/// <summary>
/// Tables of the guides that are made from the code (Markdown), by the name that a guide has in double braces.
/// </summary>
internal sealed record GuideTables(IReadOnlyDictionary<string, string> All);
