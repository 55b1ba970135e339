using Cms.Desk;
using Cms.Editorial.Articles.Bodies;
using Cms.Editorial.Articles.Reading;
using Cms.Editorial.Revisions;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Publishing;
using Cms.Publishing.Bodies;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Articles;

/// <summary>Creates an article</summary>
/// <remarks>
/// Creates a draft with its first revision. Only `headline` is required. Without a `slug`, one is made from it. Readers
/// see nothing until it is published; with `publish=true` it is published at once, if it has what a published article
/// needs and you may publish: both happen or neither. `Location` and `ETag` say where it is and which revision it has.
/// `warnings` lists the parts of the body that were left out.
/// </remarks>
internal sealed class CreateArticle(DeskDoor desk, BodyParsing bodies, ArticleDesk articles)
    : DeskSlice<CreateArticleRequest>(desk)
{
    private BodyResult? _body;

    public override void Configure()
    {
        Post("/v1/editorial/articles");
        Does(Act.CreateArticle);
        Answers<EditorialArticle>(201, ProblemKinds.SlugTaken);
    }

    protected override async Task PrepareAsync(CreateArticleRequest request, CancellationToken ct) =>
        _body = await bodies.ParseAsync(request.Article.Body, ct);

    public override async Task<IResult> ExecuteAsync(CreateArticleRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var head = await articles.CreateAsync(
                    edit,
                    request.Article,
                    _body,
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
                StatusCodes.Status201Created,
                $"/v1/editorial/articles/{article.Id}"
            ),
            ct
        );
    }
}

internal sealed record CreateArticleRequest
{
    /// <summary>Publishes it at once, in the same transaction. Role `editor`.</summary>
    [QueryParam]
    public bool Publish { get; init; }

    /// <summary>
    /// Why it was written, for the list of revisions: one line of at most 500 characters. Percent-encode what is not
    /// ASCII, as `encodeURIComponent` does, and the percent sign itself.
    /// </summary>
    /// <example>First%20draft</example>
    [FromHeader("Revision-Note", IsRequired = false)]
    public string? Note { get; init; }

    [FromBody]
    public ArticleInput Article { get; init; } = null!;
}

internal sealed class CreateArticleRules : AbstractValidator<CreateArticleRequest>
{
    public CreateArticleRules() => RuleFor(r => r.Note).IsRevisionNote();
}
