using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Cms.Platform.OpenApi;

/// <summary>The headers of answers: each is a component, written when it is first referred to.</summary>
internal static class AnswerHeaders
{
    private sealed record Header(
        string Description,
        string Example,
        bool Always = true,
        bool IsNumber = false,
        string? Name = null
    );

    private static readonly Dictionary<string, Header> Known = new(StringComparer.Ordinal)
    {
        ["X-Request-Id"] = new(
            "Names the request in the server's log: yours, if you sent one, otherwise made here.",
            "0HNPQ7VJ2K4QD:00000003"
        ),
        ["ETag"] = new(
            "Strong entity tag. In delivery that of the content, to be sent back as `If-None-Match`; in "
                + "the editorial API the revision, to be sent back as `If-Match`.",
            "\"3\""
        ),
        ["ETag of the position"] = new(
            "Strong entity tag of the position that the page leads to; not with `application/x-ndjson`. "
                + "Send it as `If-None-Match` with the next request.",
            "\"9c5b6d0f\"",
            Always: false,
            Name: "ETag"
        ),
        ["Last-Modified"] = new(
            "When what the answer shows last changed, or later. To be sent back as `If-Modified-Since`.",
            "Thu, 01 Oct 2026 08:00:00 GMT"
        ),
        ["Cache-Control"] = new(
            "Who may keep the answer, and for how long.",
            "public, max-age=10, stale-while-revalidate=60, stale-if-error=86400"
        ),
        ["Cache-Tag"] = new(
            "What the answer depends on, separated by commas, so that a CDN can purge by tag: kinds "
                + "(`articles`), single things (`article:<id>`), and `all`, which every answer has. At most "
                + "1,000 characters: if single things would take more, their kind replaces them. A purge of a "
                + "single thing always names its kind too.",
            "articles,article:01981f5e-0000-7000-8000-000000000000,all"
        ),
        ["Vary"] = new("The request headers on which the answer depends.", "Accept-Encoding, Authorization"),
        ["Vary of text"] = new(
            "The request headers on which the answer depends. Present on text that is long enough to be compressed.",
            "Accept-Encoding",
            Always: false,
            Name: "Vary"
        ),
        ["Vary of formats"] = new(
            "`Accept`, where it decides about the format.",
            "Accept",
            Always: false,
            Name: "Vary"
        ),
        ["Link"] = new(
            "The next and the previous page (RFC 8288), if any: `rel=\"next\"`, `rel=\"prev\"`. At most "
                + "1,000 characters; a link that does not fit is left out, and `page` has the cursors.",
            "</v1/articles?limit=2&cursor=AbC>; rel=\"next\"",
            Always: false
        ),
        ["Location"] = new(
            "The address to go to.",
            "/v1/editorial/articles/01981f5e-0000-7000-8000-000000000000"
        ),
        ["X-Robots-Tag"] = new("`noindex`: search engines must not list it.", "noindex"),
        ["Referrer-Policy"] = new("`no-referrer`: links out of it do not tell its address.", "no-referrer"),
        ["Idempotency-Replayed"] = new(
            "`true`: this is the first answer to this `Idempotency-Key`, sent again. Nothing was done this time.",
            "true",
            Always: false
        ),
        ["Preference-Applied"] = new(
            "`merge` if the edit was merged with others that were saved since (RFC 7240).",
            "merge",
            Always: false
        ),
        ["Retry-After"] = new("Seconds to wait before the next attempt.", "5", IsNumber: true),
        ["Retry-After while in progress"] = new(
            "With `request-in-progress`: seconds to wait before the next attempt.",
            "1",
            Always: false,
            IsNumber: true,
            Name: "Retry-After"
        ),
        ["RateLimit"] = new(
            "The rest of the quota: `r` requests, and `t` seconds until it is renewed.",
            "\"key\";r=0;t=42",
            Always: false
        ),
        ["RateLimit-Policy"] = new(
            "The quota: `q` requests in `w` seconds for each `key`, or for each `address` without a key.",
            "\"key\";q=60000;w=60",
            Always: false
        ),
        ["Accept-Encoding"] = new(
            "`identity` if the request's `Content-Encoding` was refused: send the body uncompressed.",
            "identity",
            Always: false
        ),
        ["Accept-Patch"] = new(
            "With 415 to a PATCH: the media types that this address accepts.",
            "application/merge-patch+json, application/json",
            Always: false
        ),
        ["Accept-Post"] = new(
            "With 415 to a POST: the media types that this address accepts.",
            "application/json",
            Always: false
        ),
        ["WWW-Authenticate"] = new("How to authenticate (RFC 6750).", "Bearer realm=\"cms\""),
        ["Accept-Ranges"] = new("`bytes`: parts of the file can be asked for with `Range`.", "bytes"),
        ["Content-Range"] = new(
            "Which part of the file this is, and how long the whole is.",
            "bytes 0-99/1234"
        ),
    };

    public static IDictionary<string, IOpenApiHeader> Of(OpenApiDocument document, IEnumerable<string> names)
    {
        document.Components ??= new();
        document.Components.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
        var headers = new SortedDictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var component = name.Replace(" ", "-", StringComparison.Ordinal);
            document.Components.Headers.TryAdd(component, Write(Known[name]));
            headers.Add(Known[name].Name ?? name, new OpenApiHeaderReference(component, document));
        }
        return headers;
    }

    private static OpenApiHeader Write(Header header) =>
        new()
        {
            Description = header.Description,
            Required = header.Always,
            Schema = new OpenApiSchema
            {
                Type = header.IsNumber ? JsonSchemaType.Integer : JsonSchemaType.String,
            },
            Example = header.IsNumber
                ? JsonValue.Create(
                    int.Parse(header.Example, System.Globalization.CultureInfo.InvariantCulture)
                )
                : JsonValue.Create(header.Example),
        };
}
