using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cms.Images.Files;
using Cms.Images.Storage;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Publishing;
using Cms.Publishing.Renditions;
using NetVips;

namespace Cms.Images.Renditions;

/// <summary>
/// Gives renditions: made once, for all who ask for the same one at the same time, and kept as files.
/// </summary>
internal sealed partial class RenditionLibrary(
    MediaStore originals,
    RenditionStore store,
    Admission admission,
    ILogger<RenditionLibrary> log
)
{
    private static readonly string Encoders = string.Create(
        CultureInfo.InvariantCulture,
        $"{RenditionMaker.Version}|{typeof(Image).Assembly.GetName().Version}"
    );

    private readonly ConcurrentDictionary<string, Lazy<Task<byte[]>>> _making = new(StringComparer.Ordinal);

    /// <summary>How many were made by this process.</summary>
    public int Made => Volatile.Read(ref _made);
    private int _made;

    /// <summary>The rendition as a stream that can be read from any offset. The caller disposes of it.</summary>
    /// <exception cref="Refused">503: too many others are being made.</exception>
    /// <exception cref="FileNotFoundException">The original is missing.</exception>
    public async Task<Stream> OpenAsync(RenditionOrder order, CancellationToken ct)
    {
        if (store.OpenRead(order.Key) is { } ready)
            return ready;
        // Not the caller's token: others wait for the same one.
        var making = _making.GetOrAdd(order.Key, _ => new(() => MakeAsync(order)));
        return new MemoryStream(await making.Value.WaitAsync(ct), writable: false);
    }

    private async Task<byte[]> MakeAsync(RenditionOrder order)
    {
        try
        {
            using var place = await admission.TakeAsync(Share.Renditions, CancellationToken.None);
            await using (var ready = store.OpenRead(order.Key))
                if (ready is not null)
                    return await ReadAsync(ready);
            var original = await ReadOriginalAsync(order.Sha256);
            using var over = new CancellationTokenSource(ImageLimits.MaxDecode);
            var token = over.Token;
            byte[] bytes;
            try
            {
                bytes = await LowPriority.RunAsync(() =>
                    RenditionMaker.Make(original, order.Rendition, order.Encoding, order.FocalPoint, token)
                );
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
            try
            {
                await store.WriteAsync(order.Key, bytes, CancellationToken.None);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // On a full disk pictures are made again and again; that is better than no pictures.
                LogNotStored(e);
            }
            return bytes;
        }
        finally
        {
            _making.TryRemove(order.Key, out _);
        }
    }

    private async Task<byte[]> ReadOriginalAsync(string sha256)
    {
        await using var file =
            originals.OpenRead(sha256)
            ?? throw new FileNotFoundException($"The media directory lacks the file {sha256}.");
        return await ReadAsync(file);
    }

    private static async Task<byte[]> ReadAsync(FileStream file)
    {
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }

    /// <summary>The name of a stored rendition: the hash of all that decides about its bytes.</summary>
    public static string KeyOf(
        string sha256,
        Rendition rendition,
        RenditionEncoding encoding,
        FocalPoint? focalPoint
    )
    {
        // The version in an address says when these have changed; it decides nothing by itself.
        var shape = rendition with
        {
            Version = 1,
            Format = null,
        };
        var point =
            rendition.Crop is null ? ""
            : focalPoint is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at.X:R},{at.Y:R}")
            : "auto";
        return Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Encoders}|{sha256}|{shape}|{encoding}|{point}"))
        );
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A rendition could not be stored")]
    private partial void LogNotStored(Exception exception);
}

/// <summary>A rendition of an original, in a format.</summary>
/// <param name="Sha256">Of the original.</param>
internal sealed record RenditionOrder(
    string Sha256,
    Rendition Rendition,
    RenditionEncoding Encoding,
    FocalPoint? FocalPoint
)
{
    public string Key { get; } = RenditionLibrary.KeyOf(Sha256, Rendition, Encoding, FocalPoint);
}
