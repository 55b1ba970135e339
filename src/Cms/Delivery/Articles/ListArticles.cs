using System.Globalization;
using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Publishing;
using Cms.Publishing.Articles;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Delivery.Articles;

/// <summary>Lists published articles</summary>
/// <remarks>
/// The newest first unless `sort` says otherwise. Each item has all that a section front shows: section, byline, hero
/// image with credit, deck and excerpt. Filters narrow each other; several values in one filter, with commas between,
/// widen it: `section=power,people`. A section includes those below it. Page on with `page.next`, or follow the `Link`
/// header: with one filter or none page 5,000 costs what page 1 costs, and what is published while you read neither
/// repeats nor hides an article. With `body`, a page may have fewer articles than `limit`, since long ones fill it
/// earlier (about 4 MB).
/// </remarks>
internal sealed class ListArticles(DeliveryDatabase database, ArticlePages pages, CachePolicy cache)
    : DeliverySlice<ListArticlesRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/articles");
        Answers<Paged<ArticleSummary>>(200, ProblemKinds.InvalidCursor, ProblemKinds.Unauthenticated);
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        ListArticlesRequest request,
        CancellationToken ct
    )
    {
        var caller = HttpContext.FindCaller();
        var page = await pages.ReadAsync(postgres, request, caller, ct);
        return new Document(page.Json, page.ChangedAt, cache.For(caller))
        {
            CacheTags = [.. request.Kinds(), .. ArticleRows.CacheTags(page.Shown, caller)],
            Link = Paging.Link(HttpContext.Request, page.Info),
            VariesByKey = true,
        };
    }
}

internal sealed record ListArticlesRequest : ArticleFilterRequest, IPageRequest
{
    /// <summary>
    /// What the list is sorted by; a minus puts the greatest first. Equals stand in the order of their ids.
    /// </summary>
    [QueryParam]
    public ArticleSort Sort { get; init; } = ArticleSort.NewestFirst;

    /// <summary>Slugs of tags: only articles that have all of them.</summary>
    /// <example>chips,energy</example>
    [QueryParam]
    public string[]? AllTags { get; init; }

    /// <summary>Ids of articles that are left out, such as those that stand elsewhere on the page.</summary>
    [QueryParam]
    public Guid[]? Exclude { get; init; }

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.None];

    /// <summary>`full` adds renditions and crops to images (`sources`, `crops`); `compact` leaves them out.</summary>
    [QueryParam]
    public ImageForm Images { get; init; }

    /// <summary>Return only these fields, such as `headline,section.name`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>
    /// `exact` counts the list into `page.total`, for at most two seconds; where these are not enough, it is estimated,
    /// and `page.totalIsExact` is false. `estimated` counts up to 10,000 and estimates beyond, which costs little in
    /// any list. Without it nothing is counted.
    /// </summary>
    [QueryParam]
    public Count Count { get; init; }

    /// <summary>
    /// How many items a page holds at most. With bodies it ends earlier, when its items would exceed 4 MB: follow
    /// `page.next` until it is null.
    /// </summary>
    [QueryParam]
    public int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same list.</summary>
    [QueryParam]
    public string? Cursor { get; init; }

    /// <summary>
    /// The kinds that decide which articles are in it: a filter by slug depends on who has that slug.
    /// </summary>
    public IEnumerable<string> Kinds()
    {
        yield return "articles";
        if (Section is not null)
            yield return "sections";
        if (Author is not null)
            yield return "authors";
        if (Tag is not null || AllTags is not null)
            yield return "tags";
    }

    public bool HasBodies => !Body.Contains(BodyForm.None);

    public bool IsDated => PublishedAfter is not null || PublishedBefore is not null;

    public HashSet<string> FilterNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (Tag is not null)
            names.Add("tag");
        if (Author is not null)
            names.Add("author");
        if (Section is not null)
            names.Add("section");
        if (Access is not null)
            names.Add("access");
        if (Kind is not null)
            names.Add("kind");
        return names;
    }

    /// <summary>
    /// Names the list: what its cursors are bound to. Neither the limit nor the fields nor the body's forms change what
    /// is in it.
    /// </summary>
    public string Name() =>
        string.Create(CultureInfo.InvariantCulture, $"articles|{FilterName()}|{Sort}")
        + (AllTags is null ? "" : $"|all {CursorName.Of(AllTags)}")
        + (Exclude is null ? "" : $"|without {CursorName.Of(Exclude)}");
}

internal sealed class ListArticlesRules : AbstractValidator<ListArticlesRequest>
{
    private const int MaxAllTags = 10;
    private const int MaxExcluded = 100;

    public ListArticlesRules()
    {
        this.HasPage();
        this.HasArticleFilters();
        RuleFor(r => r.AllTags)
            .SetValidator(new MaxItemsValidator<ListArticlesRequest, string>(MaxAllTags))
            .WithErrorCode("too-long")
            .WithMessage($"At most {MaxAllTags} tags.");
        RuleFor(r => r.Exclude)
            .SetValidator(new MaxItemsValidator<ListArticlesRequest, Guid>(MaxExcluded))
            .WithErrorCode("too-long")
            .WithMessage($"At most {MaxExcluded} articles.");
        RuleFor(r => r.Body).IsBodyForms();
    }
}
