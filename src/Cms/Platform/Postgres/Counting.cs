using System.Globalization;
using System.Text.Json;
using Cms.Platform.Lists;
using Npgsql;

namespace Cms.Platform.Postgres;

/// <summary>
/// Counts lists within bounds: a count reads all that it counts, and a list may have millions. What cannot be counted
/// in time is estimated from the planner's statistics, and said to be.
/// </summary>
internal static class Counting
{
    /// <summary>
    /// Up to so many are counted where an estimate would do: looking at them costs a few milliseconds.
    /// </summary>
    public const int Max = 10_000;

    private static readonly TimeSpan ForExact = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForEstimate = TimeSpan.FromSeconds(1);

    /// <summary>How many rows a statement has; null where nobody asks.</summary>
    /// <param name="rows">The statement whose rows they are.</param>
    /// <param name="upTo">Counts them up to <see cref="Max"/>, and says one more if there are more; as a rule made
    /// from <paramref name="rows"/>.</param>
    public static async Task<ListTotal?> CountAsync(
        this NpgsqlDataSource postgres,
        Count how,
        string rows,
        object args,
        CancellationToken ct,
        string? upTo = null
    )
    {
        if (how == Count.None)
            return null;
        var counted =
            how == Count.Exact
                ? await CountWithinAsync(postgres, $"select count(*) from ({rows}) n", args, ForExact, ct)
                : await CountWithinAsync(postgres, upTo ?? UpTo(rows, Max), args, ForEstimate, ct);
        if (counted is { } count && (how == Count.Exact || count <= Max))
            return new(count, IsExact: true);
        return new(Math.Max(await PlannedAsync(postgres, rows, args, ct), counted ?? 0), IsExact: false);
    }

    public static string UpTo(string rows, int max) =>
        $"select count(*) from ({rows} limit {(max + 1).ToString(CultureInfo.InvariantCulture)}) n";

    /// <summary>The count; null if the time was not enough.</summary>
    private static async Task<long?> CountWithinAsync(
        NpgsqlDataSource postgres,
        string sql,
        object args,
        TimeSpan time,
        CancellationToken ct
    )
    {
        try
        {
            return await postgres.InSnapshotAsync(
                async transaction =>
                {
                    await transaction.ExecuteAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"set local statement_timeout = {time.TotalMilliseconds}"
                        ),
                        new { },
                        ct
                    );
                    return await transaction.FindAsync<long>(sql, args, ct);
                },
                ct
            );
        }
        catch (PostgresException e)
            when (e.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>How many rows the planner expects: from statistics, without reading any.</summary>
    private static async Task<long> PlannedAsync(
        NpgsqlDataSource postgres,
        string rows,
        object args,
        CancellationToken ct
    )
    {
        var plan = (await postgres.FindAsync<string>($"explain (format json) {rows}", args, ct))!;
        using var parsed = JsonDocument.Parse(plan);
        return (long)parsed.RootElement[0].GetProperty("Plan").GetProperty("Plan Rows").GetDouble();
    }
}
