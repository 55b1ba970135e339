using Cms.Changes;
using Cms.Delivery.Caching;
using Cms.Delivery.Reading;
using Cms.Platform.Postgres;

namespace Cms.Delivery.Sync;

/// <summary>
/// Caches the ids of all sections by slug, former slug and id until one of them changes: thousands of streams may
/// reconnect at once, and each names its sections.
/// </summary>
internal sealed class KnownSections(DeliveryDatabase database, ChangeSignal signal, Generations generations)
    : IDisposable
{
    private static readonly int Slot = Generations.SlotOf("sections");

    private readonly SemaphoreSlim _reading = new(1);
    private Known? _known;
    private long _asked;

    private IReadOnlyDictionary<string, Guid>? Current =>
        _known is { } known && signal.IsLive && generations.IsCurrent(Slot, known.AsOf) ? known.Ids : null;

    /// <summary>
    /// The present sections. If they must be read, one request reads for all who asked before it began. That matters
    /// while the signal is in doubt, when nothing may be kept for those who ask later.
    /// </summary>
    public async ValueTask<IReadOnlyDictionary<string, Guid>> AllAsync(CancellationToken ct)
    {
        if (Current is { } kept)
            return kept;
        var asked = Interlocked.Increment(ref _asked);
        await _reading.WaitAsync(ct);
        try
        {
            if (_known is { } read && read.AskedBefore >= asked)
                return read.Ids;
            if (Current is { } meanwhile)
                return meanwhile;
            var askedBefore = Interlocked.Read(ref _asked);
            // Before the query: later changes make this result outdated.
            var asOf = generations.Now;
            var rows = await database.ReadAsync(
                (postgres, own) => postgres.ListAsync<Row>(Select, new { }, own),
                ct
            );
            var ids = rows.SelectMany(r =>
                    (KeyValuePair<string, Guid>[])[new(r.Slug, r.Id), new(r.Id.ToString(), r.Id)]
                )
                .DistinctBy(s => s.Key)
                .ToDictionary(StringComparer.Ordinal);
            _known = new(askedBefore, asOf, ids);
            return ids;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    // The present owner of a slug comes before a former one.
    private const string Select = """
        select id, slug from (
            select id, slug::text slug, 1 rank from published_sections
            union all
            select s.id, f.slug::text, 2 from published_former_slugs f
            join published_sections s on s.id = f.entity_id where f.entity_type = 'section') known
        order by rank, id
        """;

    private sealed record Known(long AskedBefore, long AsOf, IReadOnlyDictionary<string, Guid> Ids);

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
    }
}
