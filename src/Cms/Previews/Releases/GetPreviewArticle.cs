using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Publishing;
using Cms.Publishing.Articles;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Previews.Releases;

/// <summary>Shows an article as it will be with a release</summary>
/// <remarks>
/// What `GET /v1/articles/{slugOrId}` will answer without a key once the release of this preview has gone live: an
/// article of the release, or any other. Until then the articles that the release publishes have their whole body, also
/// behind the wall. What the release withdraws is 404.
/// </remarks>
internal sealed class GetPreviewArticle(NpgsqlDataSource postgres, KnownNames names, TimeProvider clock)
    : Slice<GetPreviewArticleRequest>
{
    public override void Configure()
    {
        Get("/v1/previews/{token}/articles/{slugOrId}");
        AllowAnonymous();
        Answers<Article>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.PreviewImpossible,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(PreviewAnswers.Metadata));
    }

    public override async Task<IResult> ExecuteAsync(GetPreviewArticleRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Article>(request.Fields);
        var article =
            await ReleaseOverlay.ReadAsync(
                postgres,
                clock,
                request.Token,
                (transaction, readerOf) =>
                    PublishedArticle.ReadAsync(
                        transaction,
                        names,
                        request.SlugOrId,
                        request.Body,
                        request.Images,
                        readerOf,
                        ct
                    ),
                ct
            ) ?? throw Refused.NotFound("article", request.SlugOrId);
        PreviewAnswers.SetHeaders(HttpContext);
        return new Fresh(Fields.Write(article, fields));
    }
}

internal sealed record GetPreviewArticleRequest
{
    /// <summary>The token of the preview of a release.</summary>
    [RouteParam]
    public string Token { get; init; } = "";

    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.Blocks];

    /// <summary>`full` adds renditions and crops to images (`sources`, `crops`); `compact` leaves them out.</summary>
    [QueryParam]
    public ImageForm Images { get; init; } = ImageForm.Full;

    /// <summary>Return only these fields, such as `headline,section.name`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetPreviewArticleRules : AbstractValidator<GetPreviewArticleRequest>
{
    public GetPreviewArticleRules()
    {
        RuleFor(r => r.Token).NotEmpty().HasAtMost(PreviewToken.Length);
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Body).IsBodyForms();
    }
}
