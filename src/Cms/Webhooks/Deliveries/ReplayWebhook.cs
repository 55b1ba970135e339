using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Webhooks.Delivering;
using FastEndpoints;
using FluentValidation;

namespace Cms.Webhooks.Deliveries;

/// <summary>The time whose events are to be sent again.</summary>
internal sealed record ReplayInput
{
    /// <summary>From this time on.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Up to this time, not included; null: up to now.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>What a replay has put into the queues.</summary>
internal sealed record Replayed
{
    /// <summary>How many deliveries will be sent.</summary>
    /// <example>42</example>
    public required int Deliveries { get; init; }
}

internal sealed class ReplayInputRules : AbstractValidator<ReplayInput>
{
    public ReplayInputRules()
    {
        RuleFor(r => r.To)
            .Must((replay, to) => to is null || replay.From < to)
            .WithErrorCode("out-of-range")
            .WithMessage("The end must lie after the beginning.");
    }
}

/// <summary>Sends past events again</summary>
/// <remarks>
/// For a receiver that has lost events, or a new one: every event of that time to which the webhook subscribes now is
/// sent as a new delivery, in the order in which it happened, with the `webhook-id` that it had. An event that still
/// waits to be sent is doubled only where an earlier one about the same thing is sent again: it then comes once more,
/// behind it. Events are kept for 30 days, unless configured otherwise. At most 100,000 at a time.
/// </remarks>
internal sealed class ReplayWebhook(DeskDoor desk, DispatchSignal signal)
    : DeskSlice<ReplayWebhookRequest>(desk)
{
    private const int Max = 100_000;

    public override void Configure()
    {
        Post("/v1/editorial/webhooks/{id}/replay");
        Does(Act.ReplayWebhook);
        Answers<Replayed>(202, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(ReplayWebhookRequest request, CancellationToken ct)
    {
        var answer = await DoAsync(
            async edit =>
            {
                var hook = await WebhookRow.LockAsync(edit, request.Id, ct);
                edit.Wrote(hook.Id, hook.Revision);
                var added = await edit.Transaction.ExecuteLongAsync(
                    Insert,
                    new
                    {
                        request.Id,
                        request.Replay.From,
                        To = request.Replay.To ?? edit.At.AddDays(1),
                        at = edit.At,
                        Take = Max + 1,
                    },
                    ct
                );
                return added <= Max
                    ? added
                    : throw Refused.Invalid(
                        "/from",
                        "too-many",
                        $"More than {Max} events happened in that time: choose a shorter one, and "
                            + "replay the rest afterwards."
                    );
            },
            count => Fresh.Of(new Replayed { Deliveries = count }, StatusCodes.Status202Accepted),
            ct
        );
        signal.Wake();
        return answer;
    }

    // What lies above the position comes by itself. What still waits to be sent will come before what is sent again
    // now; so where that happened before it, it comes once more, behind: the last that is heard of a thing is the last
    // that happened to it.
    private const string Insert = $"""
        with waiting as materialized (
            select distinct entity, event_id from webhook_deliveries where webhook_id = @Id and status = 'pending'),
        past as materialized (
            select e.sequence, e.id event_id, e.type, {Queues.Body} body, {Queues.Entity} entity
            from webhooks w join events e on e.sequence <= w.position
            where w.id = @Id and e.occurred_at >= @From and e.occurred_at < @To and {Queues.IsWanted}
              and e.id not in (select event_id from waiting)
            order by e.sequence limit @Take),
        overtaken as materialized (
            select e.sequence, e.id event_id, e.type, {Queues.Body} body, w.entity
            from (select entity, min(sequence) first from past group by entity) p
            join waiting w using (entity) join events e on e.id = w.event_id and e.sequence > p.first),
        wanted as (
            select *, @Id webhook_id from past union all select *, @Id from overtaken),
        busy as materialized (
            select distinct entity from waiting)
        insert into webhook_deliveries (id, webhook_id, event_id, type, entity, body, created_at, next_attempt_at)
        select uuid_at(@at), n.webhook_id, n.event_id, n.type, n.entity, n.body, @at,
               case when row_number() over (partition by n.entity order by n.sequence) = 1
                     and n.entity not in (select entity from busy) then @at end
        from wanted n order by n.sequence
        """;
}

internal sealed record ReplayWebhookRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    [FromBody]
    public ReplayInput Replay { get; init; } = null!;
}
