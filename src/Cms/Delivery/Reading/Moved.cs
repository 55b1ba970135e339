using Cms.Platform.Http.Answers;

namespace Cms.Delivery.Reading;

/// <summary>
/// 308: the thing is at another address now. Nothing is written before it is certain that this is the answer.
/// </summary>
internal sealed record Moved : IResult
{
    private const int MaxLocation = 1_000;

    private readonly string _location;
    private readonly string _cacheControl;
    private readonly string _cacheTag;

    private Moved(string location, string cacheControl, string cacheTag) =>
        (_location, _cacheControl, _cacheTag) = (location, cacheControl, cacheTag);

    /// <summary>Leads on with the query as it was asked.</summary>
    /// <param name="address">The present address, without a query.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="cache">How long caches may keep the answer.</param>
    /// <param name="tags">What it depends on.</param>
    public static Moved To(
        string address,
        HttpRequest request,
        CachePolicy cache,
        IReadOnlyCollection<string> tags
    )
    {
        var location = address + request.QueryString;
        // If it is too long for a header, fields go: the answer then has more than was asked for, never less.
        if (location.Length > MaxLocation)
            location = address + QueryString.Create(request.Query.Where(p => p.Key != "fields"));
        return new(location, cache.Shared, CacheTags.Header(tags));
    }

    public Task ExecuteAsync(HttpContext context)
    {
        var services = context.RequestServices;
        context.Response.Headers.CacheControl = services
            .GetRequiredService<NextChange>()
            .Cut(_cacheControl, services.GetRequiredService<TimeProvider>().GetUtcNow());
        context.Response.Headers["Cache-Tag"] = _cacheTag;
        return Results.Redirect(_location, permanent: true, preserveMethod: true).ExecuteAsync(context);
    }
}
