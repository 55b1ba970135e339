using Cms.Desk;
using Cms.Editorial.Releases;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;

namespace Cms.Previews.Releases;

/// <summary>Revokes a preview of a release</summary>
/// <remarks>Its addresses are 404 from now on.</remarks>
internal sealed class RevokeReleasePreview(DeskDoor desk) : DeskSlice<RevokeReleasePreviewRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/releases/{releaseId}/previews/{previewId}");
        Does(Act.RevokeReleasePreview);
        AnswersNothing(ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(RevokeReleasePreviewRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var release = await ReleaseHead.LockAsync(
                    edit,
                    request.ReleaseId,
                    conditions: default,
                    ifMatchRequired: false,
                    ct
                );
                var gone = await edit.Transaction.ExecuteAsync(
                    "delete from previews where id = @PreviewId and release_id = @Release",
                    new { request.PreviewId, Release = release.Id },
                    ct
                );
                if (gone == 0)
                    throw Refused.NotFound("preview", request.PreviewId.ToString());
                edit.Wrote(release.Id, release.Revision);
                return true;
            },
            _ => new Done(),
            ct
        );
}

internal sealed record RevokeReleasePreviewRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }

    /// <summary>The preview's id.</summary>
    [RouteParam]
    public Guid PreviewId { get; init; }
}
