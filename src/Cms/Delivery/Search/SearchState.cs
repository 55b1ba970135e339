using Cms.Delivery.Reading;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>How far search is: what it has still to go through, and to learn, of what is published.</summary>
internal sealed record SearchState
{
    /// <summary>Articles are gone through again, or for the first time.</summary>
    public required bool IsIndexing { get; init; }

    /// <summary>Words of the latest publications are not in the vocabulary yet.</summary>
    public required bool IsLearning { get; init; }

    public required DateTimeOffset ChangedAt { get; init; }

    public static async Task<SearchState> FindAsync(NpgsqlTransaction transaction, CancellationToken ct) =>
        (await transaction.FindAsync<SearchState>(Select, new { }, ct))!;

    public static async Task<SearchState> FindAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        (await postgres.FindAsync<SearchState>(Select, new { }, ct))!;

    private const string Select = $"""
        select {LastChange.Column}, (language <> indexed or is_stale) is_indexing,
               exists (select from changes where entity_type = 'article' and op = 'upsert'
                   and sequence > learnt_through) is_learning
        from search_state
        """;
}
