using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Revisions;

/// <summary>Restores a revision of an article</summary>
/// <remarks>Saves the content of an older revision again, as the next one: nothing in between is lost, and readers see
/// nothing of it until it is published. `If-Match` must carry the `ETag` of the working copy. What the old revision
/// refers to must still exist: each section, author, tag, image or related article that was deleted since is named
/// (422), and nothing is saved. Another article may have its slug by now (409).</remarks>
internal sealed class RestoreRevision(DeskDoor desk, ExternalHosts hosts)
    : DeskSlice<RestoreRevisionRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/revisions/{number}/restore");
        Does(Act.RestoreRevision);
        Answers<EditorialArticle>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.SlugTaken,
            ProblemKinds.WrongStatus,
            ProblemKinds.RevisionChanged,
            ProblemKinds.PreconditionFailed,
            ProblemKinds.RevisionRequired,
            ProblemKinds.MalformedRequest,
            ProblemKinds.UnsupportedMediaType,
            ProblemKinds.TooLarge,
            ProblemKinds.Invalid
        );
    }

    public override async Task<IResult> ExecuteAsync(RestoreRevisionRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    ifMatchRequired: true,
                    ct
                );
                head.After(ArticleAct.Change);
                await RestoreAsync(edit, head, request, ct);
                return await ArticleReader.ReadAsync(
                    edit.Transaction,
                    head.Id,
                    [BodyForm.Blocks],
                    edit.Caller,
                    ct
                );
            },
            article => new Saved<EditorialArticle>(article, article.Revision),
            ct
        );
    }

    private async Task RestoreAsync(
        Edit edit,
        ArticleHead head,
        RestoreRevisionRequest request,
        CancellationToken ct
    )
    {
        var old =
            request.Number > head.Revision
                ? throw RevisionReader.NotFound(request.Number)
                : await ArticleWriter.FindRevisionAsync(edit.Transaction, head.Id, request.Number, ct);
        // Revisions from before this was refused may name the article itself.
        var named = old.RelatedIds.Where(id => id != head.Id).ToArray();
        var unseen = await ArticleWriter.FindUnseenAsync(edit.Transaction, named, edit.Caller, ct);
        var input = old.ToInput() with { Related = [.. named.Except(unseen).Select(id => id.ToString())] };
        var body = Body.Parse(old.Body);

        var faults = new Faults();
        faults.AddRange(hosts.Check(body).Select(f => Fault.At("/body" + f.Pointer, f.Code, f.Detail)));
        var references = await References.ResolveAsync(
            edit.Transaction,
            input,
            body,
            new(edit.Caller, head.Id, Known: []),
            faults,
            edit.At,
            ct
        );
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
        await ArticleWriter.SaveAsync(
            edit.Transaction,
            head,
            input,
            body,
            references with
            {
                RelatedIds = named,
            },
            RevisionNote.Of(request.Note),
            edit.Caller,
            edit.At,
            ct
        );
    }
}

internal sealed record RestoreRevisionRequest : ChangingRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>The number of the revision to restore.</summary>
    [RouteParam]
    public int Number { get; init; }

    /// <summary>
    /// Why it is restored, for the list of revisions: one line of at most 500 characters. Percent-encode what is not
    /// ASCII, as `encodeURIComponent` does, and the percent sign itself.
    /// </summary>
    /// <example>Back%20to%20before%20the%20correction</example>
    [FromHeader("Revision-Note", IsRequired = false)]
    public string? Note { get; init; }
}

internal sealed class RestoreRevisionRules : AbstractValidator<RestoreRevisionRequest>
{
    public RestoreRevisionRules()
    {
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Number).GreaterThan(0);
        RuleFor(r => r.Note).IsRevisionNote();
    }
}
