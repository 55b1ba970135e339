using System.Globalization;
using System.Net;
using System.Text;
using Cms.Publishing.Bodies.Comparing;

namespace Cms.Editorial.Revisions;

/// <summary>
/// A comparison as a page of its own: no scripts and nothing from elsewhere but pictures of this newsroom, for light
/// and dark.
/// </summary>
internal sealed record ComparisonPage(string Headline, RevisionComparison Comparison, BodyComparison Bodies)
    : IResult
{
    public const string MediaType = "text/html";

    private const string Confined =
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'self'";

    public Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = Confined;
        response.ContentType = "text/html; charset=utf-8";
        return response.Body.WriteAsync(Encoding.UTF8.GetBytes(Html()), context.RequestAborted).AsTask();
    }

    private string Html()
    {
        var members = string.Concat(
            Comparison.Members.Select(m =>
                $"<dt>{Escaped(m.Member)}</dt>"
                + $"<dd>{(m.Pieces is { } pieces ? ComparisonHtml.Of(pieces) : Values(m))}</dd>"
            )
        );
        var blocks = string.Concat(
            Bodies.Blocks.Select(b =>
                $"<div dir=\"auto\"{ClassOf(b)}>{NoteOf(b)}{ComparisonHtml.Of(b)}</div>\n"
            )
        );
        var title = string.Create(
            CultureInfo.InvariantCulture,
            $"Revisions {Comparison.From} and {Comparison.To}: {Headline}"
        );
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Escaped(title)}</title>
            <style>{Style}</style>
            </head>
            <body>
            <header><h1>{Escaped(Headline)}</h1>
            <p>Revision {Comparison.From} compared with revision {Comparison.To}:
            {Comparison.Words.Added} words added, {Comparison.Words.Removed} removed.</p></header>
            <main>
            {(members.Length > 0 ? $"<dl class=\"members\">{members}</dl>" : "")}
            {blocks}</main>
            </body>
            </html>
            """;
    }

    private static string ClassOf(ComparedBlock block) => block.IsUntouched ? "" : " class=\"changed\"";

    private static string NoteOf(ComparedBlock block) =>
        block.Moved
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"<p class=\"note\">Moved from place {block.From + 1}</p>"
            )
            : "";

    private static string Values(MemberChange member) =>
        $"<del>{Escaped(member.Before.GetRawText())}</del> <ins>{Escaped(member.After.GetRawText())}</ins>";

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root { color-scheme: light dark; --added: #d6f5dd; --removed: #fbdcdc; --edge: #8a8a8a }
        @media (prefers-color-scheme: dark) { :root { --added: #17472a; --removed: #5c2020 } }
        body { font: 1.05rem/1.55 Georgia, serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
        ins { background: var(--added); text-decoration: underline; text-decoration-thickness: 1px }
        del { background: var(--removed) }
        .changed { border-inline-start: 3px solid var(--edge); padding-inline-start: .8rem; margin-inline-start: -1rem }
        .note, dt, header p { font: .85rem/1.4 system-ui, sans-serif; color: GrayText }
        dd { margin: 0 0 .8rem; overflow-wrap: anywhere }
        img { max-width: 100%; height: auto }
        table { border-collapse: collapse } td, th { border: 1px solid var(--edge); padding: .2rem .5rem }
        pre { overflow-x: auto; white-space: pre-wrap }
        """;
}
