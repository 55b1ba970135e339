using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;

namespace Cms.Webhooks;

/// <summary>Deletes a webhook</summary>
/// <remarks>Deletes its deliveries too, also those that were still to be sent.</remarks>
internal sealed class DeleteWebhook(DeskDoor desk) : Slice<DeleteWebhookRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/webhooks/{id}");
        Permissions(Permission.ManageWebhooks);
        AnswersNothing(
            ProblemKinds.NotFound,
            ProblemKinds.Forbidden,
            ProblemKinds.Unauthenticated,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override async Task<IResult> ExecuteAsync(DeleteWebhookRequest request, CancellationToken ct)
    {
        await desk.DoAsync(
            Act.DeleteWebhook,
            HttpContext.Caller(),
            async edit =>
            {
                var row = await WebhookRow.LockAsync(edit.Transaction, request.Id, ct);
                Conditional.Require(request.Preconditions, row.Revision);
                return await edit.Transaction.ExecuteLongAsync(
                    "delete from webhooks where id = @Id",
                    new { row.Id },
                    ct
                );
            },
            ct
        );
        return TypedResults.NoContent();
    }
}

internal sealed record DeleteWebhookRequest : ChangingRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}
