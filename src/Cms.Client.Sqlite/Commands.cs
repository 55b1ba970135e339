using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Cms.Client.Sqlite;

/// <summary>Statements in one line.</summary>
internal static class Commands
{
    // The text is always one of the store's own constants.
#pragma warning disable CA2100
    public static SqliteCommand Command(
        this SqliteConnection connection,
        string sql,
        SqliteTransaction? transaction = null
    ) => new(sql, connection, transaction);
#pragma warning restore CA2100

    /// <summary>Sets the parameters, in place of those of the last time.</summary>
    public static SqliteCommand With(
        this SqliteCommand command,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    public static void Execute(
        this SqliteConnection connection,
        SqliteTransaction? transaction,
        string sql,
        params ReadOnlySpan<(string Name, object? Value)> parameters
    )
    {
        using var command = connection.Command(sql, transaction).With(parameters);
        command.ExecuteNonQuery();
    }

    public static long Number(this SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using var command = connection.Command(sql, transaction);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static string? Text(this SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
