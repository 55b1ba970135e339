using Cms.Desk;
using Cms.Editorial.Articles.Bodies;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
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
/// from: if somebody saved in the meantime the answer is 412 with the present revision, and nothing is overwritten;
/// `Prefer: merge` merges the edit where it touches nothing that was touched since. A new `heroImage.id` drops the
/// words that were said of the picture before, unless the patch says them again. `warnings` lists the parts of a new
/// body that were left out.
/// </remarks>
internal sealed class ChangeArticle(DeskDoor desk, BodyParsing bodies, ArticleDesk articles)
    : DeskSlice<ChangeArticleRequest>(desk)
{
    private BodyResult? _body;
    private bool _isMerged;

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
            ProblemKinds.MergeConflict,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired
        );
        Options(b => b.WithMetadata(new AnswerHeadersMetadata("Preference-Applied")));
    }

    protected override async Task PrepareAsync(ChangeArticleRequest request, CancellationToken ct) =>
        _body = await bodies.ParseAsync(request.Patch, ct);

    public override async Task<IResult> ExecuteAsync(ChangeArticleRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Merges ? request.Preconditions with { IfMatch = null } : request.Preconditions,
                    ifMatchRequired: !request.Merges,
                    ct
                );
                var edited = new ArticleEdit(request.Patch, _body);
                if (request.Merges)
                    edited = await ArticleMerge.RebaseAsync(edit, head, request.IfMatch, edited, ct);
                _isMerged = edited.IsMerged;
                head = await articles.ChangeAsync(
                    edit,
                    head,
                    edited.Patch,
                    edited.Body,
                    request.Publish,
                    RevisionNote.Of(request.Note),
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
            article => new Saved<EditorialArticle>(
                article,
                article.Revision,
                PreferenceApplied: _isMerged ? ChangeArticleRequest.Merge : null
            ),
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

    /// <summary>
    /// `merge`: if somebody saved since the revision that `If-Match` names, the edit is merged where it touches nothing
    /// that was touched since. Members count one by one, and in the body blocks by their `id`. Otherwise the answer is
    /// 412 (`merge-conflict`). Not with `publish=true`, since nobody has seen the merged article. Other preferences are
    /// ignored (RFC 7240).
    /// </summary>
    /// <example>merge</example>
    [FromHeader("Prefer", IsRequired = false)]
    public string? Prefer { get; init; }

    public const string Merge = "merge";

    public bool Merges => !Publish && Preferences.Has(Prefer, Merge);

    [FromBody]
    public MergePatch<ArticleInput> Patch { get; init; } = null!;
}

internal sealed class ChangeArticleRules : AbstractValidator<ChangeArticleRequest>
{
    public ChangeArticleRules() => RuleFor(r => r.Note).IsRevisionNote();
}
