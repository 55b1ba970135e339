using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Webhooks.Delivering;

/// <summary>
/// The queues of deliveries: one for each webhook and thing. What changes a queue does so under the lock of its
/// webhook's row, and in a statement after the one that took it, so that it sees what the one before has done.
/// </summary>
internal sealed class Queues(NpgsqlDataSource postgres, WebhookPolicy policy, TimeProvider clock)
{
    // So many webhooks, and so many events for each, in one transaction: it must end soon on a slow machine too.
    private const int HooksAtOnce = 20;
    private const int Batch = 250;

    /// <summary>
    /// Turns events into deliveries. Webhooks that another node, or an outcome, is working on are passed over.
    /// </summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> FanOutAsync(CancellationToken ct)
    {
        // Most of the time there is nothing to do; a look costs no transaction.
        if (!await postgres.FindAsync<bool>($"select exists ({SelectBehind})", new { }, ct))
            return false;
        return await postgres.InTransactionAsync(
            async transaction =>
            {
                var ids = (
                    await transaction.ListAsync<Guid>(
                        $"{SelectBehind} order by w.position limit @HooksAtOnce for update skip locked",
                        new { HooksAtOnce },
                        ct
                    )
                ).ToArray();
                if (ids.Length == 0)
                    return false;
                var isFull = await transaction.FindAsync<bool>(
                    FanOut,
                    new
                    {
                        ids,
                        Batch,
                        At = clock.GetUtcNow(),
                    },
                    ct
                );
                return isFull || ids.Length == HooksAtOnce;
            },
            ct
        );
    }

    /// <summary>Takes what is due, as much for each webhook as is free on this node.</summary>
    /// <param name="underWay">Attempts under way on this node, by webhook.</param>
    public async Task<IReadOnlyList<Claim>> ClaimAsync(
        IReadOnlyDictionary<Guid, int> underWay,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        return await postgres.ListAsync<Claim>(
            ClaimDue,
            new
            {
                now,
                Until = now + policy.Lease,
                policy.AtOnce,
                policy.Trouble,
                Ids = underWay.Keys.ToArray(),
                Counts = underWay.Values.ToArray(),
            },
            ct
        );
    }

