using System.Collections.Immutable;

namespace Cms.Client.Sync;

/// <summary>A store that lasts as long as the process: for servers that render from memory, and for tests.</summary>
public sealed class InMemoryStore : ILocalStore
{
    private readonly Lock _writing = new();

    // Replaced as one: readers see a state before a write or after it.
    private volatile State _state = new(null, null);

    /// <inheritdoc/>
    public Task<StorePosition?> ReadPositionAsync(CancellationToken cancellationToken)
    {
        var state = _state;
        return Task.FromResult(
            state.Written is { } copy
                ? new StorePosition
                {
                    Scope = copy.Scope,
                    Cursor = copy.Cursor,
                    ETag = copy.ETag,
                    IsComplete = state.Loading is null,
                    IsVisible = copy == state.Visible,
                }
                : null
        );
    }

    /// <inheritdoc/>
    public Task BeginAsync(string scope, CancellationToken cancellationToken)
    {
        lock (_writing)
            _state = _state with { Loading = new Copy(scope, null, null, Rows.Empty) };
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> ApplyAsync(StorePage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        lock (_writing)
        {
            var state = _state;
            var copy = state.Written;
            if (copy is null || copy.Scope != page.Scope || copy.Cursor != page.After)
                return Task.FromResult(false);
            copy = new Copy(copy.Scope, page.Cursor, page.ETag, copy.Rows.With(page.Changes));
            _state =
                state.Loading is null || page.Completes
                    ? new State(Complete: copy, Loading: null)
                    : state with
                    {
                        Loading = copy,
                    };
        }
        return Task.FromResult(true);
    }

    /// <inheritdoc/>
    public Task ClearAsync(CancellationToken cancellationToken)
    {
        lock (_writing)
            _state = new State(null, null);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreRow>> FindAsync(
        EntityType type,
        IReadOnlyCollection<Guid> ids,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ids);
        var rows = Visible;
        return Task.FromResult<IReadOnlyList<StoreRow>>([
            .. ids.Distinct().Select(id => rows.Find(type, id)).OfType<StoreRow>(),
        ]);
    }

    /// <inheritdoc/>
    public Task<StoreRow?> FindBySlugAsync(
        EntityType type,
        string slug,
        CancellationToken cancellationToken
    ) => Task.FromResult(Visible.FindBySlug(type, slug));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreRow>> ListAsync(StoreQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Task.FromResult<IReadOnlyList<StoreRow>>([
            .. Visible
                .InOrder(query.Type, query.After, query.Descending)
                .Where(row =>
                    query.Sections is null || (row.Section is { } section && query.Sections.Contains(section))
                )
                .Take(query.Take),
        ]);
    }

    private Rows Visible => _state.Visible?.Rows ?? Rows.Empty;

    private sealed record State(Copy? Complete, Copy? Loading)
    {
        public Copy? Written => Loading ?? Complete;
        public Copy? Visible => Complete ?? Loading;
    }

    private sealed record Copy(string Scope, string? Cursor, string? ETag, Rows Rows);

    /// <summary>Rows by id, by slug and in order; never changed.</summary>
    private sealed record Rows(
        ImmutableDictionary<(EntityType, Guid), StoreRow> ById,
        ImmutableDictionary<(EntityType, string), Guid> BySlug,
        ImmutableSortedSet<StoreRow> Sorted
    )
    {
        public static readonly Rows Empty = new(
            ImmutableDictionary<(EntityType, Guid), StoreRow>.Empty,
            ImmutableDictionary<(EntityType, string), Guid>.Empty,
            ImmutableSortedSet.Create<StoreRow>(Comparer<StoreRow>.Create(Compare))
        );

        public Rows With(IReadOnlyList<StoreChange> changes)
        {
            var (byId, bySlug, sorted) = (ById.ToBuilder(), BySlug.ToBuilder(), Sorted.ToBuilder());
            foreach (var change in changes)
            {
                if (byId.TryGetValue((change.Type, change.Id), out var former))
                {
                    byId.Remove((change.Type, change.Id));
                    sorted.Remove(former);
                    // Two that swap their slugs: the other one may have it already.
                    if (
                        former.Slug is { } slug
                        && bySlug.TryGetValue((former.Type, slug), out var holder)
                        && holder == former.Id
                    )
                        bySlug.Remove((former.Type, slug));
                }
                if (change.Row is not { } row)
                    continue;
                byId[(row.Type, row.Id)] = row;
                sorted.Add(row);
                if (row.Slug is not null)
                    bySlug[(row.Type, row.Slug)] = row.Id;
            }
            return new Rows(byId.ToImmutable(), bySlug.ToImmutable(), sorted.ToImmutable());
        }

        public StoreRow? Find(EntityType type, Guid id) => ById.GetValueOrDefault((type, id));

        public StoreRow? FindBySlug(EntityType type, string slug) =>
            BySlug.TryGetValue((type, slug), out var id) ? Find(type, id) : null;

        public IEnumerable<StoreRow> InOrder(EntityType type, StoreRow? after, bool descending)
        {
            var step = descending ? -1 : 1;
            for (var at = Start(type, after, descending); at >= 0 && at < Sorted.Count; at += step)
            {
                if (Sorted[at].Type != type)
                    yield break;
                yield return Sorted[at];
            }
        }

        private int Start(EntityType type, StoreRow? after, bool descending)
        {
            var at = Sorted.IndexOf(after ?? Before(descending ? type + 1 : type));
            // A negative index is the complement of where it would stand.
            return (at >= 0, descending) switch
            {
                (true, false) => at + 1,
                (true, true) => at - 1,
                (false, false) => ~at,
                (false, true) => ~at - 1,
            };
        }

        /// <summary>What stands before all of a type.</summary>
        private static StoreRow Before(EntityType type) =>
            new()
            {
                Type = type,
                Id = Guid.Empty,
                SortKey = "",
                Json = "",
            };

        private static int Compare(StoreRow a, StoreRow b)
        {
            var order = a.Type.CompareTo(b.Type);
            if (order == 0)
                order = string.CompareOrdinal(a.SortKey, b.SortKey);
            // The order of ids is that of their texts.
            return order == 0 ? a.Id.CompareTo(b.Id) : order;
        }
    }
}
