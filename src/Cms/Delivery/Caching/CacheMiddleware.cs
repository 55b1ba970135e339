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
    NextChange nextChange,
    TimeProvider clock
)
{
    // Endpoints are mapped after the pipeline is put together.
    private readonly Lazy<KeptAddresses> _kept = new(() => KeptAddresses.Of(endpoints));

    /// <summary>Longer headers take their time.</summary>
    private const int MaxHeaderLength = 256;

    private static readonly TimeSpan RecentlyChanged = TimeSpan.FromSeconds(2);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var thread = context.Features.Get<IRequestThread>();
        var answer = AreShort(request.Headers) ? Find(context) : null;
        if (answer is not null && answer.Has(CodingOf(request, answer)))
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
        var target = TargetOf(context);
        return
            cache.IsOpen
            && MayBeKept(context.Request)
            && IsPlain(target, context.Request.Path.Value!)
            && _kept.Value.Normalise(context.Request) is { } address
            ? FindOrMakeAsync(context, address, target)
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
        header.Count == 0 || header is [{ Length: <= MaxHeaderLength }];

    private static string TargetOf(HttpContext context) =>
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    /// <summary>
    /// Whether the path was sent in its one form, without escapes or dots. Others are redirected
    /// (<see cref="OneAddress"/>).
    /// </summary>
    private static bool IsPlain(string target, string path) =>
        target.StartsWith(path, StringComparison.Ordinal)
        && (target.Length == path.Length || target[path.Length] == '?');

    private async Task FindOrMakeAsync(HttpContext context, string address, string target)
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
        cache.AddAlias(answer, target);
        await SendAsync(context, answer);
    }

    /// <summary>
    /// Runs the rest of the pipeline for the document. It may be for others too: the client's going does not end it.
    /// </summary>
    private async Task<Outcome> MakeAsync(HttpContext context, string address, long asOf)
    {
        var wanted = new DocumentRequest();
        context.Features.Set(wanted);
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
            context.Features.Set<DocumentRequest>(null);
        }
        return wanted.Document is { } document && context.Response.StatusCode == StatusCodes.Status200OK
            ? new(new CachedAnswer(address, document, asOf) { Endpoint = context.GetEndpoint() }, null)
            : new(null, wanted.Refusal);
    }

    private Task SendAsync(HttpContext context, CachedAnswer answer)
    {
        var (request, response) = (context.Request, context.Response);
        // Routing may not have been asked; metrics take the route from here.
        context.SetEndpoint(answer.Endpoint);
        var coding = CodingOf(request, answer);
        var now = clock.GetUtcNow();
        response.Headers.ETag = answer.TagTexts[coding];
        response.Headers.LastModified =
            now - answer.ChangedAt < RecentlyChanged
                ? HeaderUtilities.FormatDate(Conditional.LastModified(answer.ChangedAt, now))
                : answer.SettledLastModified;
        response.Headers.CacheControl = nextChange.Cut(answer.CacheControl, now);
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
        if (coding != ContentCoding.Identity)
            response.Headers.ContentEncoding = ContentCoding.Names[coding];
        // To HEAD the server, which knows the method as it came, sends none of them.
        return WriteAsync(response, bytes);
    }

    private static int CodingOf(HttpRequest request, CachedAnswer answer) =>
        answer.IsCoded ? ContentCoding.Of(request.Headers.AcceptEncoding) : ContentCoding.Identity;

    private static Task WriteAsync(HttpResponse response, byte[] bytes)
    {
        var written = response.BodyWriter.WriteAsync(bytes);
        return written.IsCompletedSuccessfully ? Task.CompletedTask : written.AsTask();
    }
}
