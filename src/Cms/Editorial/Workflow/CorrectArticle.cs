using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.ForReaders;
using Cms.Editorial.Releases;
using Cms.Editorial.Schedules;
using Cms.Editorial.Workflow.Checks;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Workflow;

/// <summary>Publishes a correction</summary>
/// <remarks>
/// Adds a line to `corrections` of a published article, and readers see it at once; `updatedAt` moves. Nothing else of
/// the working copy is published: changes that wait go on waiting. They get the correction too, so that the next
/// publication does not lose it. While an older revision is scheduled, or stands in a release that has not gone live,
/// the answer is 409, since that revision would take the correction away: plan the working copy instead, or cancel the
/// schedule. Where the present revision is planned, the corrected one takes its place.
/// </remarks>
internal sealed class CorrectArticle(DeskDoor desk, PublishPolicy policy)
    : ArticleActSlice<CorrectArticleRequest>(desk)
{
    private const string Note = "Correction";

    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/corrections");
        Does(Act.CorrectArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(
        Edit edit,
        ArticleHead head,
        CorrectArticleRequest request,
        CancellationToken ct
    )
    {
        if (head.PublishedRevision is not { } published)
            throw new Refused(
                ProblemKinds.WrongStatus,
                $"The article is {head.Status}: only a published article is corrected. Change it and "
                    + "publish it instead."
            );
        if (
            await ScheduleTable.FindRevisionAsync(edit.Transaction, head.Id, ct) is { } due
            && due != head.Revision
        )
            throw new Refused(
                ProblemKinds.WrongStatus,
                $"Revision {due} is scheduled, and would take the correction from readers again. Schedule the "
                    + "working copy instead, or cancel the schedule."
            );
        await OpenReleases.RequireNoOtherRevisionAsync(edit, head, ct);
        var correction = new Correction { At = edit.At, Text = request.Correction.Text };
        var working = await ArticleWriter.FindRevisionAsync(edit.Transaction, head.Id, head.Revision, ct);
        var live =
            published == head.Revision
                ? working
                : await ArticleWriter.FindRevisionAsync(edit.Transaction, head.Id, published, ct);
        var hasMore =
            !live.ContentHash.AsSpan().SequenceEqual(working.ContentHash)
            || live.EmbargoedUntil != working.EmbargoedUntil;

        var corrected = await SaveAsync(head, live, isWorkingCopy: !hasMore);
        await Publisher.PublishAsync(
            edit.Transaction,
            edit.Announcement,
            corrected,
            policy,
            edit.At,
            ct,
            isSeen: true
        );
        if (hasMore)
            corrected = await SaveAsync(corrected, working, isWorkingCopy: true);
        // Otherwise the revision that is planned would take the correction from readers again.
        await ScheduleTable.GoOnAsync(edit.Transaction, head.Id, head.Revision, corrected.Revision, ct);
        await OpenReleases.GoOnAsync(edit.Transaction, head.Id, head.Revision, corrected.Revision, ct);

        Task<ArticleHead> SaveAsync(ArticleHead from, ArticleContent content, bool isWorkingCopy)
        {
            if (content.Corrections.Count >= ArticleLimits.Corrections)
                throw Refused.Invalid(
                    "",
                    "too-many",
                    $"An article has at most {ArticleLimits.Corrections} corrections."
                );
            return ArticleWriter.SaveAgainAsync(
                edit.Transaction,
                from,
                content with
                {
                    Corrections = [.. content.Corrections, correction],
                },
                isWorkingCopy,
                Note,
                edit.Caller,
                edit.At,
                ct
            );
        }
    }
}

internal sealed record CorrectArticleRequest : ArticleActRequest
{
    [FromBody]
    public CorrectionInput Correction { get; init; } = null!;
}

/// <summary>What was wrong.</summary>
internal sealed record CorrectionInput
{
    /// <summary>What was wrong and what is right, in plain text, as readers see it.</summary>
    /// <example>An earlier version named the wrong year. It was 2019.</example>
    public required string Text { get; init; }
}

internal sealed class CorrectionInputRules : AbstractValidator<CorrectionInput>
{
    public CorrectionInputRules() => RuleFor(c => c.Text).NotEmpty().HasAtMost(ArticleLimits.Correction);
}
