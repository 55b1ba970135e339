using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Articles.Reading;

/// <summary>Returns an article's working copy</summary>
/// <remarks>By its slug or id, whatever its status, always whole. `ETag` is the revision: send it back as `If-Match`
/// with a change. More than the revision may change (`status`, `openBy`, `assignee`), so the answer is never 304: tools
/// that poll see all of it.</remarks>
internal sealed class GetEditorialArticle(NpgsqlDataSource postgres) : Slice<GetEditorialArticleRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}");
        Permissions(Permission.ReadDesk);
        Answers<EditorialArticle>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(GetEditorialArticleRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<EditorialArticle>(request.Fields);
        var id = SlugOrId.IdOf(request.SlugOrId);
        var row =
            await postgres.FindAsync<EditorialArticleRow>(
                id is null
                    ? $"{ArticleReader.Select} where a.slug = @slug and {Reach.Sees("a.section_id")}"
                    : $"{ArticleReader.Select} where a.id = @id and {Reach.Sees("a.section_id")}",
                new
                {
                    slug = request.SlugOrId,
                    id,
                    Reach = Reach.Of(HttpContext.Caller()),
                },
                ct
            ) ?? throw Refused.NotFound("article", request.SlugOrId);
        return new SavedBytes(Fields.Write(ArticleReader.View(row, request.Body), fields), row.Revision);
    }
}

internal sealed record GetEditorialArticleRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.Blocks];

    /// <summary>Return only these fields, such as `headline,section.name`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetEditorialArticleRules : AbstractValidator<GetEditorialArticleRequest>
{
    public GetEditorialArticleRules()
    {
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Body).IsBodyForms();
    }
}
