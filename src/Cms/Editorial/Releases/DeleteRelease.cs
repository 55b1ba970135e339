using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;

namespace Cms.Editorial.Releases;

/// <summary>Deletes a release that has not gone live</summary>
/// <remarks>Nothing happens to its articles. What has gone live stays, since it tells what was live before.</remarks>
internal sealed class DeleteRelease(DeskDoor desk) : DeskSlice<DeleteReleaseRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/releases/{releaseId}");
        Does(Act.DeleteRelease);
        AnswersNothing(
            ProblemKinds.NotFound,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    public override Task<IResult> ExecuteAsync(DeleteReleaseRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ReleaseHead.LockAsync(
                    edit,
                    request.ReleaseId,
                    request.Preconditions,
                    ifMatchRequired: true,
                    ct
                );
                head.RequireUnpublished();
                await edit.Transaction.ExecuteAsync(
                    "delete from releases where id = @Id",
                    new { head.Id },
                    ct
                );
                await ReleaseWriter.ReleaseSlugsAsync(edit.Transaction, head, ct);
                edit.Wrote(head.Id, revision: null);
                return head;
            },
            _ => new Done(),
            ct
        );
}

internal sealed record DeleteReleaseRequest : ChangingRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }
}
