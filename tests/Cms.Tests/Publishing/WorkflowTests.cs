using Cms.Editorial.Workflow;
using Cms.Publishing;
using CsCheck;

namespace Cms.Tests.Publishing;

public sealed class WorkflowTests
{
    private static readonly Gen<ArticleAct> Acts = Gen.Int[0, Enum.GetValues<ArticleAct>().Length - 1]
        .Select(i => (ArticleAct)i);

    private static readonly Gen<(ArticleStatus Status, ArticleAct Act, bool WasPublished)> Any = Gen.Select(
        Gen.Int[0, Enum.GetValues<ArticleStatus>().Length - 1].Select(i => (ArticleStatus)i),
        Acts,
        Gen.Bool
    );

    [Fact]
    public void An_act_is_allowed_where_it_makes_sense_and_nowhere_else() =>
        Any.Sample(x =>
        {
            ArticleStatus[] allowed = x.Act switch
            {
                ArticleAct.Restore => [ArticleStatus.Trashed],
                ArticleAct.Submit => [ArticleStatus.Draft, ArticleStatus.InReview],
                ArticleAct.Reject => [ArticleStatus.InReview],
                ArticleAct.CancelSchedule => [ArticleStatus.Scheduled, ArticleStatus.Published],
                ArticleAct.Unpublish => [ArticleStatus.Published],
                _ => [.. Enum.GetValues<ArticleStatus>().Where(s => s != ArticleStatus.Trashed)],
            };
            Assert.Equal(
                allowed.Contains(x.Status),
                Transitions.After(x.Status, x.Act, x.WasPublished) is not null
            );
        });

    [Fact]
    public void Each_act_leads_to_its_own_status() =>
        Any.Sample(x =>
        {
            if (Transitions.After(x.Status, x.Act, x.WasPublished) is not { } after)
                return;
            Assert.Equal(
                x.Act switch
                {
                    ArticleAct.Change => x.Status,
                    ArticleAct.Submit => ArticleStatus.InReview,
                    ArticleAct.Reject => ArticleStatus.Draft,
                    ArticleAct.Publish => ArticleStatus.Published,
                    ArticleAct.Schedule
                    or ArticleAct.CancelSchedule when x.Status is ArticleStatus.Published =>
                        ArticleStatus.Published,
                    ArticleAct.Schedule => ArticleStatus.Scheduled,
                    ArticleAct.Unpublish => ArticleStatus.Unpublished,
                    ArticleAct.Trash => ArticleStatus.Trashed,
                    _ => x.WasPublished ? ArticleStatus.Unpublished : ArticleStatus.Draft,
                },
                after
            );
        });

    /// <summary>
    /// Whatever is done in whatever order: what readers have seen is never a draft again, and only publishing
    /// publishes.
    /// </summary>
    [Fact]
    public void No_way_through_the_workflow_forgets_that_readers_saw_it() =>
        Acts.Array[0, 40]
            .Sample(acts =>
            {
                var (status, seen) = (ArticleStatus.Draft, false);
                foreach (var act in acts)
                {
                    var before = status;
                    status = Transitions.After(status, act, seen) ?? status;
                    Assert.True(
                        status != ArticleStatus.Published || before == status || act == ArticleAct.Publish
                    );
                    seen |= status == ArticleStatus.Published;
                    Assert.False(seen && (status is ArticleStatus.Draft or ArticleStatus.InReview));
                }
            });
}