    /// <summary>When the next delivery is due for which this node has room; null: none is waiting.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(
        IReadOnlyDictionary<Guid, int> underWay,
        CancellationToken ct
    ) =>
        (
            await postgres.FindAsync<Due>(
                SelectNextDue,
                new
                {
                    policy.AtOnce,
                    policy.Trouble,
                    Ids = underWay.Keys.ToArray(),
                    Counts = underWay.Values.ToArray(),
                },
                ct
            )
        )?.At;

    /// <summary>
    /// Writes down what came of an attempt, and lets the next one of the queue go if this was the last of its kind.
    /// </summary>
    /// <returns>Why the webhook was paused by it; null: it was not.</returns>
    public Task<string?> RecordAsync(Claim claim, Attempt attempt, CancellationToken ct) =>
        postgres.InTransactionAsync(
            async transaction =>
            {
                var hook = await transaction.FindAsync<HookState>(LockHook, claim, ct);
                // Deleted, or taken over after the lease had ended: then another says what came of it.
                if (hook is null)
                    return null;
                var delivery = await transaction.FindAsync<DeliveryState>(LockDelivery, claim, ct);
                if (delivery is null)
                    return null;

                // What a former address did not take says nothing of the present one.
                var hasMoved = !attempt.Succeeded && attempt.Url != hook.Url;
                var verdict = hasMoved
                    ? new("pending", attempt.EndedAt, null, null)
                    : Judge(hook, delivery, attempt);
                await transaction.ExecuteAsync(
                    verdict.Status == "pending" ? Record : $"{Record};{Promote}",
                    new
                    {
                        claim.Id,
                        claim.WebhookId,
                        claim.Entity,
                        attempt.At,
                        DurationMs = (int)attempt.Duration.TotalMilliseconds,
                        attempt.Url,
                        Headers = Platform.Http.Answers.Json.WriteText(attempt.Headers),
                        HttpStatus = attempt.Status,
                        attempt.Answer,
                        attempt.Error,
                        verdict.Status,
                        verdict.NextAttemptAt,
                        FirstTriedAt = hasMoved ? (DateTimeOffset?)null : delivery.FirstTriedAt ?? attempt.At,
                        Now = attempt.EndedAt,
                    },
                    ct
                );
                if (!hasMoved && (!attempt.Succeeded || hook.Failures > 0))
                    await transaction.ExecuteAsync(
                        UpdateHook,
                        new
                        {
                            claim.WebhookId,
                            Failures = attempt.Succeeded ? 0 : hook.Failures + 1,
                            FailingSince = attempt.Succeeded
                                ? (DateTimeOffset?)null
                                : FailingSince(hook, attempt),
                            verdict.NotBefore,
                            verdict.Pause,
                            Now = attempt.EndedAt,
                        },
                        ct
                    );
                return hook.PausedBecause is null ? verdict.Pause : null;
            },
            ct
        );

    /// <summary>Gives back what was taken and not tried to its end; it counts as no attempt.</summary>
    public Task<int> ReleaseAsync(Claim claim, CancellationToken ct) =>
        postgres.ExecuteAsync(
            """
            update webhook_deliveries set lease = null, next_attempt_at = @Now where id = @Id and lease = @Lease
            """,
            new
            {
                claim.Id,
                claim.Lease,
                Now = clock.GetUtcNow(),
            },
            ct
        );

    private Verdict Judge(HookState hook, DeliveryState delivery, Attempt attempt)
    {
        var now = attempt.EndedAt;
        if (attempt.Succeeded)
            return new("delivered", null, null, null);
        // What a pause stops stays at the head of its queue, to be tried first when it ends.
        if (attempt.Status == 410)
            return new("pending", now, null, "gone");

        var rest = policy.Rest(IsTrouble(attempt) ? hook.Failures + 1 : 0);
        if (attempt.RetryAfter > rest)
            rest = attempt.RetryAfter.Value;
        DateTimeOffset? notBefore = rest > TimeSpan.Zero ? now + rest : null;
        var wait = policy.Backoff(delivery.Attempts + 1);
        if (attempt.RetryAfter > wait)
            wait = attempt.RetryAfter.Value;
        var firstTriedAt = delivery.FirstTriedAt ?? attempt.At;
        if (now + wait <= firstTriedAt + policy.RetryFor)
            return new("pending", now + wait, notBefore, null);
        // Its time is up. If nothing else got through in that time either it is the receiver that is away, and nothing
        // is lost by waiting for somebody to look; otherwise it is this one that the receiver does not like, and the
        // others shall go on.
        return hook.FailingSince is not null && FailingSince(hook, attempt) <= firstTriedAt
            ? new("pending", now, notBefore, "failing")
            : new("failed", null, notBefore, null);
    }

    /// <summary>
    /// When the first of the attempts began that all failed; of several at once it need not be the one that ended
    /// first.
    /// </summary>
    private static DateTimeOffset FailingSince(HookState hook, Attempt attempt) =>
        hook.FailingSince is { } since && since < attempt.At ? since : attempt.At;

    /// <summary>A receiver that says what it does not like (4xx) is well.</summary>
    private static bool IsTrouble(Attempt attempt) => attempt.Status is null or 429 or >= 500;

    private sealed record Verdict(
        string Status,
        DateTimeOffset? NextAttemptAt,
        DateTimeOffset? NotBefore,
        string? Pause
    );

    private const string SelectBehind = """
        select w.id from webhooks w where w.paused_because is null and w.position < (select head from change_feed)
        """;

    /// <summary>The body of an event `e`, as it is sent now and on every retry.</summary>
    public const string Body = """
        '{"type":' || to_json(e.type)::text || ',"timestamp":"'
            || to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            || '","data":' || e.data::text || '}'
        """;

    /// <summary>What an event `e` is about.</summary>
    public const string Entity = "coalesce(e.entity_type || ':' || e.entity_id, 'content')";

    /// <summary>Whether a webhook `w` is to be told of an event `e`.</summary>
    public const string IsWanted =
        "(e.type = any(w.events) or split_part(e.type, '.', 1) || '.*' = any(w.events) or '*' = any(w.events))";

    private const string FanOut = $"""
        with heads as materialized (select head from change_feed),
        news as materialized (
            select w.id webhook_id, w.events, e.*
            from webhooks w cross join lateral (
                select * from events e where e.sequence > w.position order by e.sequence limit @Batch) e
            where w.id = any(@ids)),
        reached as (
            select w.id, case when count(n.sequence) < @Batch then (select head from heads)
                else max(n.sequence) end through,
                   count(n.sequence) = @Batch is_full
            from webhooks w left join news n on n.webhook_id = w.id where w.id = any(@ids) group by w.id),
        wanted as (
            select w.webhook_id, w.id event_id, w.type, w.sequence, {Body} body, {Entity} entity
            from news w cross join lateral (select w.type, w.occurred_at, w.data, w.entity_type, w.entity_id) e
            where {IsWanted}),
        added as (
            insert into webhook_deliveries (id, webhook_id, event_id, type, entity, body, created_at, next_attempt_at)
            select uuid_at(@At), n.webhook_id, n.event_id, n.type, n.entity, n.body, @At,
                   case when row_number() over (partition by n.webhook_id, n.entity order by n.sequence) = 1
                         and not exists (select from webhook_deliveries d
                             where d.webhook_id = n.webhook_id and d.entity = n.entity
                                 and d.status = 'pending') then @At end
            from wanted n order by n.sequence),
        moved as (
            update webhooks w set position = r.through from reached r where r.id = w.id)
        select coalesce(bool_or(is_full), false) from reached
        """;

    private const string Room = """
        hooks as (
            select w.id, w.url, w.secret, w.previous_secret, w.previous_secret_until, w.not_before,
                   case when w.failures >= @Trouble then 1 else @AtOnce end - coalesce(u.count, 0) room
            from webhooks w left join unnest(@Ids, @Counts) u(id, count) on u.id = w.id
            where w.paused_because is null)
        """;

    // Two limits: the planner must know that it is few, or with a long backlog it thinks the statement worth compiling.
    private const string ClaimDue = $"""
        with {Room},
        due as (
            select d.id, h.url, h.secret, case
                when h.previous_secret_until > @now then h.previous_secret end previous_secret
            from hooks h cross join lateral (
                select d.id from (
                    select d.id from webhook_deliveries d
                    where d.webhook_id = h.id and d.status = 'pending' and d.next_attempt_at <= @now
                    order by d.next_attempt_at, d.number limit @AtOnce for update skip locked) d
                limit greatest(h.room, 0)) d
            where h.room > 0 and (h.not_before is null or h.not_before <= @now))
        update webhook_deliveries d set lease = gen_random_uuid(), next_attempt_at = @Until
        from due where due.id = d.id
        returning d.id, d.webhook_id, d.event_id, d.entity, d.body, d.lease, d.next_attempt_at lease_ends_at,
                  due.url, due.secret, due.previous_secret
        """;

    private const string SelectNextDue = $"""
        with {Room}
        select min(greatest(d.next_attempt_at, h.not_before)) at
        from hooks h cross join lateral (
            select d.next_attempt_at from webhook_deliveries d
            where d.webhook_id = h.id and d.status = 'pending' and d.next_attempt_at is not null
            order by d.next_attempt_at, d.number limit 1) d
        where h.room > 0
        """;

    private const string LockHook = """
        select url, failures, failing_since, paused_because from webhooks where id = @WebhookId for update
        """;

    private const string LockDelivery = """
        select attempts, first_tried_at from webhook_deliveries where id = @Id and lease = @Lease for update
        """;

    private const string Record = """
        update webhook_deliveries set status = @Status, lease = null, next_attempt_at = @NextAttemptAt,
            attempts = attempts + 1,
            first_tried_at = @FirstTriedAt, last_tried_at = @At, last_status = @HttpStatus, last_error = @Error,
            finished_at = case when @Status <> 'pending' then @Now end
        where id = @Id;
        insert into webhook_attempts (delivery_id, number, at, duration_ms, url, headers, status, answer, error)
        select id, attempts, @At, @DurationMs, @Url, @Headers::jsonb, @HttpStatus, @Answer, @Error
        from webhook_deliveries where id = @Id
        """;

    private const string Promote = """
        update webhook_deliveries set next_attempt_at = @Now
        where id = (select id from webhook_deliveries
                    where webhook_id = @WebhookId and entity = @Entity and status = 'pending' order by number limit 1)
        """;

    private const string UpdateHook = """
        update webhooks set failures = @Failures, failing_since = @FailingSince,
            not_before = greatest(not_before, @NotBefore),
            paused_at = case when paused_because is null and @Pause is not null then @Now else paused_at end,
            revision = case when paused_because is null and @Pause is not null then revision + 1 else revision end,
            updated_at = case when paused_because is null and @Pause is not null then @Now else updated_at end,
            paused_because = coalesce(paused_because, @Pause)
        where id = @WebhookId
        """;

    private sealed record HookState
    {
        public required string Url { get; init; }
        public required int Failures { get; init; }
        public required DateTimeOffset? FailingSince { get; init; }
        public required string? PausedBecause { get; init; }
    }

    private sealed record Due
    {
        public required DateTimeOffset? At { get; init; }
    }

    private sealed record DeliveryState
    {
        public required int Attempts { get; init; }
        public required DateTimeOffset? FirstTriedAt { get; init; }
    }
}

/// <summary>A delivery that this node has taken on, for as long as its lease lasts.</summary>
internal sealed record Claim
{
    public required Guid Id { get; init; }
    public required Guid WebhookId { get; init; }
    public required Guid EventId { get; init; }
    public required string Entity { get; init; }
    public required string Body { get; init; }
    public required Guid Lease { get; init; }
    public required DateTimeOffset LeaseEndsAt { get; init; }
    public required string Url { get; init; }
    public required byte[] Secret { get; init; }
    public required byte[]? PreviousSecret { get; init; }

    public Message Message =>
        new()
        {
            Url = Url,
            EventId = EventId,
            Body = Body,
            Secrets = PreviousSecret is null ? [Secret] : [Secret, PreviousSecret],
        };
}
