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
            (state.Loading ?? state.Complete) is { } copy
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
            _state = _state with
            {
                Loading = new Copy(
                    scope,
                    null,
                    null,
                    ImmutableDictionary<(EntityType Type, Guid Id), StoreRow>.Empty
                ),
            };
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> ApplyAsync(StorePage page, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        lock (_writing)
        {
            var state = _state;
            var copy = state.Loading ?? state.Complete;
            if (copy is null || copy.Scope != page.Scope || copy.Cursor != page.After)
                return Task.FromResult(false);
            var rows = copy.Rows.ToBuilder();
            foreach (var change in page.Changes)
            {
                var key = (change.Type, change.Id);
                if (change.Row is { } row)
                    rows[key] = row;
                else
                    rows.Remove(key);
            }
            copy = new Copy(copy.Scope, page.Cursor, page.ETag, rows.ToImmutable());
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
        var rows = Rows;
        var found = new List<StoreRow>(ids.Count);
        foreach (var id in ids.Distinct())
            if (rows.TryGetValue((type, id), out var row))
                found.Add(row);
        return Task.FromResult<IReadOnlyList<StoreRow>>(found);
    }

    /// <inheritdoc/>
    public Task<StoreRow?> FindBySlugAsync(
        EntityType type,
        string slug,
        CancellationToken cancellationToken
    ) => Task.FromResult(Rows.Values.FirstOrDefault(row => row.Type == type && row.Slug == slug));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreRow>> ListAsync(StoreQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var order = Comparer<StoreRow>.Create(
            query.Descending ? (a, b) => Compare(b, a) : static (a, b) => Compare(a, b)
        );
        return Task.FromResult<IReadOnlyList<StoreRow>>([
            .. Rows
                .Values.Where(row =>
                    row.Type == query.Type
                    && (
                        query.Sections is null
                        || (row.Section is { } section && query.Sections.Contains(section))
                    )
                    && (query.After is null || order.Compare(row, query.After) > 0)
                )
                .Order(order)
                .Take(query.Take),
        ]);
    }

    private ImmutableDictionary<(EntityType Type, Guid Id), StoreRow> Rows =>
        _state.Visible?.Rows ?? ImmutableDictionary<(EntityType Type, Guid Id), StoreRow>.Empty;

    private static int Compare(StoreRow a, StoreRow b) =>
        string.CompareOrdinal(a.SortKey, b.SortKey) is var order && order != 0
            ? order
            : string.CompareOrdinal(a.Id.ToString(), b.Id.ToString());

    private sealed record Copy(
        string Scope,
        string? Cursor,
        string? ETag,
        ImmutableDictionary<(EntityType Type, Guid Id), StoreRow> Rows
    );

    private sealed record State(Copy? Complete, Copy? Loading)
    {
        public Copy? Visible => Complete ?? Loading;
    }
}
