using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Requests;
using FastEndpoints;

namespace Cms.Editorial.Workflow;

/// <summary>Publishes an article, now or later</summary>
/// <remarks>
/// Readers see its working copy from now on, or from `at`. It must have a section and a body, and whatever else this
/// newsroom requires; all that is missing is named (422, see `getArticleChecks`). With `If-Match` only that revision is
/// published, so that nothing goes out that you have not seen; without it the present one is. `updatedAt` moves only if
/// readers see something new, and not with `minor`.
///
/// With `at`, the present revision is scheduled: later saves do not change what goes out, until you publish with `at`
/// again. Until then the article is `scheduled`, or stays `published` if readers see an older revision. All is checked
/// again when the time comes. If it cannot be published then, it stays as it is, `scheduleFailed` says why, webhooks
/// are sent `article.schedule-failed`, and it is tried again every few seconds. Articles of the same moment appear
/// together, up to 200. If no server runs at that time, they appear when one runs again, and are marked `late`.
///
/// `until` withdraws it at that time.
/// </remarks>
internal sealed class PublishArticle(DeskDoor desk, Scheduling scheduling)
    : ArticleActSlice<PublishArticleRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/publish");
        Does(Act.PublishArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override Task WorkAsync(
        Edit edit,
        ArticleHead head,
        PublishArticleRequest request,
        CancellationToken ct
    ) => scheduling.PublishAsync(edit, head, request.Publication, ct);
}

internal sealed record PublishArticleRequest : ArticleActRequest
{
    [FromBody]
    [OptionalBody]
    public PublishInput Publication { get; init; } = new();
}
