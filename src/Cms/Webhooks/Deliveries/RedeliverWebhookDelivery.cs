using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Webhooks.Delivering;

namespace Cms.Webhooks.Deliveries;

/// <summary>Sends a delivery again</summary>
/// <remarks>
/// One that has ended is sent again as a new delivery, with the same `webhook-id` and the same body, behind whatever is
/// still to be sent about the same thing. One that waits for its next attempt is tried at once. The answer is the
/// delivery that will be sent; look at it again to see what came of it. While the webhook is paused it waits.
/// </remarks>
internal sealed class RedeliverWebhookDelivery(DeskDoor desk, DispatchSignal signal)
    : DeskSlice<WebhookDeliveryRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/webhooks/{id}/deliveries/{deliveryId}/redeliver");
        Does(Act.RedeliverWebhookDelivery);
        Answers<WebhookDelivery>(
            202,
            ProblemKinds.NotFound,
            ProblemKinds.MalformedRequest,
            ProblemKinds.UnsupportedMediaType,
            ProblemKinds.TooLarge,
            ProblemKinds.Invalid
        );
    }

    public override async Task<IResult> ExecuteAsync(WebhookDeliveryRequest request, CancellationToken ct)
    {
        var answer = await DoAsync(
            async edit =>
            {
                var hook = await WebhookRow.LockAsync(edit, request.Id, ct);
                edit.Wrote(hook.Id, hook.Revision);
                var row = await WebhookDeliveryRow.ReadAsync(
                    edit.Transaction,
                    request.Id,
                    request.DeliveryId,
                    ct
                );
                // However long the receiver has asked for patience (`Retry-After`): somebody has looked.
                await edit.Transaction.ExecuteAsync(
                    "update webhooks set not_before = null where id = @Id",
                    new { request.Id },
                    ct
                );
                var id = await edit.Transaction.FindAsync<Guid>(
                    row.Status == "pending" ? Hasten : InsertAgain,
                    new { row.Id, edit.At },
                    ct
                );
                return await WebhookDeliveryRow.ReadAsync(edit.Transaction, request.Id, id, ct);
            },
            delivery => Fresh.Of(delivery.View(), StatusCodes.Status202Accepted),
            ct
        );
        signal.Wake();
        return answer;
    }

    // One behind the head stays there, and one that is under way has just been tried.
    private const string Hasten = """
        update webhook_deliveries
        set next_attempt_at = case when next_attempt_at is not null and lease is null then @at else next_attempt_at end
        where id = @Id returning id
        """;

    private const string InsertAgain = """
        insert into webhook_deliveries (id, webhook_id, event_id, type, entity, body, created_at, next_attempt_at)
        select uuid_at(@at), webhook_id, event_id, type, entity, body, @at,
               case when not exists (select from webhook_deliveries o
                   where o.webhook_id = d.webhook_id and o.entity = d.entity and o.status = 'pending') then @at end
        from webhook_deliveries d where id = @Id
        returning id
        """;
}
