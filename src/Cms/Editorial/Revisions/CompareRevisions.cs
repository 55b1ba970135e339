using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Editorial.Revisions;

/// <summary>Compares two revisions of an article</summary>
/// <remarks>
/// Any two, in either direction: what turns `number` into `other`. Members are compared one by one, the body block by
/// block: blocks belong together by their `id`. Texts are compared word by word and keep their marks; a word that only
/// became bold is deleted and inserted. `html` of each block shows it with `ins` and `del`.
/// `Accept: text/html` gives the whole comparison as a page.
/// <para>Texts that would take too long to compare, and blocks of free HTML, are shown as replaced.</para>
/// </remarks>
internal sealed class CompareRevisions(NpgsqlDataSource postgres) : Slice<CompareRevisionsRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/revisions/{number}/changes/{other}");
        Permissions(Permission.ReadDesk);
        Answers<RevisionComparison>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.Forbidden,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(new AlternativeMetadata(ComparisonPage.MediaType)));
    }

    public override async Task<IResult> ExecuteAsync(CompareRevisionsRequest request, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        var article = await RevisionReader.FindArticleAsync(postgres, request.SlugOrId, caller, ct);
        var before = await RevisionReader.ReadAsync(postgres, article, request.Number, caller, ct);
        var after = await RevisionReader.ReadAsync(postgres, article, request.Other, caller, ct);
        var (comparison, bodies) = RevisionComparison.Of(before, after);
        HttpContext.Response.Headers.Append("Vary", "Accept");
        return HttpContext.Request.PrefersToJson(ComparisonPage.MediaType)
            ? new ComparisonPage(after.Headline, comparison, bodies)
            : Fresh.Of(comparison);
    }
}

internal sealed record CompareRevisionsRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>The number of the first revision.</summary>
    [RouteParam]
    public int Number { get; init; }

    /// <summary>The number of the second revision.</summary>
    [RouteParam]
    public int Other { get; init; }
}

internal sealed class CompareRevisionsRules : AbstractValidator<CompareRevisionsRequest>
{
    public CompareRevisionsRules()
    {
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Number).GreaterThan(0);
        RuleFor(r => r.Other).GreaterThan(0);
    }
}
