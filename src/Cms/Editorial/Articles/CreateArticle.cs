using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Articles;

/// <summary>Opens an article</summary>
/// <remarks>
/// As a draft, with its first revision. Only `headline` is needed; the slug is made from it where none is given. Readers see nothing until
/// it is published. `Location` and `ETag` say where it is and which revision it has. `warnings` lists the parts of the body that were left out.
/// </remarks>
internal sealed class CreateArticle(NpgsqlDataSource postgres, BodyParsing bodies, TimeProvider clock)
    : Slice<CreateArticleRequest>
{
    private BodyResult? _body;

    public override void Configure()
    {
        Post("/v1/editorial/articles");
        Permissions(Access.Permissions.WriteOwn);
        Answers<EditorialArticle>(
            201,
            ProblemKinds.SlugTaken,
            ProblemKinds.Forbidden,
            ProblemKinds.Unauthenticated
        );
    }

    protected override async Task PrepareAsync(CreateArticleRequest request, CancellationToken ct) =>
        _body = await bodies.ParseAsync(request.Article.Body, ct);

    public override async Task<IResult> ExecuteAsync(CreateArticleRequest request, CancellationToken ct)
    {
        var article = await postgres.InTransactionAsync(
            async transaction =>
            {
                var id = await ArticleWriter.CreateAsync(
                    transaction,
                    request.Article,
                    _body,
                    HttpContext.Caller(),
                    clock.GetUtcNow(),
                    ct
                );
                return await ArticleReader.ReadAsync(
                    transaction,
                    id,
                    [BodyForm.Blocks],
                    HttpContext.Caller(),
                    ct
                ) with
                {
                    Warnings = _body?.Warnings ?? [],
                };
            },
            ct
        );
        return new Saved<EditorialArticle>(
            article,
            article.Revision,
            StatusCodes.Status201Created,
            $"/v1/editorial/articles/{article.Id}"
        );
    }
}

internal sealed record CreateArticleRequest
{
    [FromBody]
    public ArticleInput Article { get; init; } = null!;
}
