using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>Changes an article's working copy</summary>
/// <remarks>
/// A merge patch (RFC 7396): only what it names changes, null takes away, arrays are replaced whole; so is `body`. Every save is a new
/// revision, and readers see nothing of it until it is published. `If-Match` must carry the `ETag` that the change starts from: if somebody
/// saved in the meantime the answer is 412 with the present revision, and nothing is overwritten. A new `heroImage.id` drops the
/// words that were said of the picture before, unless the patch says them again. `warnings` lists the parts of a new body that were left out.
/// </remarks>
internal sealed class ChangeArticle(
    NpgsqlDataSource postgres,
    BodyParsing bodies,
    TimeProvider clock,
    IServiceProvider services
) : Slice<ChangeArticleRequest>
{
    private BodyResult? _body;

    public override void Configure()
    {
        Patch("/v1/editorial/articles/{slugOrId}");
        Permissions(Access.Permissions.WriteOwn);
        Answers<EditorialArticle>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.Forbidden,
            ProblemKinds.Unauthenticated,
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
        var caller = HttpContext.Caller();
        var article = await postgres.InTransactionAsync(
            async transaction =>
            {
                var head = await ArticleHead.LockAsync(
                    transaction,
                    request.SlugOrId,
                    caller,
                    request.Preconditions,
                    true,
                    ct
                );
                await ArticleWriter.ChangeAsync(
                    transaction,
                    head,
                    request.Patch,
                    _body,
                    input => Rules.Check(services, input, parameters: false),
                    caller,
                    clock.GetUtcNow(),
                    ct
                );
                return await ArticleReader.ReadAsync(transaction, head.Id, [BodyForm.Blocks], caller, ct) with
                {
                    Warnings = _body?.Warnings ?? [],
                };
            },
            ct
        );
        return new Saved<EditorialArticle>(article, article.Revision);
    }
}

internal sealed record ChangeArticleRequest : ChangingRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    [FromBody]
    public MergePatch<ArticleInput> Patch { get; init; } = null!;
}
