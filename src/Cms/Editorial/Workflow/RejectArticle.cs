using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Schedules;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Workflow;

/// <summary>Sends an article back to its author</summary>
/// <remarks>It is a draft again, and `rejection` says why until it is submitted again or published. The reason stands
/// in the audit log too.</remarks>
internal sealed class RejectArticle(DeskDoor desk) : ArticleActSlice<RejectArticleRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/reject");
        Does(Act.RejectArticle);
        Answers<EditorialArticle>(200, ArticleActRequest.Refusals);
    }

    protected override async Task WorkAsync(
        Edit edit,
        ArticleHead head,
        RejectArticleRequest request,
        CancellationToken ct
    )
    {
        var status = head.After(ArticleAct.Reject);
        edit.Note = request.Rejection.Note;
        await edit.Transaction.ExecuteAsync(
            ArticleStates.Update,
            ArticleStates.Arguments(head, status, edit.Caller, edit.At),
            ct
        );
        await Plans.RejectAsync(edit, head.Id, request.Rejection.Note, ct);
    }
}

internal sealed record RejectArticleRequest : ArticleActRequest
{
    [FromBody]
    public RejectionInput Rejection { get; init; } = null!;
}

/// <summary>Why an article is sent back.</summary>
internal sealed record RejectionInput
{
    public const int MaxNote = 2_000;

    /// <summary>What its author should do, in plain text.</summary>
    /// <example>Who says so? Name the second source.</example>
    public required string Note { get; init; }
}

internal sealed class RejectionInputRules : AbstractValidator<RejectionInput>
{
    public RejectionInputRules() => RuleFor(r => r.Note).NotEmpty().HasAtMost(RejectionInput.MaxNote);
}
