using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Workflow;

/// <summary>Takes an article out of the trash</summary>
/// <remarks>It comes back as a draft, or as `unpublished` if readers have ever seen it.</remarks>
internal sealed class RestoreArticle(DeskDoor desk) : Slice<ArticleActRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/restore");
        Permissions(Permission.WriteOwn);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    public override Task<IResult> ExecuteAsync(ArticleActRequest request, CancellationToken ct) =>
        request.RunAsync(
            desk,
            Act.RestoreArticle,
            HttpContext.Caller(),
            async (edit, head) =>
            {
                var status = head.After(ArticleAct.Restore);
                await edit.Transaction.ExecuteAsync(
                    ArticleStates.Update,
                    ArticleStates.Arguments(head, status, edit.Caller, edit.At),
                    ct
                );
            },
            ct
        );
}
