using Cms.Delivery.Articles;
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

/// <summary>Lists articles as they will be with a release</summary>
/// <remarks>
/// What `GET /v1/articles` will answer without a key once the release of this preview has gone live, with the same
/// parameters but `count`. Until then the articles that the release publishes have their whole body, also behind the
/// wall. Nobody may keep the answer. If the release cannot go live as it is, the answer is 409, and `errors` names
/// its items.
/// </remarks>
internal sealed class ListPreviewArticles(NpgsqlDataSource postgres, ArticlePages pages, TimeProvider clock)
    : Slice<ListPreviewArticlesRequest>
{
    public override void Configure()
    {
        Get("/v1/previews/{token}/articles");
        AllowAnonymous();
        Answers<Paged<ArticleSummary>>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.PreviewImpossible,
            ProblemKinds.InvalidCursor,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(PreviewAnswers.Metadata));
    }

    public override async Task<IResult> ExecuteAsync(ListPreviewArticlesRequest request, CancellationToken ct)
    {
        var page = await ReleaseOverlay.ReadAsync(
            postgres,
            clock,
            request.Token,
            (transaction, readerOf) => pages.ReadAsync(transaction, request.Of(), readerOf, ct),
            ct
        );
        PreviewAnswers.SetHeaders(HttpContext);
        return new Fresh(page.Json, Link: Paging.Link(HttpContext.Request, page.Info));
    }
}

internal sealed record ListPreviewArticlesRequest : ArticleFilterRequest
{
    /// <summary>The token of the preview of a release.</summary>
    [RouteParam]
    public string Token { get; init; } = "";

    /// <summary>
    /// What the list is sorted by; a minus puts the greatest first. Equals stand in the order of their ids.
    /// </summary>
    [QueryParam]
    public ArticleSort Sort { get; init; } = ArticleSort.NewestFirst;

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.None];

    /// <summary>`full` adds renditions and crops to images (`sources`, `crops`); `compact` leaves them out.</summary>
    [QueryParam]
    public ImageForm Images { get; init; }

    /// <summary>Return only these fields, such as `headline,section.name`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>How many items a page holds at most.</summary>
    [QueryParam]
    public int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same list.</summary>
    [QueryParam]
    public string? Cursor { get; init; }

    public ListArticlesRequest Of() =>
        new()
        {
            Section = Section,
            Author = Author,
            Tag = Tag,
            PublishedAfter = PublishedAfter,
            PublishedBefore = PublishedBefore,
            Access = Access,
            Sort = Sort,
            Body = Body,
            Images = Images,
            Fields = Fields,
            Limit = Limit,
            Cursor = Cursor,
        };
}

internal sealed class ListPreviewArticlesRules : AbstractValidator<ListPreviewArticlesRequest>
{
    public ListPreviewArticlesRules()
    {
        RuleFor(r => r.Token).NotEmpty().HasAtMost(PreviewToken.Length);
        RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MaxLimit);
        this.HasArticleFilters();
        RuleFor(r => r.Body).IsBodyForms();
    }
}
