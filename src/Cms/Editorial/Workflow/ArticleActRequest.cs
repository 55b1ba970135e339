using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Editorial.Articles.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Publishing;
using FastEndpoints;

namespace Cms.Editorial.Workflow;

/// <summary>An act of the workflow on one article.</summary>
internal record ArticleActRequest
{
    public static readonly ProblemKind[] Refusals =
    [
        ProblemKinds.NotFound,
        ProblemKinds.WrongStatus,
        ProblemKinds.RevisionChanged,
        ProblemKinds.PreconditionFailed,
        ProblemKinds.MalformedRequest,
        ProblemKinds.UnsupportedMediaType,
        ProblemKinds.TooLarge,
        ProblemKinds.Invalid,
    ];

    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>
    /// The `ETag` of the article as you last read it: the act is done only if it still has that revision (412
    /// otherwise). Optional.
    /// </summary>
    /// <example>"1"</example>
    [FromHeader("If-Match", IsRequired = false)]
    public string? IfMatch { get; init; }

    /// <summary>Entity tags that the article must not have (412 if it does). Optional.</summary>
    [FromHeader("If-None-Match", IsRequired = false)]
    public string? IfNoneMatch { get; init; }
}

/// <summary>An act of the workflow on one article, done under its lock; it answers with the article after it.</summary>
internal abstract class ArticleActSlice<TRequest>(DeskDoor desk) : DeskSlice<TRequest>(desk)
    where TRequest : ArticleActRequest
{
    protected abstract Task WorkAsync(Edit edit, ArticleHead head, TRequest request, CancellationToken ct);

    public override Task<IResult> ExecuteAsync(TRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    new Preconditions(request.IfMatch, request.IfNoneMatch),
                    ifMatchRequired: false,
                    ct
                );
                await WorkAsync(edit, head, request, ct);
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

/// <summary>One that takes no body.</summary>
internal abstract class ArticleActSlice(DeskDoor desk) : ArticleActSlice<ArticleActRequest>(desk)
{
    protected abstract Task WorkAsync(Edit edit, ArticleHead head, CancellationToken ct);

    protected sealed override Task WorkAsync(
        Edit edit,
        ArticleHead head,
        ArticleActRequest request,
        CancellationToken ct
    ) => WorkAsync(edit, head, ct);
}
