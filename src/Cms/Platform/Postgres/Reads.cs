using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>
/// Where statements that only read are asked: each on a connection of its own, or all within a transaction, which sees
/// what it has written itself.
/// </summary>
internal readonly struct Reads
{
    private readonly NpgsqlDataSource? _postgres;

    private Reads(NpgsqlDataSource? postgres, NpgsqlTransaction? within) =>
        (_postgres, Within) = (postgres, within);

    /// <summary>The transaction; null: none.</summary>
    public NpgsqlTransaction? Within { get; }

    public static implicit operator Reads(NpgsqlDataSource postgres) => new(postgres, null);

    public static implicit operator Reads(NpgsqlTransaction transaction) => new(null, transaction);

    /// <exception cref="InvalidOperationException">It is a transaction.</exception>
    public NpgsqlDataSource Postgres =>
        _postgres ?? throw new InvalidOperationException("This cannot be asked within a transaction.");

    public Task<T?> FindAsync<T>(string sql, object args, CancellationToken ct) =>
        Within is { } transaction
            ? transaction.FindAsync<T>(sql, args, ct)
            : Postgres.FindAsync<T>(sql, args, ct);

    public Task<IReadOnlyList<T>> ListAsync<T>(string sql, object args, CancellationToken ct) =>
        Within is { } transaction
            ? transaction.ListAsync<T>(sql, args, ct)
            : Postgres.ListAsync<T>(sql, args, ct);
}
