using System.Globalization;
using System.Threading.RateLimiting;
using Cms.Access;
using Microsoft.AspNetCore.RateLimiting;

namespace Cms.Hosting;

/// <summary>A bound for each key, and one for each address that comes without: against runaway clients, not against floods (a CDN's work).</summary>
internal static class RateLimits
{
    public static void Configure(RateLimiterOptions limits, CmsOptions options)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                ? after
                : TimeSpan.FromMinutes(1);
            rejected.HttpContext.Response.Headers.RetryAfter = Math.Max(
                    1,
                    (int)Math.Ceiling(wait.TotalSeconds)
                )
                .ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            IsOfPlatform(context.Request.Path) ? RateLimitPartition.GetNoLimiter("unlimited")
            : context.FindCaller() is { } caller ? Window($"key {caller.KeyId}", options.KeyRequestsPerMinute)
            : Window($"address {context.Connection.RemoteIpAddress}", options.AnonymousRequestsPerMinute)
        );
    }

    // Whoever asks how the server is must not be told that it is too busy to say: it would be restarted for that.
    private static bool IsOfPlatform(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/metrics", StringComparison.OrdinalIgnoreCase);

    private static RateLimitPartition<string> Window(string name, int perMinute) =>
        perMinute <= 0
            ? RateLimitPartition.GetNoLimiter("unlimited")
            : RateLimitPartition.GetFixedWindowLimiter(
                name,
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = perMinute,
                    Window = TimeSpan.FromMinutes(1),
                }
            );
}
