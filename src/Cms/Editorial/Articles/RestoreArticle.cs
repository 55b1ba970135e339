using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Articles;

/// <summary>Takes an article out of the trash</summary>
/// <remarks>It comes back as a draft, or as `unpublished` if readers have ever seen it.</remarks>
internal sealed class RestoreArticle(ChangeLog changes, TimeProvider clock) : Slice<ArticleActRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/restore");
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
                var status = head.After(ArticleAct.Restore);
                await transaction.ExecuteAsync(
                    ArticleStates.Update,
                    ArticleStates.Arguments(head, status, HttpContext.Caller(), at),
                    ct
                );
            },
            ct
        );
}
