using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;

namespace Cms.Webhooks;

/// <summary>Deletes a webhook</summary>
/// <remarks>Deletes its deliveries too, also those that were still to be sent.</remarks>
internal sealed class DeleteWebhook(DeskDoor desk) : DeskSlice<DeleteWebhookRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/webhooks/{id}");
        Does(Act.DeleteWebhook);
        AnswersNothing(
            ProblemKinds.NotFound,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override async Task<IResult> ExecuteAsync(DeleteWebhookRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var row = await WebhookRow.LockAsync(edit, request.Id, ct);
                Conditional.Require(request.Preconditions, row.Revision);
                edit.Wrote(row.Id, revision: null);
                return await edit.Transaction.ExecuteLongAsync(
                    "delete from webhooks where id = @Id",
                    new { row.Id },
                    ct
                );
            },
            _ => new Done(),
            ct
        );
    }
}

internal sealed record DeleteWebhookRequest : ChangingRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}
