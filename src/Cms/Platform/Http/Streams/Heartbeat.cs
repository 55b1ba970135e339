namespace Cms.Platform.Http.Streams;

/// <summary>How often a stream without news sends a sign of life.</summary>
internal sealed record Heartbeat(TimeSpan Every);
