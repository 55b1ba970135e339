using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>
/// Dapper, with the cancellation token no longer optional. On a data source each call takes a connection of its own,
/// so that one that broke is never used again; in a transaction all calls share it.
/// </summary>
internal static class Db
{
    /// <summary>
    /// For the rest of a transaction whose statements look things up by keys, whatever the values are: each is planned
    /// once for its connection. Planning took 3 ms of a publication's 11.
    /// </summary>
    public const string PlanOnce = "set local plan_cache_mode = force_generic_plan";

    public static async Task<T?> FindAsync<T>(
        this NpgsqlDataSource postgres,
        string sql,
        object args,
        CancellationToken ct
    )
    {
        await using var connection = await postgres.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<T>(
            new CommandDefinition(sql, args, cancellationToken: ct)
        );
    }

    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        this NpgsqlDataSource postgres,
        string sql,
        object args,
        CancellationToken ct
    )
    {
        await using var connection = await postgres.OpenConnectionAsync(ct);
        return (
            await connection.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: ct))
        ).AsList();
    }

    public static async Task<int> ExecuteAsync(
        this NpgsqlDataSource postgres,
        string sql,
        object args,
        CancellationToken ct
    )
    {
        await using var connection = await postgres.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(sql, args, cancellationToken: ct));
    }

    public static Task<T?> FindAsync<T>(
        this NpgsqlTransaction transaction,
        string sql,
        object args,
        CancellationToken ct
    ) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<T>(
            new CommandDefinition(sql, args, transaction, cancellationToken: ct)
        );

    public static async Task<IReadOnlyList<T>> ListAsync<T>(
        this NpgsqlTransaction transaction,
        string sql,
        object args,
        CancellationToken ct
    ) =>
        (
            await transaction.Connection!.QueryAsync<T>(
                new CommandDefinition(sql, args, transaction, cancellationToken: ct)
            )
        ).AsList();

    /// <summary>Runs several statements in one exchange, and reads their rows in the same order.</summary>
    public static async Task<T> ReadAsync<T>(
        this NpgsqlTransaction transaction,
        string sql,
        object args,
        Func<SqlMapper.GridReader, Task<T>> read,
        CancellationToken ct
    )
    {
        await using var rows = await transaction.Connection!.QueryMultipleAsync(
            new CommandDefinition(sql, args, transaction, cancellationToken: ct)
        );
        return await read(rows);
    }

    /// <summary>
    /// Row by row, for rows that are too large to be held all at once. Nothing else can be asked in the transaction
    /// meanwhile.
    /// </summary>
    public static async IAsyncEnumerable<T> StreamAsync<T>(
        this NpgsqlTransaction transaction,
        string sql,
        object args,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var rows = transaction.Connection!.QueryUnbufferedAsync<T>(sql, args, transaction);
        await foreach (var row in rows.WithCancellation(ct))
            yield return row;
    }

    public static Task<int> ExecuteAsync(
        this NpgsqlTransaction transaction,
        string sql,
        object args,
        CancellationToken ct
    ) =>
        transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql, args, transaction, cancellationToken: ct)
        );

    /// <summary>For a statement that may rewrite very many rows: without the time limit of the others.</summary>
    public static Task<int> ExecuteLongAsync(
        this NpgsqlTransaction transaction,
        string sql,
        object args,
        CancellationToken ct
    ) =>
        transaction.Connection!.ExecuteAsync(
            new CommandDefinition(sql, args, transaction, commandTimeout: 0, cancellationToken: ct)
        );

    /// <summary>Runs statements that all see the database as it is at one moment.</summary>
    public static async Task<T> InSnapshotAsync<T>(
        this NpgsqlDataSource postgres,
        Func<NpgsqlTransaction, Task<T>> read,
        CancellationToken ct
    )
    {
        await using var connection = await postgres.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            ct
        );
        return await read(transaction);
    }

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction that is always undone: what would be if it were not. It is run
    /// again as in <see cref="InTransactionAsync"/>.
    /// </summary>
    /// <param name="isolation">What it sees of those who write meanwhile.</param>
    public static Task<T> InUndoneTransactionAsync<T>(
        this NpgsqlDataSource postgres,
        Func<NpgsqlTransaction, Task<T>> work,
        CancellationToken ct,
        IsolationLevel isolation = IsolationLevel.ReadCommitted
    ) =>
        postgres.RunAsync(
            work,
            transaction => transaction.RollbackAsync(CancellationToken.None),
            isolation,
            ct
        );

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction; an exception on the way out undoes all of it. Where PostgreSQL
    /// ends it to break a deadlock, or because something that was found a moment ago has been deleted or taken since (a
    /// foreign key, a unique name), it is run again: nothing of it has happened, and the second look tells what is
    /// gone.
    /// </summary>
    /// <param name="commit">Commits, with statements of its own before; null: only commits.</param>
    public static Task<T> InTransactionAsync<T>(
        this NpgsqlDataSource postgres,
        Func<NpgsqlTransaction, Task<T>> work,
        CancellationToken ct,
        Func<NpgsqlTransaction, Task>? commit = null
    ) =>
        postgres.RunAsync(
            work,
            // Once the work is done the outcome must be known: a reader that hangs up now must not leave it open.
            commit ?? (transaction => transaction.CommitAsync(CancellationToken.None)),
            IsolationLevel.ReadCommitted,
            ct
        );

    private static async Task<T> RunAsync<T>(
        this NpgsqlDataSource postgres,
        Func<NpgsqlTransaction, Task<T>> work,
        Func<NpgsqlTransaction, Task> end,
        IsolationLevel isolation,
        CancellationToken ct
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var connection = await postgres.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(isolation, ct);
            try
            {
                var result = await work(transaction);
                await end(transaction);
                return result;
            }
            catch (PostgresException e)
                when (e.SqlState
                        is PostgresErrorCodes.DeadlockDetected
                            or PostgresErrorCodes.SerializationFailure
                            or PostgresErrorCodes.ForeignKeyViolation
                            or PostgresErrorCodes.UniqueViolation
                    && attempt < 5
                ) { }
        }
    }
}
