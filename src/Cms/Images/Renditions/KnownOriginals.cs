using System.Collections.Concurrent;
using Cms.Images.Files;
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
/// pictures again and again, and a change may be seen a second late.
/// </summary>
internal sealed class KnownOriginals(NpgsqlDataSource postgres, Admission admission, TimeProvider clock)
{
    private const int MaxKnown = 10_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, (Original Original, long ReadAt)> _known = new();

    /// <summary>Null: there is no such image.</summary>
    /// <param name="image">The image's id.</param>
    /// <param name="version">The version that is asked for: if it is newer than what is remembered, the image has
    /// changed.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Platform.Http.Problems.Refused">503: too many others are at work.</exception>
    public async Task<Original?> FindAsync(Guid image, int version, CancellationToken ct)
    {
        if (
            _known.TryGetValue(image, out var known)
            && clock.GetElapsedTime(known.ReadAt) < KnownFor
            && known.Original.Version >= version
            // Rights that have ended may have been extended since.
            && !(known.Original.UsageUntil <= clock.GetUtcNow())
        )
            return known.Original;
        Row? row;
        var readAt = clock.GetTimestamp();
        // Held for the lookup only: making a picture takes longer, and has places of its own.
        using (await admission.TakeAsync(Share.Readers, ct))
            row = await postgres.FindAsync<Row>(Select, new { image }, ct);
        if (row is null)
        {
            _known.TryRemove(image, out _);
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
        if (_known.Count >= MaxKnown)
            _known.Clear();
        _known[image] = (original, readAt);
        return original;
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
