using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Workflow;
using Cms.Platform.Postgres;
using Cms.Publishing;

namespace Cms.Editorial.Schedules;

/// <summary>Cancels what is scheduled for an article</summary>
/// <remarks>It is neither published nor withdrawn by the clock. A scheduled article gets the status back that it had
/// before.</remarks>
internal sealed class CancelSchedule(DeskDoor desk) : ArticleActSlice(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/cancel-schedule");
        Does(Act.CancelSchedule);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(Edit edit, ArticleHead head, CancellationToken ct)
    {
        var status = head.After(ArticleAct.CancelSchedule);
        var planned = await ScheduleTable.FindAsync(edit.Transaction, head.Id, ct);
        if (planned.Count == 0)
            throw head.WrongStatus($"The article is {head.Status}, and nothing is scheduled.");
        if (
            head.State is ArticleStatus.Scheduled
            && planned.GetValueOrDefault(ScheduleTable.Publish)?.StatusBefore is { } before
        )
            status = Enum.Parse<ArticleStatus>(before, ignoreCase: true);
        await ScheduleTable.DropAsync(edit.Transaction, head.Id, ct);
        if (status != head.State)
            await edit.Transaction.ExecuteAsync(
                ArticleStates.Update,
                ArticleStates.Arguments(head, status, edit.Caller, edit.At),
                ct
            );
        await ArticleSlugs.ReleaseUnusedAsync(edit.Transaction, head.Id, head.Slug, ct);
    }
}
