using Cms.Images.Storage;
using Cms.Platform;

namespace Cms.Images.Renditions;

/// <summary>
/// Renditions that were made, as files. It holds nothing that could not be made again. When it is full, those go that
/// were not asked for the longest time.
/// </summary>
/// <param name="root">The folder; several nodes may share it.</param>
/// <param name="maxBytes">How much it may hold, about.</param>
/// <param name="shared">A store behind it that nodes share; its bounds are kept by whoever runs it.</param>
internal sealed class RenditionStore(string root, long maxBytes, TimeProvider clock, FileStore? shared = null)
    : IDisposable
{
    // A file says by its time when it was last asked for. That need not be exact.
    private static readonly TimeSpan Precision = TimeSpan.FromHours(1);

    // As much of an answer waits in memory anyway for a client that reads slowly.
    private const int MaxHeld = 64 * 1024;

    private readonly MediaStore _files = new(root);
    private readonly SharedRenditions? _shared = shared is null ? null : new(shared, clock);
    private readonly SemaphoreSlim _isFull = new(0, 1);
    private long _bytes;

    /// <summary>Whether a rendition has been made; it may be removed at any time.</summary>
    public bool Has(string key) => _files.Has(key);

    /// <summary>Opens a rendition; null when it has not been made yet, or was removed.</summary>
    public Stream? OpenRead(string key)
    {
        var file = _files.OpenRead(key);
        if (file is null)
            return null;
        try
        {
            var now = clock.GetUtcNow().UtcDateTime;
            if (now - File.GetLastWriteTimeUtc(file.SafeFileHandle) > Precision)
                File.SetLastWriteTimeUtc(file.SafeFileHandle, now);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It will go earlier than it should.
        }
        if (file.Length > MaxHeld)
            return file;
        // Most renditions are this small. They are in the system's memory, and one read costs less than a thread that
        // waits for it. A file is open no longer than that, however slow the client is.
        using (file)
        {
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            return new MemoryStream(bytes, writable: false);
        }
    }

    /// <exception cref="IOException">It cannot be written, as on a full disk.</exception>
    public async Task WriteAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await WriteHereAsync(key, bytes, ct);
        if (_shared is not null)
            await _shared.GiveAsync(key, bytes, ct);
    }

    /// <summary>A rendition that another node has made; null when there is none, or it does not come.</summary>
    public async Task<byte[]?> FindSharedAsync(string key, CancellationToken ct) =>
        _shared is null ? null : await _shared.FindAsync(key, ct);

    /// <summary>Writes a rendition that other nodes have already.</summary>
    /// <exception cref="IOException">It cannot be written, as on a full disk.</exception>
    public async Task WriteHereAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        await _files.WriteAsync(key, bytes, ct);
        if (Interlocked.Add(ref _bytes, bytes.Length) > maxBytes && _isFull.CurrentCount == 0)
            try
            {
                _isFull.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another writer said so at the same time.
            }
    }

    /// <summary>Waits until it may be full, or for <paramref name="atMost"/>.</summary>
    public Task WaitUntilFullAsync(TimeSpan atMost, CancellationToken ct) => _isFull.WaitAsync(atMost, ct);

    /// <summary>
    /// Looks at all files, and removes the least recently used until a tenth of the room is free. The look also
    /// corrects what this node believes: other nodes write and remove too.
    /// </summary>
    /// <returns>How many were removed.</returns>
    public int Sweep(CancellationToken ct)
    {
        var files = new List<(string Key, long Bytes, DateTime UsedAt)>();
        foreach (
            var file in new DirectoryInfo(root)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true })
                .Where(f => f.Name.Length == FileStore.HashLength)
        )
            try
            {
                files.Add((file.Name, file.Length, file.LastWriteTimeUtc));
            }
            catch (FileNotFoundException)
            {
                // Another node has removed it.
            }
        var bytes = files.Sum(f => f.Bytes);
        var removed = 0;
        if (bytes > maxBytes)
            foreach (var file in files.OrderBy(f => f.UsedAt))
            {
                ct.ThrowIfCancellationRequested();
                if (bytes <= maxBytes / 10 * 9)
                    break;
                _files.Delete(file.Key);
                bytes -= file.Bytes;
                removed++;
            }
        Interlocked.Exchange(ref _bytes, bytes);
        return removed;
    }

    public void Dispose() => _isFull.Dispose();
}

/// <summary>Keeps the store of renditions within its room.</summary>
internal sealed partial class RenditionSweep(
    RenditionStore store,
    IHostApplicationLifetime lifetime,
    ILogger<RenditionSweep> log
) : BackgroundWork(lifetime)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                await Task.Run(() => store.Sweep(stoppingToken), stoppingToken);
                await store.WaitUntilFullAsync(Every, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                LogFailed(e);
                await store.WaitUntilFullAsync(Every, CancellationToken.None).WaitAsync(stoppingToken);
            }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Old renditions could not be removed; it is tried again in an hour"
    )]
    private partial void LogFailed(Exception exception);
}
