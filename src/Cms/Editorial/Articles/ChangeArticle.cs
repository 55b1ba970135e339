using Cms.Desk;
using Cms.Editorial.Revisions;
using Cms.Editorial.Workflow;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Articles;

/// <summary>Changes an article's working copy</summary>
/// <remarks>
/// A merge patch (RFC 7396): only the members that it names change, null removes a value, and arrays and `body` are
/// replaced as a whole. Every save is a new revision, and readers see nothing of it until it is published;
/// `publish=true` publishes it at once: both happen or neither. `If-Match` must carry the `ETag` that the change starts
/// from: if somebody saved in the meantime the answer is 412 with the present revision, and nothing is overwritten. A
/// new `heroImage.id` drops the words that were said of the picture before, unless the patch says them again.
/// `warnings` lists the parts of a new body that were left out.
/// </remarks>
internal sealed class ChangeArticle(
    DeskDoor desk,
    BodyParsing bodies,
    PublishPolicy policy,
    IServiceProvider services
) : DeskSlice<ChangeArticleRequest>(desk)
{
    private BodyResult? _body;

    public override void Configure()
    {
        Patch("/v1/editorial/articles/{slugOrId}");
        Does(Act.ChangeArticle);
        Answers<EditorialArticle>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.SlugTaken,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
    }

    protected override async Task PrepareAsync(ChangeArticleRequest request, CancellationToken ct) =>
        _body = await bodies.ParseAsync(request.Patch, ct);

    public override async Task<IResult> ExecuteAsync(ChangeArticleRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                if (request.Publish)
                    edit.Also(Act.PublishArticle);
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    true,
                    ct
                );
                head = await ArticleWriter.ChangeAsync(
                    edit.Transaction,
                    head,
                    request.Patch,
                    _body,
                    request.Publish,
                    input => Rules.Check(services, input, parameters: false),
                    RevisionNote.Of(request.Note),
                    edit.Caller,
                    edit.At,
                    ct
                );
                if (request.Publish)
                    await Publisher.PublishAsync(
                        edit.Transaction,
                        edit.Announcement,
                        head,
                        policy,
                        edit.At,
                        ct
                    );
                return await ArticleReader.ReadAsync(
                    edit.Transaction,
                    head.Id,
                    [BodyForm.Blocks],
                    edit.Caller,
                    ct
                ) with
                {
                    Warnings = _body?.Warnings ?? [],
                };
            },
            article => new Saved<EditorialArticle>(article, article.Revision),
            ct
        );
    }
}

internal sealed record ChangeArticleRequest : ChangingRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Publishes the new revision at once, in the same transaction. Role `editor`.</summary>
    [QueryParam]
    public bool Publish { get; init; }

    /// <summary>
    /// Why it was changed, for the list of revisions: one line of at most 500 characters. Percent-encode what is not
    /// ASCII, as `encodeURIComponent` does, and the percent sign itself.
    /// </summary>
    /// <example>Names%20spelt%20right</example>
    [FromHeader("Revision-Note", IsRequired = false)]
    public string? Note { get; init; }

    [FromBody]
    public MergePatch<ArticleInput> Patch { get; init; } = null!;
}

internal sealed class ChangeArticleRules : AbstractValidator<ChangeArticleRequest>
{
    public ChangeArticleRules() => RuleFor(r => r.Note).IsRevisionNote();
}
