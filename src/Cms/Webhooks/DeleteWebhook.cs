using Cms.Platform.Http;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Webhooks;

/// <summary>Deletes a webhook</summary>
/// <remarks>Deletes its deliveries too, also those that were still to be sent.</remarks>
internal sealed class DeleteWebhook(NpgsqlDataSource postgres) : Slice<DeleteWebhookRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/webhooks/{id}");
        Permissions(Access.Permissions.ManageWebhooks);
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
        await postgres.InTransactionAsync(
            async transaction =>
            {
                var row = await WebhookRow.LockAsync(transaction, request.Id, ct);
                Conditional.Require(request.Preconditions, row.Revision);
                return await transaction.ExecuteLongAsync(
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
