using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Delivery.Caching;

/// <summary>
/// Answers delivery's requests from memory, before routing, binding and queries. What depends on who asks, or on more
/// than the address, goes by. On a miss the rest of the pipeline makes the document, once for all who ask for it
/// meanwhile, and everybody is sent it in the coding that they take.
/// </summary>
internal sealed class CacheMiddleware(
    RequestDelegate next,
    ResponseCache cache,
    EndpointDataSource endpoints,
    TimeProvider clock
)
{
    // Endpoints are mapped after the pipeline is put together.
    private readonly Lazy<KeptAddresses> _kept = new(() => KeptAddresses.Of(endpoints));

    /// <summary>Longer headers take their time.</summary>
    private const int LongestHeader = 256;

    private static readonly TimeSpan Young = TimeSpan.FromSeconds(2);
    private static readonly StringValues[] CodingNames = [default, "br", "gzip"];

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var thread = context.Features.Get<IRequestThread>();
        var answer = AreShort(request.Headers) ? Find(context) : null;
        if (answer is not null && answer.Has(CodingOf(request.Headers.AcceptEncoding)))
        {
            // Under TLS and HTTP/2 there is more to do than to read and to answer.
            if (thread is not null && HttpProtocol.IsHttp11(request.Protocol) && !request.IsHttps)
                thread.UseIo();
            return SendAsync(context, answer);
        }
        return thread is { IsIo: true } ? LeaveIoAsync(context, thread, answer) : GoOnAsync(context, answer);
    }

    private async Task LeaveIoAsync(HttpContext context, IRequestThread thread, CachedAnswer? answer)
    {
        await thread.LeaveIoAsync();
        await GoOnAsync(context, answer);
    }

    private Task GoOnAsync(HttpContext context, CachedAnswer? answer)
    {
        if ((answer ?? Find(context)) is { } found)
            return SendAsync(context, found);
        var spelling = TargetOf(context);
        return
            cache.IsOpen
            && MayBeKept(context.Request)
            && IsPlain(spelling, context.Request.Path.Value!)
            && _kept.Value.Normalise(context.Request) is { } address
            ? FindOrMakeAsync(context, address, spelling)
            : next(context);
    }

    private CachedAnswer? Find(HttpContext context) =>
        MayBeKept(context.Request)
        && cache.Find(TargetOf(context)) is { } answer
        && KeptAddresses.Takes(context.Request.Headers.Accept, answer.MediaType)
            ? answer
            : null;

    private static bool MayBeKept(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Authorization.Count == 0;

    /// <summary>Whether no long list has to be read to answer.</summary>
    private static bool AreShort(IHeaderDictionary headers) =>
        IsShort(headers.Accept) && IsShort(headers.AcceptEncoding) && IsShort(headers.IfNoneMatch);

    private static bool IsShort(StringValues header) =>
        header.Count == 0 || header is [{ Length: <= LongestHeader }];

    private static string TargetOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    /// <summary>
    /// Whether the path was sent in its one form, without escapes or dots. Others are redirected
    /// (<see cref="OneAddress"/>).
    /// </summary>
    private static bool IsPlain(string target, string path) =>
        target.StartsWith(path, StringComparison.Ordinal)
        && (target.Length == path.Length || target[path.Length] == '?');

    private async Task FindOrMakeAsync(HttpContext context, string address, string spelling)
    {
        if (cache.Find(address) is not { } answer)
        {
            var outcome = await cache.GetAsync(address, asOf => MakeAsync(context, address, asOf));
            if (outcome.Answer is not { } made)
            {
                // A refusal is the asker's own; a failure of the server is everybody's who waited.
                if (outcome.Refusal is { } refusal && (outcome.IsOwn || refusal.Kind.Status >= 500))
                    await ErrorBoundary.WriteAsync(context, refusal);
                else if (!outcome.IsOwn)
                    await next(context);
                return; // or the pipeline has answered: a redirect
            }
            answer = made;
        }
        cache.Spell(answer, spelling);
        await SendAsync(context, answer);
    }

    /// <summary>
    /// Runs the rest of the pipeline for the document. It may be for others too: the client's going does not end it.
    /// </summary>
    private async Task<Outcome> MakeAsync(HttpContext context, string address, long asOf)
    {
        var wish = new DocumentWish();
        context.Features.Set(wish);
        var (query, aborted) = (context.Request.QueryString, context.RequestAborted);
        // Links to other pages are made from the query: from its normal form, since others will be sent them.
        var mark = address.IndexOf('?', StringComparison.Ordinal);
        context.Request.QueryString = mark < 0 ? default : new QueryString(address[mark..]);
        context.RequestAborted = CancellationToken.None;
        try
        {
            await next(context);
        }
        finally
        {
            (context.Request.QueryString, context.RequestAborted) = (query, aborted);
            context.Features.Set<DocumentWish>(null);
        }
        return wish.Document is { } document && context.Response.StatusCode == StatusCodes.Status200OK
            ? new(new CachedAnswer(address, document, asOf) { Endpoint = context.GetEndpoint() }, null)
            : new(null, wish.Refusal);
    }

    private Task SendAsync(HttpContext context, CachedAnswer answer)
    {
        var (request, response) = (context.Request, context.Response);
        // Routing may not have been asked; metrics take the route from here.
        context.SetEndpoint(answer.Endpoint);
        var coding = CodingOf(request.Headers.AcceptEncoding);
        var now = clock.GetUtcNow();
        response.Headers.ETag = answer.TagTexts[coding];
        response.Headers.LastModified =
            now - answer.ChangedAt < Young
                ? HeaderUtilities.FormatDate(Conditional.LastModified(answer.ChangedAt, now))
                : answer.SettledLastModified;
        response.Headers.CacheControl = answer.CacheControl;
        response.Headers.Vary = answer.Vary;

        if (Conditional.IsConditional(request.Headers))
            try
            {
                if (!Conditional.IsWanted(context, answer.Tags[coding], answer.ChangedAt, now))
                    return Task.CompletedTask;
            }
            catch (Refused refused)
            {
                return ErrorBoundary.WriteAsync(context, refused);
            }
        // Not of a 304 (RFC 9110, 15.4.5): the client has them with what it keeps. Of a list the tags would be 4 KB.
        if (answer.CacheTag.Count > 0)
            response.Headers["Cache-Tag"] = answer.CacheTag;
        if (answer.Link.Count > 0)
            response.Headers.Link = answer.Link;
        var bytes = answer.BytesIn(coding, grown => cache.Grow(answer, grown));
        response.Headers.ContentType = answer.ContentType;
        response.ContentLength = bytes.Length;
        if (coding > 0)
            response.Headers.ContentEncoding = CodingNames[coding];
        // To HEAD the server, which knows the method as it came, sends none of them.
        return WriteAsync(response, bytes);
    }

    private static Task WriteAsync(HttpResponse response, byte[] bytes)
    {
        var written = response.BodyWriter.WriteAsync(bytes);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }

    /// <summary>The coding to send: the one that the compression middleware would choose.</summary>
    private static int CodingOf(StringValues accepted)
    {
        if (accepted.Count == 0)
            return 0;
        if (accepted is [{ } common] && common is "gzip, deflate, br" or "gzip, deflate, br, zstd" or "br")
            return 1;
        if (!StringWithQualityHeaderValue.TryParseList(accepted, out var codings))
            return 0;
        double Liking(string name) =>
            codings
                .Where(c => c.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(c => c.Quality ?? 1)
                .DefaultIfEmpty(
                    codings.Where(c => c.Value == "*").Select(c => c.Quality ?? 1).DefaultIfEmpty(0).Max()
                )
                .Max();
        var (brotli, gzip) = (Liking("br"), Liking("gzip"));
        // As it is will always do; it is preferred only where that is said.
        var plain = codings
            .Where(c => c.Value.Equals("identity", StringComparison.OrdinalIgnoreCase))
            .Select(c => c.Quality ?? 1)
            .DefaultIfEmpty(0)
            .Max();
        return brotli > 0 && brotli >= gzip && brotli >= plain ? 1
            : gzip > 0 && gzip >= plain ? 2
            : 0;
    }
}
