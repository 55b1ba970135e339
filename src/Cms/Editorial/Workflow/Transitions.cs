using Cms.Access;
using Cms.Desk;
using Cms.Publishing;
using static Cms.Publishing.ArticleStatus;

namespace Cms.Editorial.Workflow;

/// <summary>An act, in which statuses it is allowed, where it leads, and what the caller must be allowed.</summary>
/// <param name="Act">What is done.</param>
/// <param name="Desk">The act of the desk, which says who may do it.</param>
/// <param name="To">The status after it; null: see <see cref="Transitions.After"/>.</param>
/// <param name="From">The statuses in which it is allowed.</param>
internal sealed record Transition(ArticleAct Act, Act Desk, ArticleStatus? To, params ArticleStatus[] From);

/// <summary>The one table of the workflow.</summary>
internal static class Transitions
{
    public static readonly IReadOnlyList<Transition> Table =
    [
        new(
            ArticleAct.Change,
            Act.ChangeArticle,
            To: null,
            Draft,
            InReview,
            Scheduled,
            Published,
            Unpublished
        ),
        new(ArticleAct.Submit, Act.SubmitArticle, InReview, Draft, InReview),
        new(ArticleAct.Reject, Act.RejectArticle, Draft, InReview),
        new(
            ArticleAct.Publish,
            Act.PublishArticle,
            Published,
            Draft,
            InReview,
            Scheduled,
            Published,
            Unpublished
        ),
        // What readers see stays published until then.
        new(
            ArticleAct.Schedule,
            Act.ScheduleArticle,
            To: null,
            Draft,
            InReview,
            Scheduled,
            Published,
            Unpublished
        ),
        new(ArticleAct.CancelSchedule, Act.CancelSchedule, To: null, Scheduled, Published),
        new(ArticleAct.Unpublish, Act.UnpublishArticle, Unpublished, Published),
        new(ArticleAct.Trash, Act.TrashArticle, Trashed, Draft, InReview, Scheduled, Published, Unpublished),
        new(ArticleAct.Restore, Act.RestoreArticle, To: null, Trashed),
    ];

    /// <summary>The status after an act; null where it is not allowed.</summary>
    /// <param name="wasPublished">Whether the article was ever published: out of the trash, and from being scheduled,
    /// it comes back as what it was.</param>
    public static ArticleStatus? After(ArticleStatus status, ArticleAct act, bool wasPublished)
    {
        var transition = Of(act);
        return !transition.From.Contains(status) ? null
            : act is ArticleAct.Schedule ? (status is Published ? Published : Scheduled)
            : act is ArticleAct.Restore || (act is ArticleAct.CancelSchedule && status is Scheduled)
                ? (wasPublished ? Unpublished : Draft)
            : transition.To ?? status;
    }

    /// <summary>What a caller may do in a status, by the names that it has in addresses.</summary>
    public static IReadOnlyList<string> Allowed(ArticleStatus status, bool hasSchedule, Caller caller) =>
        [
            .. Table
                .Where(t => t.From.Contains(status) && caller.May(t.Desk.Needs))
                // Scheduling is publishing at a time.
                .Where(t => t.Act != ArticleAct.Schedule)
                .Where(t => t.Act != ArticleAct.CancelSchedule || hasSchedule)
                .Select(t => NameOf(t.Act)),
        ];

    /// <summary>Such as <c>submit</c>.</summary>
    public static string NameOf(ArticleAct act) =>
        System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(act.ToString());

    private static Transition Of(ArticleAct act) => Table.Single(t => t.Act == act);
}
