using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Desk;

/// <summary>
/// First answers to requests with an <c>Idempotency-Key</c>, kept for a day. An answer is stored in the transaction of
/// its act: there is no act without its answer, whenever the server stops. Refusals are not kept, since they change
/// nothing: the next attempt may succeed.
/// </summary>
internal sealed class KeptAnswers(TimeProvider clock)
{
    public const string Replayed = "Idempotency-Replayed";
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The first answer; null: this is the first request. It then holds the key until its transaction
    /// ends.</summary>
    /// <exception cref="Refused">409: the first request is still under way; 422: it asked for something
    /// else.</exception>
    public async Task<IWritable?> FindAsync(
        NpgsqlTransaction transaction,
        IdempotencyKey key,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var (isMine, row) = await transaction.ReadAsync(
            Find,
            new
            {
                key.LockId,
                key.Hash,
                Since = clock.GetUtcNow() - KeptFor,
            },
            async rows => (await rows.ReadSingleAsync<bool>(), await rows.ReadSingleOrDefaultAsync<Row>()),
            ct
        );
        if (!isMine)
            throw new Refused(
                ProblemKinds.RequestInProgress,
                "The first request with this Idempotency-Key is still under way. Send it again later."
            )
            {
                RetryAfter = RetryAfter,
            };
        if (row is null)
            return null;
        if (!row.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint))
            throw new Refused(
                ProblemKinds.IdempotencyKeyReused,
                "This Idempotency-Key was sent before with another request. Use a new key for each "
                    + "request that is not a retry."
            );
        response.Headers[Replayed] = "true";
        return WrittenAnswer.FromBytes(key.Decrypt(row.Answer));
    }

    public Task KeepAsync(
        NpgsqlTransaction transaction,
        IdempotencyKey key,
        IWritable answer,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            Keep,
            new
            {
                key.Hash,
                key.Fingerprint,
                Answer = key.Encrypt(answer.Write().ToBytes()),
                At = clock.GetUtcNow(),
            },
            ct
        );

    // The second statement sees what was committed before the lock was taken.
    private const string Find = """
        select pg_try_advisory_xact_lock(@LockId);
        select fingerprint, answer from idempotency_keys where key_hash = @Hash and created_at > @Since
        """;

    private const string Keep = """
        insert into idempotency_keys (key_hash, fingerprint, answer, created_at)
        values (@Hash, @Fingerprint, @Answer, @At)
        on conflict (key_hash) do update set
            fingerprint = excluded.fingerprint, answer = excluded.answer, created_at = excluded.created_at
        """;

    private sealed record Row
    {
        public required byte[] Fingerprint { get; init; }
        public required byte[] Answer { get; init; }
    }
}

/// <summary>Removes, once an hour, first answers that are no longer replayed. Any number of nodes may do so.</summary>
internal sealed class KeptAnswersHousekeeping(
    NpgsqlDataSource postgres,
    TimeProvider clock,
    ILogger<KeptAnswersHousekeeping> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private const int Batch = 5_000;

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RemoveExpiredAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // it is tried again in an hour
            catch (Exception e)
#pragma warning restore CA1031
            {
                log.LogWarning("Old answers could not be removed: {Reason}", e.Message);
            }
            await Task.Delay(Every, clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task RemoveExpiredAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - KeptAnswers.KeptFor;
        while (await postgres.ExecuteAsync(RemoveExpired, new { before, Batch }, ct) == Batch) { }
    }

    private const string RemoveExpired = """
        delete from idempotency_keys where key_hash in (
            select key_hash from idempotency_keys where created_at < @before order by created_at limit @Batch)
        """;
}
