using System.IO.Compression;
using Cms.Platform.Http.Answers;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Cms.Delivery.Caching;

/// <summary>
/// A finished answer: its bytes in every coding that was asked for, with the entity tag of each, and its header.
/// </summary>
internal sealed class CachedAnswer
{
    // Of the answer itself: the object, its header's strings, its places in the tables.
    private const int Overhead = 1_024;
    private const int BrotliQuality = 5;
    private const int BrotliWindow = 22;

    private readonly Lock _gate = new();
    private readonly byte[] _plain;
    private byte[]? _brotli;
    private byte[]? _gzip;

    /// <param name="key">Its normalised address.</param>
    /// <param name="document">The answer.</param>
    /// <param name="asOf">The time by <see cref="Generations"/> before its first query.</param>
    public CachedAnswer(string key, Document document, long asOf)
    {
        Key = key;
        AsOf = asOf;
        _plain = document.Bytes;
        Slots = Generations.SlotsOf(document.CacheTags);
        ChangedAt = document.ChangedAt;
        ContentType = document.MediaType;
        MediaType = document.MediaType.Split(';')[0];
        IsCoded = ContentCoding.IsFor(MediaType);
        CacheControl = document.CacheControl;
        Vary = document.Vary;
        Link = document.Link;
        CacheTag = document.CacheTagHeader;
        IsPassing = document.IsPassing;
        Tags = [.. ContentCoding.Names.Select(coding => Conditional.TagOf(document.Hash, coding))];
        TagTexts = [.. Tags.Select(t => new StringValues(t.ToString()))];
        SettledLastModified = HeaderUtilities.FormatDate(
            Conditional.LastModified(ChangedAt, DateTimeOffset.MaxValue)
        );
        Bytes =
            _plain.Length
            + Overhead
            + (4 * Slots.Length)
            + (2 * (key.Length + CacheTag.ToString().Length + Link.ToString().Length));
    }

    public string Key { get; }

    /// <summary>The endpoint that made it: what metrics name its address by.</summary>
    public Endpoint? Endpoint { get; init; }

    public long AsOf { get; }

    /// <summary>Whether it is for those who have asked already, and not to be kept.</summary>
    public bool IsPassing { get; }
    public int[] Slots { get; }
    public DateTimeOffset ChangedAt { get; }
    public StringValues ContentType { get; }

    /// <summary>Its media type, without parameters.</summary>
    public string MediaType { get; }

    /// <summary>Whether it is sent in the coding that is asked for, or always as it is.</summary>
    public bool IsCoded { get; }
    public string CacheControl { get; }
    public StringValues Vary { get; }
    public StringValues Link { get; }
    public StringValues CacheTag { get; }
    public StringValues SettledLastModified { get; }
    public EntityTagHeaderValue[] Tags { get; }
    public StringValues[] TagTexts { get; }

    /// <summary>Resident memory, about; under the gate of its cache.</summary>
    public int Bytes { get; set; }

    /// <summary><see cref="Generations.Published"/> when it was last found current.</summary>
    public long CheckedAt = -1;

    /// <summary>Whether it was used since the evicting hand last came by.</summary>
    public bool IsWarm;

    /// <summary>Other ways to write its address that were asked for.</summary>
    public List<string> Aliases { get; } = [];

    /// <summary>Whether its bytes are there in this coding.</summary>
    public bool Has(int coding) =>
        coding == ContentCoding.Identity
        || (coding == ContentCoding.Brotli ? Volatile.Read(ref _brotli) : Volatile.Read(ref _gzip))
            is not null;

    /// <summary>The bytes in a coding; made once, when it is first asked for.</summary>
    public byte[] BytesIn(int coding, Action<int> grown)
    {
        if (coding == ContentCoding.Identity)
            return _plain;
        if (
            (coding == ContentCoding.Brotli ? Volatile.Read(ref _brotli) : Volatile.Read(ref _gzip)) is
            { } ready
        )
            return ready;
        lock (_gate)
        {
            ref var slot = ref coding == ContentCoding.Brotli ? ref _brotli : ref _gzip;
            if (slot is null)
            {
                slot = coding == ContentCoding.Brotli ? Brotli(_plain) : Gzip(_plain);
                grown(slot.Length);
            }
            return slot;
        }
    }

    private static byte[] Brotli(byte[] plain)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(plain.Length)];
        if (!BrotliEncoder.TryCompress(plain, packed, out var length, BrotliQuality, BrotliWindow))
            throw new InvalidOperationException("The answer did not fit into its greatest length.");
        return packed[..length];
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(plain);
        return packed.ToArray();
    }
}
