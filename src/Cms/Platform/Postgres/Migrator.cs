using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>
/// Brings a database to the schema of this build: forward-only SQL files, each in the order of its number, once, in a
/// transaction of its own, under an advisory lock so that any number of nodes may start together. A file that changed
/// after it was applied, or one that this build does not know, stops the start.
/// </summary>
internal static class Migrator
{
    private const string Folder = "Migrations/";

    /// <summary>Applies what is missing. Returns the names applied now.</summary>
    /// <exception cref="MigrationException">The database and this build disagree; nothing was changed.</exception>
    public static async Task<IReadOnlyList<string>> MigrateAsync(
        NpgsqlDataSource postgres,
        CancellationToken ct
    )
    {
        await using var connection = await postgres.OpenConnectionAsync(ct);
        await ExecuteAsync(connection, "select pg_advisory_lock(hashtextextended('cms:migrations', 0))", ct);
        try
        {
            await ExecuteAsync(connection, CreateHistory, ct);
            return await ApplyMissingAsync(connection, ct);
        }
        finally
        {
            await ExecuteAsync(
                connection,
                "select pg_advisory_unlock(hashtextextended('cms:migrations', 0))",
                CancellationToken.None
            );
        }
    }

    private static async Task<IReadOnlyList<string>> ApplyMissingAsync(
        NpgsqlConnection connection,
        CancellationToken ct
    )
    {
        var applied = (
            await connection.QueryAsync<Applied>(
                new CommandDefinition("select name, checksum from migrations", cancellationToken: ct)
            )
        ).ToDictionary(m => m.Name, m => m.Checksum, StringComparer.Ordinal);
        var known = Load();

        foreach (var name in applied.Keys.Except(known.Select(m => m.Name), StringComparer.Ordinal))
            throw new MigrationException(
                $"The database has the migration {name}, which this build does not know: it was "
                    + "migrated by a newer one. Start that build."
            );

        var now = new List<string>();
        foreach (var migration in known)
        {
            if (applied.TryGetValue(migration.Name, out var checksum))
            {
                if (checksum != migration.Checksum)
                    throw new MigrationException(
                        $"The migration {migration.Name} was changed after it had been applied. Restore "
                            + "the file and put the change into a new one."
                    );
                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ExecuteAsync(connection, migration.Sql, ct, transaction);
            if (migration.Name == NameKeys.Migration)
                await NameKeys.FillAsync(connection, transaction, ct);
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "insert into migrations (name, checksum) values (@Name, @Checksum)",
                    migration,
                    transaction,
                    cancellationToken: ct
                )
            );
            await transaction.CommitAsync(ct);
            now.Add(migration.Name);
        }

        if (now.Count > 0)
            await connection.ReloadTypesAsync(ct);
        return now;
    }

    private static List<Migration> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!resource.StartsWith(Folder, StringComparison.Ordinal))
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            // A checkout with other line ends must not look like a changed migration.
            var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
            var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
            migrations.Add(new Migration(resource[Folder.Length..^".sql".Length], sql, checksum));
        }
        return migrations;
    }

    private static Task ExecuteAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken ct,
        NpgsqlTransaction? transaction = null
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(sql, transaction: transaction, commandTimeout: 0, cancellationToken: ct)
        );

    private const string CreateHistory = """
        create table if not exists migrations (
            name text primary key,
            checksum text not null,
            applied_at timestamptz not null default now())
        """;

    private sealed record Migration(string Name, string Sql, string Checksum);

    private sealed record Applied
    {
        public required string Name { get; init; }
        public required string Checksum { get; init; }
    }
}

/// <summary>The database's schema and this build's do not fit together.</summary>
internal sealed class MigrationException(string message) : Exception(message);
