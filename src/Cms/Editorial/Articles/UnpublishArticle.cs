using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Articles;

/// <summary>Withdraws an article from readers</summary>
/// <remarks>Its addresses answer 410 from now on. The working copy does not change and can be published again.</remarks>
internal sealed class UnpublishArticle(ChangeLog changes, TimeProvider clock) : Slice<ArticleActRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/unpublish");
        Permissions(Access.Permissions.Publish);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    public override Task<IResult> ExecuteAsync(ArticleActRequest request, CancellationToken ct) =>
        request.RunAsync(
            changes,
            HttpContext.Caller(),
            async (transaction, announcement, head) =>
            {
                var at = clock.GetUtcNow();
                var status = head.After(ArticleAct.Unpublish);
                await transaction.ExecuteAsync(
                    ArticleStates.Update,
                    ArticleStates.Arguments(head, status, HttpContext.Caller(), at),
                    ct
                );
                await Publisher.WithdrawAsync(transaction, announcement, head.Id, deleted: false, ct);
            },
            ct
        );
}
