using Cms.Desk;
using Cms.Editorial.Articles;

namespace Cms.Editorial.Workflow;

/// <summary>Publishes an article</summary>
/// <remarks>Readers see its working copy from now on. It must have a section and a body, and whatever else this
/// newsroom requires; all that is missing is named (422, see `getArticleChecks`). With `If-Match` only that revision is published, so that nothing goes out that you have not seen; without it
/// the present one is. `updatedAt` moves only if readers see something new.</remarks>
internal sealed class PublishArticle(DeskDoor desk, PublishPolicy policy) : ArticleActSlice(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/publish");
        Does(Act.PublishArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override Task WorkAsync(Edit edit, ArticleHead head, CancellationToken ct) =>
        Publisher.PublishAsync(edit.Transaction, edit.Announcement, head, policy, edit.At, ct);
}
