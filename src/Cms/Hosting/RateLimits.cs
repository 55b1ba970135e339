using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Threading.RateLimiting;
using Cms.Access;
using Cms.Platform.Http.Problems;

namespace Cms.Hosting;

/// <summary>
/// A bound for each key, and one for each address that comes without: against runaway clients, not against floods (a
/// CDN's work).
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<HttpContext> _limiter;

    public RateLimits(CmsOptions options, TimeProvider clock)
    {
        _limiter = PartitionedRateLimiter.Create<HttpContext, (string, string)>(context =>
            IsOfPlatform(context.Request.Path) ? Unlimited
            : context.FindCaller() is { } caller
                ? Bounded("key", $"{caller.Id}", options.KeyRequestsPerMinute)
            : Bounded("address", $"{context.Connection.RemoteIpAddress}", options.AnonymousRequestsPerMinute)
        );

        RateLimitPartition<(string, string)> Bounded(string policy, string who, int quota) =>
            quota <= 0
                ? Unlimited
                : RateLimitPartition.Get((policy, who), _ => new RequestWindow(policy, quota, Window, clock));
    }

    /// <summary>
    /// 429 for addresses that ask too much without a key, before anything is done for them. A preflight asks nothing
    /// yet.
    /// </summary>
    public Task BoundAnonymousAsync(HttpContext context, RequestDelegate next) =>
        IsAnonymous(context)
        && !HttpMethods.IsOptions(context.Request.Method)
        && RefusalOf(context) is { } refusal
            ? ErrorBoundary.WriteAsync(context, refusal)
            : next(context);

    /// <summary>
    /// 429 for keys above their limit, once it is known whose they are; what is no key counts as its address.
    /// </summary>
    public Task BoundKeysAsync(HttpContext context, RequestDelegate next) =>
        !IsAnonymous(context) && RefusalOf(context) is { } refusal ? throw refusal : next(context);

    private static bool IsAnonymous(HttpContext context) => context.Request.Headers.Authorization.Count == 0;

    /// <summary>
    /// Counts the request. If it is above the limit, says so with the time until the next window begins.
    /// </summary>
    private Refused? RefusalOf(HttpContext context)
    {
        RequestBound? bound;
        using (var lease = _limiter.AttemptAcquire(context))
            lease.TryGetMetadata(RequestWindow.Bound, out bound);
        if (bound is null)
            return null;
        // Rounded up, so that a client that waits exactly as long is not refused again.
        var seconds = (int)Math.Ceiling(bound.Left.TotalSeconds);
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{bound.Policy}\";q={bound.Quota};w={(int)Window.TotalSeconds}"
        );
        headers["RateLimit"] = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{bound.Policy}\";r=0;t={seconds}"
        );
        return new(ProblemKinds.TooManyRequests, "Too many requests; wait as long as Retry-After says.")
        {
            RetryAfter = TimeSpan.FromSeconds(seconds),
        };
    }

    public void Dispose() => _limiter.Dispose();

    private static RateLimitPartition<(string, string)> Unlimited =>
        RateLimitPartition.GetNoLimiter(("unlimited", ""));

    // Whoever asks how the server is must not be told that it is too busy to say: it would be restarted for that.
    private static bool IsOfPlatform(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A client's limit, and the length of its window.</summary>
internal sealed record RequestBound(string Policy, int Quota, TimeSpan Left);

/// <summary>
/// A limit on requests in a window that begins with the first of them. (The framework's limiter reports the length of
/// windows, not the rest of the present one.)
/// </summary>
internal sealed class RequestWindow(string policy, int quota, TimeSpan window, TimeProvider clock)
    : RateLimiter
{
    public static readonly MetadataName<RequestBound> Bound = new("BOUND");
    private static readonly Lease Granted = new(true, null);

    private readonly Lock _gate = new();
    private long _began = clock.GetTimestamp();
    private int _taken;

    /// <summary>A client without a request for a whole window is removed.</summary>
    public override TimeSpan? IdleDuration
    {
        get
        {
            lock (_gate)
                return clock.GetElapsedTime(_began) is var since && since > window ? since - window : null;
        }
    }

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_gate)
        {
            var since = clock.GetElapsedTime(_began);
            if (since >= window || _taken == 0)
                (_began, _taken, since) = (clock.GetTimestamp(), 0, TimeSpan.Zero);
            if (_taken + permitCount > quota)
                return new Lease(false, new(policy, quota, window - since));
            _taken += permitCount;
            return Granted;
        }
    }

    protected override ValueTask<RateLimitLease> AcquireAsyncCore(
        int permitCount,
        CancellationToken cancellationToken
    ) => new(AttemptAcquireCore(permitCount));

    private sealed class Lease(bool isAcquired, RequestBound? bound) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => bound is null ? [] : [Bound.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName == Bound.Name ? bound : null;
            return metadata is not null;
        }
    }
}
