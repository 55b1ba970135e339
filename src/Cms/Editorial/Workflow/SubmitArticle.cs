using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Workflow;

/// <summary>Submits a draft for review</summary>
/// <remarks>Its status becomes `inReview`; it can still be changed.</remarks>
internal sealed class SubmitArticle(DeskDoor desk) : Slice<ArticleActRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/submit");
        Permissions(Permission.WriteOwn);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    public override Task<IResult> ExecuteAsync(ArticleActRequest request, CancellationToken ct) =>
        request.RunAsync(
            desk,
            Act.SubmitArticle,
            HttpContext.Caller(),
            async (edit, head) =>
            {
                var status = head.After(ArticleAct.Submit);
                await edit.Transaction.ExecuteAsync(
                    ArticleStates.Update,
                    ArticleStates.Arguments(head, status, edit.Caller, edit.At),
                    ct
                );
            },
            ct
        );
}
