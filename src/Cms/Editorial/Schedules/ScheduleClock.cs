using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Images;
using Cms.Editorial.Releases.GoingLive;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Schedules;

/// <summary>
/// Does what is scheduled when its time has come. Every node runs it. One works at a time; what it did is no longer in
/// the table when the next one looks. See decisions/0035.
/// </summary>
internal sealed class ScheduleClock(
    NpgsqlDataSource postgres,
    DeskDoor desk,
    PublishPolicy policy,
    NextChange nextChange,
    TimeProvider clock,
    ILogger<ScheduleClock> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    /// <summary>So many articles of the same moment appear in one transaction.</summary>
    public const int MaxTogether = 200;

    // What is scheduled on another node for sooner than this is done so late.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenLooksAtUsage = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _usageChangeAt;
    private DateTimeOffset _usageLookedAt = DateTimeOffset.MinValue;
    private long _usageVersion;

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        RepeatAsync(
            log,
            clock,
            "What is scheduled cannot be done",
            BeforeNextTry,
            async ct =>
            {
                var tryAt = await LookAsync(ct);
                var wait = tryAt - clock.GetUtcNow();
                var (count, failed) = wait <= TimeSpan.Zero ? await DoAllAsync(ct) : (0, false);
                if (count > 0)
                    return true;
                // Where another node is at it, or somebody is saving the article, it is looked at again soon.
                await Task.Delay(
                    failed ? BeforeNextTry
                        : wait > TimeSpan.Zero && wait < BetweenLooks ? wait.Value
                        : BetweenLooks,
                    clock,
                    ct
                );
                return true;
            },
            stoppingToken
        );

    /// <summary>
    /// Tells <see cref="NextChange"/> what is ahead. Returns when something is to be done; null: never.
    /// </summary>
    private async Task<DateTimeOffset?> LookAsync(CancellationToken ct)
    {
        // What the desk plans from now on may be missing in what is found.
        var version = nextChange.Version;
        var next = (await postgres.FindAsync<Look>(LookAhead, new { }, ct))!;
        var now = clock.GetUtcNow();
        // It passes by all pictures that nothing uses.
        if (now - _usageLookedAt >= BetweenLooksAtUsage || _usageChangeAt <= now)
        {
            _usageChangeAt = await postgres.FindAsync<DateTimeOffset?>(
                DueUsage.NextForReaders,
                new { Until = now + nextChange.Horizon },
                ct
            );
            (_usageLookedAt, _usageVersion) = (now, version);
        }
        nextChange.Is(next.ChangeAt is { } at && !(_usageChangeAt < at) ? at : _usageChangeAt, _usageVersion);
        return next.TryAt;
    }

    /// <summary>
    /// Does all that is due. What fails of it keeps nothing else waiting: the rights of a picture end even while a
    /// release cannot go live.
    /// </summary>
    private async Task<(int Count, bool Failed)> DoAllAsync(CancellationToken ct)
    {
        var (count, failed) = (0, false);
        foreach (var work in (Func<CancellationToken, Task<int>>[])[DoUsageAsync, DoDueAsync, DoReleaseAsync])
            try
            {
                count += await work(ct);
            }
#pragma warning disable CA1031 // it is tried again
            catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                failed = true;
                log.LogWarning("What is scheduled cannot be done at the moment: {Reason}", e.Message);
            }
        return (count, failed);
    }

    /// <summary>Does what is due. Returns how much was looked at.</summary>
    private async Task<int> DoDueAsync(CancellationToken ct)
    {
        try
        {
            return await DoDueAsync(careful: false, ct);
        }
        catch (PostgresException e) when (DueActs.IsRefusal(e))
        {
            // One of them; the others are not to wait for it.
            return await DoDueAsync(careful: true, ct);
        }
    }

    private Task<int> DoDueAsync(bool careful, CancellationToken ct) =>
        desk.DoEachAsync(
            Caller.System,
            async batch =>
                await batch.Transaction.FindAsync<bool>(TryLock, new { }, ct)
                    ? await DueActs.DoAsync(batch, policy, MaxTogether, careful, ct)
                    : 0,
            ct
        );

    /// <summary>Takes the release live that is due first. Returns how many were looked at.</summary>
    private async Task<int> DoReleaseAsync(CancellationToken ct)
    {
        try
        {
            return await DoReleaseAsync(refusal: null, ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            // One of its articles is taken for long. It is tried again at the next look.
            return 0;
        }
        catch (PostgresException e) when (DueActs.IsRefusal(e))
        {
            return await DoReleaseAsync(e.MessageText, ct);
        }
    }

    private Task<int> DoReleaseAsync(string? refusal, CancellationToken ct) =>
        desk.DoEachAsync(
            Caller.System,
            async batch =>
                await batch.Transaction.FindAsync<bool>(TryLock, new { }, ct)
                    ? await DueReleases.DoAsync(batch, policy, refusal, ct)
                    : 0,
            ct
        );

    /// <summary>Takes pictures from readers whose rights end. Returns how many.</summary>
    private Task<int> DoUsageAsync(CancellationToken ct) =>
        desk.DoEachAsync(
            Caller.System,
            async batch =>
                await batch.Transaction.FindAsync<bool>(TryLock, new { }, ct)
                    ? await DueUsage.DoAsync(batch, MaxTogether, ct)
                    : 0,
            ct
        );

    private const string TryLock = "select pg_try_advisory_xact_lock(hashtextextended('cms:schedules', 0))";

    private const string LookAhead = $"""
        select least((select min(try_at) from article_schedules), (select min(try_at) from releases), {DueUsage.Next})
                   try_at,
               least((select min(due_at) from article_schedules where failed_at is null),
                   (select min(try_at) from releases where failed_at is null)) change_at
        """;

    private sealed record Look
    {
        public required DateTimeOffset? TryAt { get; init; }
        public required DateTimeOffset? ChangeAt { get; init; }
    }
}
