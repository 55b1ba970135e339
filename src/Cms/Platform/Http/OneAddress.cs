using System.Buffers;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Cms.Platform.Http;

/// <summary>
/// Gives each resource one address. Routing also accepts other forms (<c>/V1/Articles</c>, <c>/v1/articles/</c>,
/// escaped letters, <c>/x/../v1/articles</c>), which caches would store separately and nobody would purge. So they
/// redirect (308, which keeps method and body).
/// </summary>
internal static class OneAddress
{
    /// <summary>A longer address appears only in the problem: see <see cref="CacheTags.MaxLength"/>.</summary>
    private const int MaxLocation = 1_000;

    // Our addresses contain these characters only. The endpoint answers 404 for all others.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"
    );

    /// <summary>Runs after routing, so that unknown paths stay 404.</summary>
    public static Task LeadThere(HttpContext context, RequestDelegate next)
    {
        if (
            context.GetEndpoint() is not RouteEndpoint endpoint
            || context.Request.Path.Value!.AsSpan().ContainsAnyExcept(Plain)
        )
            return next(context);
        var path = PathOf(endpoint, context.Request.RouteValues);
        if (PathIn(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget).SequenceEqual(path))
            return next(context);
        var location = context.Request.PathBase.Add(path).ToUriComponent() + context.Request.QueryString;
        if (location.Length > MaxLocation)
            return ErrorBoundary.WriteAsync(
                context,
                new(ProblemKinds.NotFound, $"Nothing is at this address. There is something at {path}.")
            );
        context.Response.Headers.CacheControl = Pipeline.IsOpen(context.Request.Path)
            ? "public, max-age=3600"
            : "no-store";
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private static string PathOf(RouteEndpoint endpoint, RouteValueDictionary values)
    {
        var path = string.Concat(
            endpoint.RoutePattern.PathSegments.Select(segment =>
                "/"
                + string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            RoutePatternLiteralPart literal => literal.Content,
                            RoutePatternParameterPart parameter => Written(
                                values[parameter.Name]?.ToString() ?? ""
                            ),
                            _ => throw new InvalidOperationException(
                                "An address is made of words and parameters."
                            ),
                        }
                    )
                )
            )
        );
        return path.Length == 0 ? "/" : path;
    }

    /// <summary>Ids are written in lower case. Slugs have no capitals, and are not found by them.</summary>
    private static string Written(string value) =>
        Guid.TryParseExact(value, "D", out var id) ? id.ToString() : value;

    /// <summary>
    /// The path in a request's target, as it was sent; of a target with a host (as proxies get it), what is behind
    /// that.
    /// </summary>
    private static ReadOnlySpan<char> PathIn(ReadOnlySpan<char> target)
    {
        if (target.IndexOf("://") is > 0 and var host && !target.StartsWith('/'))
        {
            target = target[(host + 3)..];
            target = target.IndexOf('/') is >= 0 and var slash ? target[slash..] : "/";
        }
        var end = target.IndexOfAny('?', '#');
        return end < 0 ? target : target[..end];
    }
}
