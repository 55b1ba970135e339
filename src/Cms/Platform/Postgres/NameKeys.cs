using Cms.Platform.Unicode;
using Dapper;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>The step of migration 0010 that SQL cannot do: the keys of names that are there already.</summary>
internal static class NameKeys
{
    public const string Migration = "0010_names_that_look_the_same";

    /// <summary>
    /// Of names that look the same the oldest gets the key. The others keep their names, each with a key of its own,
    /// until they are renamed.
    /// </summary>
    public static async Task FillAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        CancellationToken ct
    )
    {
        var tags = await connection.QueryAsync<(Guid Id, string Name)>(
            new CommandDefinition(
                "select id, name from tags order by created_at, id",
                transaction: transaction,
                cancellationToken: ct
            )
        );
        var keys = new Dictionary<string, Guid>(StringComparer.Ordinal);
        foreach (var (id, name) in tags)
        {
            var key = NameKey.Of(name);
            if (key.Length == 0 || !keys.TryAdd(key, id))
                keys.Add($"?{id}", id);
        }
        await connection.ExecuteAsync(
            new CommandDefinition(
                "update tags t set name_key = k.key from unnest(@Ids, @Keys) k(id, key) where t.id = k.id",
                new { Ids = keys.Values.ToArray(), Keys = keys.Keys.ToArray() },
                transaction,
                commandTimeout: 0,
                cancellationToken: ct
            )
        );
    }
}
