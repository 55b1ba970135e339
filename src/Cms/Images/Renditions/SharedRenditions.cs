using Cms.Images.Storage;
using Cms.Platform.Http.Problems;

namespace Cms.Images.Renditions;

/// <summary>
/// Renditions that nodes share. Each can be made again, so nothing here is waited for longer than that takes, and after
/// a failure nobody asks for a while. It never fails a reader.
/// </summary>
/// <param name="store">Where they are.</param>
internal sealed class SharedRenditions(FileStore store, TimeProvider clock)
{
    private static readonly TimeSpan MaxRead = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxWrite = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    // By the clock's timestamps.
    private long _pausedUntil = long.MinValue;

    /// <summary>A rendition that another node has made; null when there is none, or it does not come.</summary>
    public Task<byte[]?> FindAsync(string key, CancellationToken ct) =>
        TryAsync(token => store.ReadAsync(key, token), MaxRead, ct);

    /// <summary>Gives a rendition to the other nodes, if that is possible.</summary>
    public Task GiveAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken ct) =>
        TryAsync(
            async token =>
            {
                await store.WriteAsync(key, bytes, token);
                return null;
            },
            MaxWrite,
            ct
        );

    private async Task<byte[]?> TryAsync(
        Func<CancellationToken, Task<byte[]?>> work,
        TimeSpan atMost,
        CancellationToken ct
    )
    {
        if (clock.GetTimestamp() < Volatile.Read(ref _pausedUntil))
            return null;
        using var over = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, ct);
        try
        {
            return await work(either.Token);
        }
        catch (Exception e)
            when (!ct.IsCancellationRequested
                && e is Refused or IOException or UnauthorizedAccessException or OperationCanceledException
            )
        {
            Volatile.Write(
                ref _pausedUntil,
                clock.GetTimestamp() + (long)(Pause.TotalSeconds * clock.TimestampFrequency)
            );
            return null;
        }
    }
}
