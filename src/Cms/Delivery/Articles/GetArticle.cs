using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Publishing;
using Cms.Publishing.Articles;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Delivery.Articles;

/// <summary>Returns a published article</summary>
/// <remarks>
/// By slug or id. A former slug redirects (308) to the present one. A withdrawn article is 410, so that apps and caches
/// drop it. If `access` is not `public`, a request without a key gets a teaser and `bodyTruncated: true`: at most 600
/// characters of the first two text blocks, never the whole body. All other members are complete, so that the page can
/// show headline, deck, picture and “keep reading”. With a key (role `reader` or above) the body is complete, and the
/// answer is `private`.
/// </remarks>
internal sealed class GetArticle(DeliveryDatabase database, KnownNames names, CachePolicy cache)
    : DeliverySlice<GetArticleRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/articles/{slugOrId}");
        Answers<Article>(200, ProblemKinds.NotFound, ProblemKinds.Withdrawn, ProblemKinds.Unauthenticated);
        Options(b => b.WithMetadata(FormerArticles.Redirect));
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        GetArticleRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<Article>(request.Fields);
        var rows = await PublishedArticle.FindAsync(postgres, request.SlugOrId, ct);
        if (rows.Count == 0)
            return await FormerArticles.AnswerAsync(
                HttpContext,
                postgres,
                cache,
                request.SlugOrId,
                "",
                () => AnswerAsync(postgres, request, ct),
                ct
            );

        var caller = HttpContext.FindCaller();
        var named = await names.OfAsync(rows, ct);
        var article = ArticleRows.Whole(named[0], named.Skip(1), request.Body, request.Images, caller);
        return new Document(Fields.Write(article, fields), rows[0].ChangedAt, cache.For(caller))
        {
            CacheTags = [.. ArticleRows.CacheTags(named, caller)],
            VariesByKey = true,
        };
    }
}

internal sealed record GetArticleRequest
{
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

internal sealed class GetArticleRules : AbstractValidator<GetArticleRequest>
{
    public GetArticleRules()
    {
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Body).IsBodyForms();
    }
}
