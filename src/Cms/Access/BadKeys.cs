using Cms.Platform;

namespace Cms.Access;

/// <summary>
/// Logs bad keys and tokens. Somebody who guesses them sends thousands: the log counts them instead of listing each.
/// </summary>
internal sealed class BadKeys(TimeProvider clock, ILogger<ApiKeyAuthentication> log)
{
    private readonly Sampling _sampling = new(clock, TimeSpan.FromMinutes(1));

    public void Count(HttpContext context, string reason)
    {
        if (_sampling.IsDue(out var count))
            log.LogWarning(
                "Requests with a bad key since the last report: {Count}. The last was from {Address}: {Reason}",
                count,
                context.Connection.RemoteIpAddress,
                reason
            );
    }
}
