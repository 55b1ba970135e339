using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Schedules;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Workflow;

/// <summary>Submits a draft for review</summary>
/// <remarks>Its status becomes `inReview`; it can still be changed. What it was sent back for is settled (`rejection`
/// is null).</remarks>
internal sealed class SubmitArticle(DeskDoor desk) : ArticleActSlice(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/submit");
        Does(Act.SubmitArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(Edit edit, ArticleHead head, CancellationToken ct)
    {
        var status = head.After(ArticleAct.Submit);
        await edit.Transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, status, edit.Caller, edit.At),
            ct
        );
        await Plans.SettleAsync(edit.Transaction, head.Id, ct);
    }
}
