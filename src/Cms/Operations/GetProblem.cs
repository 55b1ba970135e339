using System.Net;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Operations;

/// <summary>Explains a kind of problem</summary>
/// <remarks>A page for people: what `type` in problem details points to.</remarks>
internal sealed class GetProblem : Slice<GetProblemRequest>
{
    protected override Admitted Admitted => Admitted.Always;

    public override void Configure()
    {
        Get("/problems/{code}");
        AllowAnonymous();
        Answers<HtmlPage>(200, ProblemKinds.NotFound);
        Options(b => b.WithMetadata(new ContentMetadata("text/html") { Headers = ["Vary of text"] }));
    }

    public override Task<IResult> ExecuteAsync(GetProblemRequest request, CancellationToken ct)
    {
        if (!ProblemKinds.All.TryGetValue(request.Code, out var kind))
            throw Refused.NotFound("problem", request.Code);
        HttpContext.Response.Headers.CacheControl = "public, max-age=3600";
        HttpContext.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        return Task.FromResult<IResult>(TypedResults.Content(Page(kind), "text/html; charset=utf-8"));
    }

    private static string Page(ProblemKind kind) =>
        $$"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>{{WebUtility.HtmlEncode(kind.Title)}} ({{kind.Code}})</title>
            <style>
            body{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}
            code{background:#eee;padding:.1em .3em}
            </style>
            </head>
            <body>
            <h1>{{WebUtility.HtmlEncode(kind.Title)}}</h1>
            <p><code>{{kind.Status}}</code> <code>{{kind.Code}}</code></p>
            <p>{{Explanation(kind)}}</p>
            </body>
            </html>
            """;

    /// <summary>The explanation, what stands between back-ticks as code.</summary>
    private static string Explanation(ProblemKind kind) =>
        string.Concat(
            WebUtility
                .HtmlEncode(kind.Explanation)
                .Split('`')
                .Select((part, i) => i % 2 == 1 ? $"<code>{part}</code>" : part)
        );
}

internal sealed record GetProblemRequest
{
    /// <summary>The problem's `code`.</summary>
    [RouteParam]
    public string Code { get; init; } = "";
}

/// <summary>A page of HTML.</summary>
internal sealed record HtmlPage;
