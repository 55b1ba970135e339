using System.Threading.RateLimiting;
using Cms.Platform.Http.Problems;

namespace Cms.Platform.Http.Load;

/// <summary>
/// Limits the files that are open while a client reads or sends them, which takes as long as the client wants. Beyond
/// the limit the answer is 503: the process would run out of files.
/// </summary>
internal sealed class OpenFiles(int most) : IDisposable
{
    private readonly ConcurrencyLimiter _places = new(new() { PermitLimit = most, QueueLimit = 0 });

    /// <summary>Takes a place until the request has ended.</summary>
    /// <exception cref="Refused">503: there is none.</exception>
    public void Enter(HttpContext context)
    {
        var lease = _places.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            lease.Dispose();
            throw new Refused(
                ProblemKinds.Overloaded,
                "The server has reached its limit of open files. Nothing was done for this request."
            )
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
        context.Response.RegisterForDispose(lease);
    }

    public void Dispose() => _places.Dispose();
}
