using Cms.Changes;

namespace Cms.Delivery.Sync;

/// <summary>What every reader of the change feed works with.</summary>
internal sealed record Feed(
    SyncCursors Cursors,
    ChangeReader Reader,
    ChangeSignal Signal,
    TimeProvider Clock,
    IHostApplicationLifetime Lifetime,
    Heartbeat Heartbeat
);

/// <summary>How often a stream without news sends a sign of life.</summary>
internal sealed record Heartbeat(TimeSpan Every);
