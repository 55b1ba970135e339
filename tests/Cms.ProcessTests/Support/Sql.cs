using Npgsql;

namespace Cms.ProcessTests.Support;

/// <summary>Looks behind the curtain. Nothing is pooled: servers come and go.</summary>
internal static class Sql
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>How to reach the private database of a server that runs.</summary>
    public static string Of(CmsProcess server) => File.ReadAllText(Path.Combine(server.Data!, "database"));

    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Ct);
        return connection;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    public static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    /// <summary>The first column of each row.</summary>
    public static async Task<IReadOnlyList<T>> ColumnAsync<T>(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var values = new List<T>();
        while (await reader.ReadAsync(Ct))
            values.Add(reader.GetFieldValue<T>(0));
        return values;
    }

    /// <summary>Every row of every table, as text.</summary>
    public static async Task<IReadOnlyList<string>> DumpAsync(string connectionString)
    {
        var tables = await ColumnAsync<string>(
            connectionString,
            """
            select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
            order by 1
            """
        );
        var rows = new List<string>();
        foreach (var table in tables)
            rows.AddRange(
                await ColumnAsync<string>(
                    connectionString,
                    $"select '{table} ' || t::text from {table} t order by 1"
                )
            );
        return rows;
    }
}
