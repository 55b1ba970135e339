using Cms.Access;
using Cms.Changes;
using Cms.Delivery.Sync.Streams;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Streams;

namespace Cms.Delivery.Sync;

/// <summary>What every reader of the change feed works with.</summary>
internal sealed record Feed(
    SyncCursors Cursors,
    ChangeReader Reader,
    SharedFeed Shared,
    FeedPlaces Places,
    KeyWatch Keys,
    ChangeSignal Signal,
    TimeProvider Clock,
    IHostApplicationLifetime Lifetime,
    Heartbeat Heartbeat
)
{
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);

    /// <summary>Takes one of the places for open requests, until this one ends.</summary>
    /// <exception cref="Refused">429, 503.</exception>
    public void Enter(HttpContext context) =>
        context.Response.RegisterForDispose(Places.Take(context.Connection.RemoteIpAddress));

    /// <summary>Watches the caller's key until the request ends.</summary>
    public WatchedKey Watch(HttpContext context)
    {
        var key = Keys.Watch(context.FindCaller());
        context.Response.RegisterForDispose(key);
        return key;
    }

    /// <summary>
    /// Reads on in an answer that has begun: where the server is too busy it can no longer say so, and tries again.
    /// </summary>
    /// <exception cref="Refused">401: the key has ended; 410.</exception>
    public async Task<ChangesRead> ReadOnAsync(
        SyncCursor from,
        int limit,
        WatchedKey key,
        SharedFeed.Following? following,
        CancellationToken ct
    )
    {
        while (true)
        {
            key.Require();
            try
            {
                return await Reader.ReadAsync(from, limit, key.Caller, following, hasBegun: true, ct);
            }
            catch (Refused refused) when (refused.Kind == ProblemKinds.Overloaded)
            {
                await Task.Delay(BeforeNextTry, Clock, ct);
            }
        }
    }
}
