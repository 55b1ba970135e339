using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;

namespace Cms.Delivery.Sync;

/// <summary>What every reader of the change feed works with.</summary>
internal sealed record Feed(
    SyncCursors Cursors,
    ChangeReader Reader,
    ChangeSignal Signal,
    TimeProvider Clock,
    IHostApplicationLifetime Lifetime,
    Heartbeat Heartbeat
)
{
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);

    /// <summary>Reads on in an answer that has begun: where the server is too busy it can no longer say so, and tries again.</summary>
    public async Task<ChangesRead> ReadOnAsync(
        SyncCursor from,
        int limit,
        Caller? caller,
        CancellationToken ct
    )
    {
        while (true)
        {
            try
            {
                return await Reader.ReadAsync(from, limit, caller, ct);
            }
            catch (Refused refused) when (refused.Kind == ProblemKinds.Overloaded)
            {
                await Task.Delay(BeforeNextTry, Clock, ct);
            }
        }
    }
}

/// <summary>How often a stream without news sends a sign of life.</summary>
internal sealed record Heartbeat(TimeSpan Every);
