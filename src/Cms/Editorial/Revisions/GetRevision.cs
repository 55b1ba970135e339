using Cms.Access;
using Cms.Editorial.Articles.Reading;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Revisions;

/// <summary>Returns a revision of an article</summary>
/// <remarks>The whole article as it was saved then, in the shape of the working copy. `revision`, `updatedAt` and
/// `updatedBy` are those of this revision; `status` and `publishedRevision` say where the article stands now, and
/// `hasUnpublishedChanges` whether this revision differs from what readers see. Sections, authors, tags, images and
/// related articles are shown as they are today; what was deleted since is left out.</remarks>
internal sealed class GetRevision(NpgsqlDataSource postgres) : Slice<GetRevisionRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/revisions/{number}");
        Permissions(Permission.ReadDesk);
        Answers<EditorialArticle>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(GetRevisionRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<EditorialArticle>(request.Fields);
        var caller = HttpContext.Caller();
        var article = await RevisionReader.FindArticleAsync(postgres, request.SlugOrId, caller, ct);
        var revision = await RevisionReader.ReadAsync(postgres, article, request.Number, caller, ct);
        return new SavedBytes(
            Fields.Write(ArticleReader.View(revision, request.Body), fields),
            request.Number
        );
    }
}

internal sealed record GetRevisionRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>The revision's number.</summary>
    [RouteParam]
    public int Number { get; init; }

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.Blocks];

    /// <summary>Return only these fields, such as `headline,section.name`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetRevisionRules : AbstractValidator<GetRevisionRequest>
{
    public GetRevisionRules()
    {
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Number).GreaterThan(0);
        RuleFor(r => r.Body).IsBodyForms();
    }
}
