using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Workflow;

/// <summary>Takes an article out of the trash</summary>
/// <remarks>It comes back as a draft, or as `unpublished` if readers have ever seen it.</remarks>
internal sealed class RestoreArticle(DeskDoor desk) : ArticleActSlice(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/restore");
        Does(Act.RestoreArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(Edit edit, ArticleHead head, CancellationToken ct)
    {
        var status = head.After(ArticleAct.Restore);
        await edit.Transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, status, edit.Caller, edit.At),
            ct
        );
    }
}
