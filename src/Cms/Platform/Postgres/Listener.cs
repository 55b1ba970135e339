using Dapper;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>
/// LISTEN, with a question asked again at every notification, and now and then without one: a notification is a
/// wake-up, never the truth.
/// </summary>
internal static class Listener
{
    /// <summary>
    /// Asks, tells the answer, waits for a notification, and so on, on one connection, until that breaks or
    /// <paramref name="ct"/> ends it.
    /// </summary>
    /// <param name="channel">The channel; a plain name.</param>
    /// <param name="sql">The question, with one row for an answer.</param>
    /// <param name="arguments">Its parameters, made anew each time.</param>
    /// <param name="atLeastEvery">The longest wait before it is asked without a notification.</param>
    /// <param name="maxAnswerTime">The longest wait for an answer; whole seconds.</param>
    /// <param name="tell">Takes the answer.</param>
    public static async Task ListenAsync<T>(
        this NpgsqlDataSource postgres,
        string channel,
        string sql,
        Func<object> arguments,
        TimeSpan atLeastEvery,
        TimeSpan maxAnswerTime,
        Action<T> tell,
        CancellationToken ct
    )
    {
        await using var connection = await postgres.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition($"listen {channel}", cancellationToken: ct));
        while (true)
        {
            tell(
                await connection.QuerySingleAsync<T>(
                    new CommandDefinition(
                        sql,
                        arguments(),
                        commandTimeout: (int)maxAnswerTime.TotalSeconds,
                        cancellationToken: ct
                    )
                )
            );
            await connection.WaitAsync(atLeastEvery, ct);
        }
    }
}
