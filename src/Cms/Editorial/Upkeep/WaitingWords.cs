using Cms.Changes;
using Cms.Editorial.ForReaders;
using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Puts the words of published articles into the index of search. A publication only stores them (<c>waits</c>);
/// searches look through those that wait, one by one. Many articles together change far fewer entries of the index than
/// each by itself. Any number of nodes may run it: one works at a time.
/// </summary>
internal sealed class WaitingWords(
    NpgsqlDataSource postgres,
    ChangeSignal signal,
    TimeProvider clock,
    ILogger<WaitingWords> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    /// <summary>So many articles are indexed together. Each that waits costs a search about 6 µs.</summary>
    public const int Batch = 200;

    /// <summary>
    /// Where more articles wait than this, their words cannot be indexed at the moment. Then publications do it
    /// themselves.
    /// </summary>
    private const int MaxWaiting = 1_000;

    /// <summary>Those that wait for this long are indexed although they are less than a batch.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);

    // One look serves all publications of this time.
    private static readonly TimeSpan BeforeNextLook = TimeSpan.FromMilliseconds(250);

    /// <summary>SQL: whether the words of a publication wait.</summary>
    public static readonly string Wait = $"""
        (to_regclass('{OldIndex}') is null
            and (select count(*) from (select from published_article_words where waits
                limit {MaxWaiting}) w) < {MaxWaiting})
        """;

    private const string Index = "published_article_words_indexed";

    /// <summary>Of newsrooms from before words waited: all words, at once.</summary>
    private const string OldIndex = "published_article_words_search";

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? since = null;
        await RepeatAsync(
            log,
            clock,
            "Words cannot be indexed",
            BeforeNextTry,
            async ct =>
            {
                var head = signal.Head;
                var hasIndex = await BuildAsync(ct);
                var waiting = await postgres.FindAsync<int>(Count, new { Batch }, ct);
                since = waiting == 0 ? null : since ?? clock.GetUtcNow();
                if (waiting == Batch || clock.GetUtcNow() - since >= MaxWait)
                {
                    since = null;
                    if (await MoveAsync(postgres, ct) > 0)
                        return true;
                }
                if (head is null || !hasIndex)
                    await Task.Delay(BeforeNextTry, clock, ct);
                else
                {
                    await HasMovedAsync(head, since, ct);
                    await Task.Delay(BeforeNextLook, clock, ct);
                }
                return true;
            },
            stoppingToken
        );
    }

    /// <summary>Indexes the words of a batch of articles. Returns how many there were.</summary>
    public static async Task<int> MoveAsync(NpgsqlDataSource postgres, CancellationToken ct)
    {
        var moved = await postgres.InTransactionAsync(
            async transaction =>
                await transaction.FindAsync<bool>(TryLock, new { }, ct)
                    ? await Publisher.IndexWaitingAsync(transaction, Batch, ct)
                    : 0,
            ct
        );
        // After the commit: a publication that replaces or removes one of them does not wait for it.
        if (moved > 0)
            await MergeAsync(postgres, ct);
        return moved;
    }

    /// <summary>
    /// Merges what was written to the index without waiting. Searches read the list of it until then.
    /// </summary>
    public static Task MergeAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        postgres.ExecuteAsync($"select gin_clean_pending_list(to_regclass('{Index}'))", new { }, ct);

    /// <summary>Waits until the feed moves, or those that wait since then have waited long enough.</summary>
    private async Task HasMovedAsync(FeedHead head, DateTimeOffset? since, CancellationToken ct)
    {
        if (since is null)
        {
            await signal.MovedFrom(head).WaitAsync(ct);
            return;
        }
        var left = since.Value + MaxWait - clock.GetUtcNow();
        try
        {
            if (left > TimeSpan.Zero)
                await signal.MovedFrom(head).WaitAsync(left, clock, ct);
        }
        catch (TimeoutException) { }
    }

    /// <summary>
    /// Builds the index in newsrooms that have the one from before words waited. Readers and writers go on meanwhile.
    /// Returns whether it is there.
    /// </summary>
    private async Task<bool> BuildAsync(CancellationToken ct)
    {
        if (!await postgres.FindAsync<bool>(HasOldIndex, new { }, ct))
            return true;
        await using var connection = await postgres.OpenConnectionAsync(ct);
        if (!await IsAsync(TryHold))
            return false;
        try
        {
            // One that was interrupted is left behind unfinished.
            if (await IsAsync(IsUnfinished))
                await RunAsync($"drop index concurrently {Index}");
            await RunAsync(
                $"""
                create index concurrently if not exists {Index} on published_article_words using gin (words)
                    with (fastupdate = on, gin_pending_list_limit = 16384) where (not waits)
                """
            );
            await RunAsync($"drop index concurrently if exists {OldIndex}");
        }
        finally
        {
            await using var release = new NpgsqlCommand(Release, connection);
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
        await MergeAsync(postgres, ct);
        return true;

        async Task<bool> IsAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteScalarAsync(ct) is true;
        }

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private const string Turn = "hashtextextended('cms:waiting-words', 0)";
    private const string TryLock = $"select pg_try_advisory_xact_lock({Turn})";
    private const string TryHold = $"select pg_try_advisory_lock({Turn})";
    private const string Release = $"select pg_advisory_unlock({Turn})";

    private const string Count =
        "select count(*)::int from (select from published_article_words where waits limit @Batch) w";

    private const string HasOldIndex = $"select to_regclass('{OldIndex}') is not null";

    private const string IsUnfinished =
        $"select exists (select from pg_index where indexrelid = to_regclass('{Index}') and not indisvalid)";
}
