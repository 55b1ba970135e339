using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Requests;
using FastEndpoints;

namespace Cms.Editorial.Workflow;

/// <summary>Withdraws an article from readers, now or later</summary>
/// <remarks>
/// Its addresses answer 410 from now on, or from `at`, with the `notice` for readers. `reason` is told to those who
/// keep copies, so that they can withdraw them: it stands in the deletion of `/v1/sync` and in the webhook.
/// `replacedBy` sends readers to another article instead (308). The working copy does not change and can be published
/// again, which takes all of this back. Whatever was scheduled is cancelled by withdrawing it now.
///
/// Of an article that is withdrawn already, `reason`, `notice` and `replacedBy` say something else from now on: all
/// three are replaced, readers get the new notice, and those who keep copies are told of the deletion once more.
/// Without any of them, or with `at`, the answer is 409.
/// </remarks>
internal sealed class UnpublishArticle(DeskDoor desk, Scheduling scheduling)
    : ArticleActSlice<UnpublishArticleRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/unpublish");
        Does(Act.UnpublishArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override Task WorkAsync(
        Edit edit,
        ArticleHead head,
        UnpublishArticleRequest request,
        CancellationToken ct
    ) => scheduling.UnpublishAsync(edit, head, request.Withdrawal, ct);
}

internal sealed record UnpublishArticleRequest : ArticleActRequest
{
    [FromBody]
    [OptionalBody]
    public UnpublishInput Withdrawal { get; init; } = new();
}
