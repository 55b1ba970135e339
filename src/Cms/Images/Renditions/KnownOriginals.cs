using System.Collections.Concurrent;
using Cms.Images.Files;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Images.Renditions;

/// <summary>What renditions are made of.</summary>
internal sealed record Original
{
    public required string Sha256 { get; init; }
    public required ImageFormat Format { get; init; }

    /// <summary>In pixels, as it is shown.</summary>
    public required int Width { get; init; }

    /// <inheritdoc cref="Width"/>
    public required int Height { get; init; }

    public required FocalPoint? FocalPoint { get; init; }
    public required int Version { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
    public required DateTimeOffset? UsageUntil { get; init; }
}

/// <summary>
/// Originals by the ids of their images, each remembered for a second: a page that is read often asks for the same
/// pictures again and again. A change that this node hears of is seen at once: after it, caches are told to drop the
/// picture, and must not be given it again to keep for ever. A node that does not hear of changes remembers nothing.
/// </summary>
/// <param name="postgres">Where the rows are.</param>
/// <param name="admission">Bounds the lookups.</param>
/// <param name="clock">Tells how long a row is remembered.</param>
/// <param name="hearsChanges">Whether <see cref="Invalidate"/> is called for every change.</param>
internal sealed class KnownOriginals(
    NpgsqlDataSource postgres,
    Admission admission,
    TimeProvider clock,
    Func<bool> hearsChanges
)
{
    private const string Tag = "image:";
    private const int MaxKnown = 10_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, (Original Original, long ReadAt)> _known = new();

    // Nothing that was read before a change is remembered after it.
    private readonly Lock _gate = new();
    private long _changes;

    /// <summary>Null: there is no such image.</summary>
    /// <param name="image">The image's id.</param>
    /// <param name="version">The version that is asked for: if it is newer than what is remembered, the image has
    /// changed.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Platform.Http.Problems.Refused">503: too many others are at work.</exception>
    public async Task<Original?> FindAsync(Guid image, int version, CancellationToken ct)
    {
        if (
            hearsChanges()
            && _known.TryGetValue(image, out var known)
            && clock.GetElapsedTime(known.ReadAt) < KnownFor
            && known.Original.Version >= version
            // Rights that have ended may have been extended since.
            && !(known.Original.UsageUntil <= clock.GetUtcNow())
        )
            return known.Original;
        Row? row;
        var changes = Volatile.Read(ref _changes);
        var readAt = clock.GetTimestamp();
        // Held for the lookup only: making a picture takes longer, and has places of its own.
        using (await admission.TakeAsync(Share.Readers, ct))
            row = await postgres.FindAsync<Row>(Select, new { image }, ct);
        if (row is null)
        {
            Forget(image);
            return null;
        }
        var original = new Original
        {
            Sha256 = Convert.ToHexStringLower(row.Sha256),
            Format = ImageFormats.Of(row.MediaType),
            Width = row.Width,
            Height = row.Height,
            FocalPoint = row.FocalX is { } x ? new() { X = x, Y = row.FocalY!.Value } : null,
            Version = row.PictureVersion,
            ChangedAt = row.UpdatedAt,
            UsageUntil = row.UsageUntil,
        };
        lock (_gate)
            if (changes == _changes)
            {
                if (_known.Count >= MaxKnown)
                    _known.Clear();
                _known[image] = (original, readAt);
            }
        return original;
    }

    /// <summary>The image is looked up the next time.</summary>
    public void Forget(Guid image) => _known.TryRemove(image, out _);

    /// <summary>
    /// What these cache tags name has changed; null: anything may have. When it returns, nothing older is given.
    /// </summary>
    public void Invalidate(IReadOnlyCollection<string>? tags)
    {
        lock (_gate)
        {
            _changes++;
            if (tags is null || tags.Contains(CacheTags.All))
                _known.Clear();
            else
                foreach (var tag in tags)
                    if (
                        tag.StartsWith(Tag, StringComparison.Ordinal)
                        && Guid.TryParse(tag.AsSpan(Tag.Length), out var image)
                    )
                        Forget(image);
        }
    }

    private const string Select = """
        select i.sha256, f.media_type, f.width, f.height, i.focal_x, i.focal_y, i.picture_version, i.updated_at,
               i.usage_until
        from images i join image_files f using (sha256) where i.id = @image
        """;

    private sealed record Row
    {
        public required byte[] Sha256 { get; init; }
        public required string MediaType { get; init; }
        public required int Width { get; init; }
        public required int Height { get; init; }
        public required double? FocalX { get; init; }
        public required double? FocalY { get; init; }
        public required int PictureVersion { get; init; }
        public required DateTimeOffset UpdatedAt { get; init; }
        public required DateTimeOffset? UsageUntil { get; init; }
    }
}
