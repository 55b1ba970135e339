using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.Releases.GoingLive;

/// <summary>Takes a release live now</summary>
/// <remarks>
/// All of its articles in one transaction, or none: readers and apps that sync see all of it or nothing. What stands in
/// the way is named, item by item (422, see `getReleaseChecks`). A release with a time goes live now instead. With
/// `If-Match` only that revision of the release does.
/// </remarks>
internal sealed class PublishRelease(DeskDoor desk, PublishPolicy policy)
    : DeskSlice<PublishReleaseRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/releases/{releaseId}/publish");
        Does(Act.PublishRelease);
        Answers<Release>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.MalformedRequest,
            ProblemKinds.UnsupportedMediaType,
            ProblemKinds.TooLarge,
            ProblemKinds.Invalid
        );
    }

    public override Task<IResult> ExecuteAsync(PublishReleaseRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ReleaseHead.LockAsync(
                    edit,
                    request.ReleaseId,
                    new(request.IfMatch, request.IfNoneMatch),
                    ifMatchRequired: false,
                    ct
                );
                head.RequireUnpublished();
                await PublishAsync(edit, head with { DueAt = null }, policy, new(), ct);
                return await ReleaseRow.ReadAsync(edit.Transaction, head.Id, ct);
            },
            release => new Saved<Release>(release, release.Revision),
            ct
        );

    /// <summary>Takes it live now, under the locks of its articles.</summary>
    /// <param name="faults">What was found before.</param>
    /// <exception cref="Refused">403, 422.</exception>
    public static async Task PublishAsync(
        Edit edit,
        ReleaseHead release,
        PublishPolicy policy,
        Faults faults,
        CancellationToken ct
    )
    {
        var articles = await ArticleHead.LockAllAsync(edit.Transaction, release.ArticleIds, edit.Caller, ct);
        foreach (var article in articles.Values)
        {
            // One that was moved since the release was found.
            ArticleHead.RequireReach(edit.Caller, article.SectionPath);
            if (article.LiveSectionPath is not null)
                ArticleHead.RequireReach(edit.Caller, article.LiveSectionPath);
        }
        var parts = await ReleasePublishing.PrepareAsync(
            edit.Transaction,
            release.Parts,
            articles,
            policy,
            edit.At,
            faults,
            ct
        );
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
        await ReleasePublishing.WriteAsync(edit, release, parts, ct);
    }
}

internal sealed record PublishReleaseRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }

    /// <summary>
    /// The `ETag` of the release as you last read it: it goes live only if it still has that revision (412 otherwise).
    /// Optional.
    /// </summary>
    /// <example>"1"</example>
    [FromHeader("If-Match", IsRequired = false)]
    public string? IfMatch { get; init; }

    /// <summary>Entity tags that the release must not have (412 if it does). Optional.</summary>
    [FromHeader("If-None-Match", IsRequired = false)]
    public string? IfNoneMatch { get; init; }
}
