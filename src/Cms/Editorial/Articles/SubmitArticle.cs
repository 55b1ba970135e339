using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Articles;

/// <summary>Submits a draft for review</summary>
/// <remarks>Its status becomes `inReview`; it can still be changed.</remarks>
internal sealed class SubmitArticle(ChangeLog changes, TimeProvider clock) : Slice<ArticleActRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/submit");
        Permissions(Access.Permissions.WriteOwn);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    public override Task<IResult> ExecuteAsync(ArticleActRequest request, CancellationToken ct) =>
        request.RunAsync(
            changes,
            HttpContext.Caller(),
            async (transaction, _, head) =>
            {
                var at = clock.GetUtcNow();
                var status = head.After(ArticleAct.Submit);
                await transaction.ExecuteAsync(
                    ArticleStates.Update,
                    ArticleStates.Arguments(head, status, HttpContext.Caller(), at),
                    ct
                );
            },
            ct
        );
}
