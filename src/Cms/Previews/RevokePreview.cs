using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;

namespace Cms.Previews;

/// <summary>Revokes a preview</summary>
/// <remarks>Its address is 404 from now on.</remarks>
internal sealed class RevokePreview(DeskDoor desk) : DeskSlice<RevokePreviewRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/articles/{slugOrId}/previews/{previewId}");
        Does(Act.RevokePreview);
        AnswersNothing(ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(RevokePreviewRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    conditions: default,
                    ifMatchRequired: false,
                    ct
                );
                var gone = await edit.Transaction.ExecuteAsync(
                    "delete from previews where id = @PreviewId and article_id = @Article",
                    new { request.PreviewId, Article = head.Id },
                    ct
                );
                if (gone == 0)
                    throw Refused.NotFound("preview", request.PreviewId.ToString());
                edit.Wrote(head.Id, head.Revision);
                return true;
            },
            _ => new Done(),
            ct
        );
}

internal sealed record RevokePreviewRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>The preview's id.</summary>
    [RouteParam]
    public Guid PreviewId { get; init; }
}
