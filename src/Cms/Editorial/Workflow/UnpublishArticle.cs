using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Workflow;

/// <summary>Withdraws an article from readers</summary>
/// <remarks>Its addresses answer 410 from now on. The working copy does not change and can be published
/// again.</remarks>
internal sealed class UnpublishArticle(DeskDoor desk) : ArticleActSlice(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/unpublish");
        Does(Act.UnpublishArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(Edit edit, ArticleHead head, CancellationToken ct)
    {
        var status = head.After(ArticleAct.Unpublish);
        await edit.Transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, status, edit.Caller, edit.At),
            ct
        );
        await Publisher.WithdrawAsync(edit.Transaction, edit.Announcement, head.Id, deleted: false, ct);
    }
}
