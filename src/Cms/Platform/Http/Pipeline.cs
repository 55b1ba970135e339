using Cms.Platform.Http.Problems;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Platform.Http;

/// <summary>The small middlewares that every request goes through.</summary>
internal static class Pipeline
{
    private const string RequestId = "X-Request-Id";
    private static readonly object Head = new();

    /// <summary>Echoes a sensible X-Request-Id or makes one, and forbids sniffing.</summary>
    public static Task NameRequest(HttpContext context, RequestDelegate next)
    {
        var given = context.Request.Headers[RequestId];
        if (given is [{ Length: > 0 and <= 128 } id] && id.All(c => c is > ' ' and <= '~'))
            context.TraceIdentifier = id;
        context.Response.Headers[RequestId] = context.TraceIdentifier;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return next(context);
    }

    /// <summary>What scripts of other origins may see of an answer's header.</summary>
    public static readonly string[] ExposedHeaders =
    [
        "ETag",
        "Link",
        "Location",
        "Last-Modified",
        "Cache-Tag",
        "Vary",
        "Preference-Applied",
        "Allow",
        "Accept-Encoding",
        "Accept-Patch",
        "Accept-Post",
        "Accept-Ranges",
        "Content-Encoding",
        "Content-Range",
        "RateLimit",
        "Referrer-Policy",
        "RateLimit-Policy",
        "Idempotency-Replayed",
        "Retry-After",
        "X-Request-Id",
        "X-Robots-Tag",
        "WWW-Authenticate",
    ];

    private static readonly StringValues Exposed = string.Join(',', ExposedHeaders);

    /// <summary>
    /// Delivery is open to every origin, and says so also to those who name none: what a shared cache keeps of an
    /// answer to them it gives to browsers too.
    /// </summary>
    public static Task OpenToAll(HttpContext context, RequestDelegate next)
    {
        if (IsOpen(context.Request.Path))
        {
            context.Response.Headers.AccessControlAllowOrigin = "*";
            context.Response.Headers.AccessControlExposeHeaders = Exposed;
        }
        return next(context);
    }

    /// <summary>
    /// Whether scripts of any origin may read the path: not the editorial API, nor what is for the platform.
    /// </summary>
    public static bool IsOpen(PathString path) =>
        !path.StartsWithSegments("/v1/editorial", StringComparison.OrdinalIgnoreCase) && !IsMetrics(path);

    /// <summary>Whether the path is the metrics, which scripts of no origin may read.</summary>
    public static bool IsMetrics(PathString path) =>
        path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether keys are read at the path. Elsewhere (health, metrics, documentation, image files) they are ignored: a
    /// bad key in a health probe must not make the server look down.
    /// </summary>
    public static bool TakesKeys(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// HEAD is GET without the body: routed as GET, while the server, which knows the method as it came, sends no body.
    /// </summary>
    public static Task AnswerHead(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            context.Items[Head] = true;
            context.Request.Method = HttpMethods.Get;
        }
        return next(context);
    }

    /// <summary>Whether the request came as HEAD: for answers that have no end of their own.</summary>
    public static bool IsHead(this HttpContext context) => context.Items.ContainsKey(Head);

    /// <summary>FastEndpoints lists all its routes at this address, for tests.</summary>
    public static Task HideTestAddress(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/_test_url_cache_", StringComparison.OrdinalIgnoreCase))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>
    /// 406 where the client rules out what the address has, before any work is done. (Problems are sent all the same:
    /// better than a bare status.)
    /// </summary>
    public static Task Negotiate(HttpContext context, RequestDelegate next)
    {
        var metadata = context.GetEndpoint()?.Metadata;
        var answer = metadata?.GetMetadata<AnswerMetadata>();
        if (answer is null || answer.Type == typeof(NoContent))
            return next(context);
        string[] types =
            metadata!.GetMetadata<ContentMetadata>()?.MediaTypes
            ?? ["application/json", .. metadata!.GetMetadata<AlternativeMetadata>()?.MediaTypes ?? []];
        if (types.Any(type => Accepts(context.Request.Headers.Accept, type)))
            return next(context);
        throw new Refused(
            ProblemKinds.NotAcceptable,
            $"This address answers {string.Join(" or ", types)}, which Accept rules out."
        );
    }

    /// <summary>
    /// 415 for a body of no stated type. FastEndpoints would refuse it too, with an answer that says nothing.
    /// </summary>
    public static Task RequireContentType(HttpContext context, RequestDelegate next)
    {
        if (
            context.Request.Headers.ContentType.Count > 0
            || context.GetEndpoint()?.Metadata.GetMetadata<BodyMetadata>() is not { } body
        )
            return next(context);
        throw new Refused(
            ProblemKinds.UnsupportedMediaType,
            $"Content-Type is missing: send {string.Join(" or ", body.MediaTypes)}."
        );
    }

    /// <summary>
    /// 415 for a compressed body: bodies are never decompressed, so that a small request cannot become a large one.
    /// </summary>
    public static Task RefuseCodings(HttpContext context, RequestDelegate next)
    {
        var codings = context.Request.Headers.ContentEncoding;
        if (
            codings.Count == 0
            || HttpMethods.IsGet(context.Request.Method)
            || codings.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase)
        )
            return next(context);
        context.Response.Headers.AcceptEncoding = "identity";
        throw new Refused(
            ProblemKinds.UnsupportedMediaType,
            $"Content-Encoding is {codings}: send the body uncompressed."
        );
    }

    /// <summary>
    /// Whether the client would rather have <paramref name="type"/> than JSON; if it likes both as much, it gets JSON.
    /// </summary>
    public static bool PrefersToJson(this HttpRequest request, string type) =>
        Quality(request.Headers.Accept, type) > Quality(request.Headers.Accept, "application/json");

    /// <summary>Whether the client takes a media type (RFC 9110, 12.5.1).</summary>
    public static bool Accepts(StringValues accept, string type) => Quality(accept, type) > 0;

    /// <summary>How much the client likes a media type, 0 to 1 (RFC 9110, 12.5.1).</summary>
    private static double Quality(StringValues accept, string type)
    {
        if (accept.Count == 0 || StringValues.IsNullOrEmpty(accept))
            return 1;
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges))
            return 1; // unreadable: RFC 9110 lets a server ignore the field
        // The most specific range decides: "application/json;q=0, */*" does not want JSON.
        var wanted = type.Split('/');
        var best = ranges
            .Where(r =>
                r.MatchesAllTypes
                || (
                    r.Type.Equals(wanted[0], StringComparison.OrdinalIgnoreCase)
                    && (
                        r.MatchesAllSubTypes
                        || r.SubType.Equals(wanted[1], StringComparison.OrdinalIgnoreCase)
                    )
                )
            )
            .OrderBy(r =>
                r.MatchesAllTypes ? 2
                : r.MatchesAllSubTypes ? 1
                : 0
            )
            .FirstOrDefault();
        return best is null ? 0 : best.Quality ?? 1;
    }
}
