using Cms.Delivery.Reading;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>What holds for every statement that asks for articles by their words.</summary>
internal static class SearchBounds
{
    /// <summary>
    /// No search may hold on to the database, whatever it asks. And none may read the words of all articles: for a word
    /// that most of them have the planner thinks that cheap, since it does not count that each list of words has to be
    /// unpacked (at 100,000 articles more than 2 s). What is forbidden and done all the same, in a table of a page, is
    /// thought so dear that the statement would be compiled first, which takes longer than any search. Plans are kept:
    /// a new one for each question was always the same, and took 1 to 3 ms.
    /// </summary>
    private const string Set = """
        set local statement_timeout = '2s'; set local enable_seqscan = off; set local jit = off;
        set local plan_cache_mode = force_generic_plan; set local pg_trgm.similarity_threshold = 0.25
        """;

    /// <summary>
    /// Reads within the bounds, all of it as the database is at one moment. (The names that articles show are read
    /// after it: <see cref="KnownNames"/>.)
    /// </summary>
    /// <exception cref="Refused">503: a statement took too long.</exception>
    public static async Task<T> InBoundsAsync<T>(
        this NpgsqlDataSource postgres,
        Func<NpgsqlTransaction, Task<T>> read,
        CancellationToken ct
    )
    {
        try
        {
            return await postgres.InSnapshotAsync(
                async transaction =>
                {
                    await transaction.ExecuteAsync(Set, new { }, ct);
                    return await read(transaction);
                },
                ct
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.QueryCanceled)
        {
            throw new Refused(ProblemKinds.Unavailable, "The search took too long. Ask for less at once.")
            {
                RetryAfter = TimeSpan.FromSeconds(5),
            };
        }
    }
}
