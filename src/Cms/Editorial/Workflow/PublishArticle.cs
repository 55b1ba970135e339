using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http;

namespace Cms.Editorial.Workflow;

/// <summary>Publishes an article</summary>
/// <remarks>Readers see its working copy from now on. It must have a section and a body; what is missing is named
/// (422). With `If-Match` only that revision is published, so that nothing goes out that you have not seen; without it
/// the present one is. `updatedAt` moves only if readers see something new.</remarks>
internal sealed class PublishArticle(DeskDoor desk) : Slice<ArticleActRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/publish");
        Permissions(Permission.Publish);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    public override Task<IResult> ExecuteAsync(ArticleActRequest request, CancellationToken ct) =>
        request.RunAsync(
            desk,
            Act.PublishArticle,
            HttpContext.Caller(),
            (edit, head) => Publisher.PublishAsync(edit.Transaction, edit.Announcement, head, edit.At, ct),
            ct
        );
}
