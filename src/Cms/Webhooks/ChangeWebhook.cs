using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Webhooks.Delivering;
using FastEndpoints;

namespace Cms.Webhooks;

/// <summary>Changes, pauses or resumes a webhook</summary>
/// <remarks>
/// A merge patch (RFC 7396). `If-Match` must carry the `ETag` that it starts from. `{"paused":false}` resumes it,
/// whoever had paused it: what has gathered is sent, each with three new days. So does a new `url` for what was waiting
/// to be tried again. A change of `events` holds for what happens from now on.
/// </remarks>
internal sealed class ChangeWebhook(
    DeskDoor desk,
    DispatchSignal signal,
    TimeProvider clock,
    IServiceProvider services
) : DeskSlice<ChangeWebhookRequest>(desk)
{
    public override void Configure()
    {
        Patch("/v1/editorial/webhooks/{id}");
        Does(Act.ChangeWebhook);
        Answers<Webhook>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override async Task<IResult> ExecuteAsync(ChangeWebhookRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var answer = await DoAsync(
            async edit =>
            {
                var row = await WebhookRow.LockAsync(edit, request.Id, ct);
                Conditional.Require(request.Preconditions, row.Revision);
                var input = await request.Patch.ApplyAsync(
                    row.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false)
                );
                if (Json.WriteText(input) == Json.WriteText(row.ToInput()))
                    return row;
                var resumes = row.PausedBecause is not null && !input.Paused;
                await edit.Transaction.ExecuteAsync(
                    Update,
                    new
                    {
                        row.Id,
                        input.Url,
                        input.Description,
                        Events = input.Events.ToArray(),
                        input.Paused,
                        Afresh = resumes || input.Url != row.Url,
                        at = edit.At,
                    },
                    ct
                );
                return await WebhookRow.ReadAsync(edit.Transaction, row.Id, ct);
            },
            changed => new Saved<Webhook>(changed.View(at), changed.Revision),
            ct
        );
        signal.Wake();
        return answer;
    }

    // An attempt that is under way (lease) ends by itself, and its delivery has the whole time before it as well.
    private const string Update = """
        update webhooks set url = @Url, description = @Description, events = @Events, revision = revision + 1,
            updated_at = @at,
            paused_because = case when @Paused then coalesce(paused_because, 'manual') end,
            paused_at = case when @Paused then coalesce(paused_at, @at) end,
            failures = case when @Afresh then 0 else failures end,
            failing_since = case when @Afresh then null else failing_since end,
            not_before = case when @Afresh then null else not_before end
        where id = @Id;
        update webhook_deliveries set next_attempt_at = case when lease is null then @at
            else next_attempt_at end, first_tried_at = null
        where @Afresh and webhook_id = @Id and status = 'pending' and next_attempt_at is not null
        """;
}

internal sealed record ChangeWebhookRequest : ChangingRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    [FromBody]
    public MergePatch<WebhookInput> Patch { get; init; } = null!;
}
