using Cms.Access;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Publishing;
using FastEndpoints;

namespace Cms.Editorial.Workflow;

/// <summary>An act of the workflow on one article.</summary>
internal sealed record ArticleActRequest
{
    public static readonly ProblemKind[] Refusals =
    [
        ProblemKinds.NotFound,
        ProblemKinds.Forbidden,
        ProblemKinds.Unauthenticated,
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

    /// <summary>
    /// Does the act under the article's lock, in one edit.Transaction, and answers with the article after it.
    /// </summary>
    public async Task<IResult> RunAsync(
        DeskDoor desk,
        Act act,
        Caller caller,
        Func<Edit, ArticleHead, Task> work,
        CancellationToken ct
    )
    {
        var article = await desk.DoAsync(
            act,
            caller,
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit.Transaction,
                    SlugOrId,
                    caller,
                    new Preconditions(IfMatch, IfNoneMatch),
                    ifMatchRequired: false,
                    ct
                );
                await work(edit, head);
                return await ArticleReader.ReadAsync(
                    edit.Transaction,
                    head.Id,
                    [BodyForm.Blocks],
                    caller,
                    ct
                );
            },
            ct
        );
        return new Saved<EditorialArticle>(article, article.Revision);
    }
}
