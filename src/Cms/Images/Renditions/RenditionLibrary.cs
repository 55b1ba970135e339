using System.Collections.Concurrent;
using Cms.Images.Files;
using Cms.Images.Storage;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using NetVips;

namespace Cms.Images.Renditions;

/// <summary>
/// Gives renditions: made once, for all who ask for the same one at the same time, and kept as files.
/// </summary>
internal sealed partial class RenditionLibrary(
    FileStore originals,
    RenditionStore store,
    Admission admission,
    ILogger<RenditionLibrary> log
)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]?>>> _making = new(StringComparer.Ordinal);

    /// <summary>How many were made by this process.</summary>
    public int Made => Volatile.Read(ref _made);
    private int _made;

    /// <summary>
    /// Sees to it that the rendition is there to be opened. Returns its bytes only if they cannot be stored: from a
    /// file many clients may read slowly without memory for each of them.
    /// </summary>
    /// <exception cref="Refused">503: too many others are being made.</exception>
    /// <exception cref="FileNotFoundException">The original is missing.</exception>
    public async Task<byte[]?> MakeAsync(RenditionOrder order, CancellationToken ct)
    {
        if (store.Has(order.Key))
            return null;
        // Not the caller's token: others wait for the same one.
        var making = _making.GetOrAdd(order.Key, _ => new(() => MakeOnceAsync(order)));
        return await making.Value.WaitAsync(ct);
    }

    /// <summary>
    /// A rendition that is there, as a stream that can be read from any offset. One that was removed since is made
    /// again. The caller disposes of it.
    /// </summary>
    /// <exception cref="Refused">503: too many others are being made.</exception>
    public async Task<Stream> OpenAsync(RenditionOrder order, CancellationToken ct)
    {
        while (true)
        {
            if (store.OpenRead(order.Key) is { } ready)
                return ready;
            if (await MakeAsync(order, ct) is { } bytes)
                return new MemoryStream(bytes, writable: false);
        }
    }

    /// <summary>
    /// Makes those of an original's renditions that are missing, and waits for places as long as it takes. What cannot
    /// be decoded is passed over.
    /// </summary>
    /// <returns>How many were made.</returns>
    /// <exception cref="IOException">They cannot be stored.</exception>
    public async Task<int> MakeAheadAsync(IEnumerable<RenditionOrder> orders, CancellationToken ct)
    {
        var made = 0;
        foreach (var alike in orders.DistinctBy(o => o.Key).Where(IsMissing).GroupBy(o => o.Picture))
        {
            using var place = await admission.TakePatientlyAsync(Share.Renditions, ct);
            RenditionOrder[] missing = [.. alike.Where(IsMissing)];
            if (missing.Length == 0)
                continue;
            try
            {
                var original = await ReadOriginalAsync(missing[0].Sha256);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
                over.CancelAfter(ImageLimits.MaxDecode);
                var token = over.Token;
                var files = await LowPriority.RunAsync(() => RenditionMaker.Make(original, missing, token));
                foreach (var (order, file) in missing.Zip(files))
                    await store.WriteAsync(order.Key, file, ct);
                made += missing.Length;
                Interlocked.Add(ref _made, missing.Length);
            }
            catch (Exception e) when (e is VipsException or FileNotFoundException)
            {
                ct.ThrowIfCancellationRequested();
                LogNotMade(e);
                break;
            }
        }
        return made;

        bool IsMissing(RenditionOrder order) => !store.Has(order.Key);
    }

    private async Task<byte[]?> MakeOnceAsync(RenditionOrder order)
    {
        try
        {
            using var place = await admission.TakeAsync(Share.Renditions, CancellationToken.None);
            if (store.Has(order.Key))
                return null;
            if (await store.FindSharedAsync(order.Key, CancellationToken.None) is { } shared)
                return await KeepAsync(
                    shared,
                    store.WriteHereAsync(order.Key, shared, CancellationToken.None)
                );
            var original = await ReadOriginalAsync(order.Sha256);
            using var over = new CancellationTokenSource(ImageLimits.MaxDecode);
            var token = over.Token;
            byte[] bytes;
            try
            {
                bytes = await LowPriority.RunAsync(() => RenditionMaker.Make(original, order, token));
            }
            catch (VipsException) when (token.IsCancellationRequested)
            {
                throw new Refused(
                    ProblemKinds.Overloaded,
                    "This rendition took too long to make. Try again later, or ask for a smaller one."
                )
                {
                    RetryAfter = ImageLimits.MaxDecode,
                };
            }
            Interlocked.Increment(ref _made);
            return await KeepAsync(bytes, store.WriteAsync(order.Key, bytes, CancellationToken.None));
        }
        finally
        {
            _making.TryRemove(order.Key, out _);
        }
    }

    /// <summary>Returns the bytes if they cannot be written.</summary>
    private async Task<byte[]?> KeepAsync(byte[] bytes, Task writing)
    {
        try
        {
            await writing;
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // On a full disk pictures are made again and again; that is better than no pictures.
            LogNotStored(e);
            return bytes;
        }
    }

    private async Task<byte[]> ReadOriginalAsync(string sha256) =>
        await originals.ReadAsync(sha256, CancellationToken.None)
        ?? throw new FileNotFoundException($"{originals.Place} lacks the file {sha256}.");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Usual renditions of an image could not be made")]
    private partial void LogNotMade(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A rendition could not be stored")]
    private partial void LogNotStored(Exception exception);
}
