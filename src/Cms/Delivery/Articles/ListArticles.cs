using System.Globalization;
using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
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
internal sealed class ListArticles(
    DeliveryDatabase database,
    KnownNames names,
    FilterNames filters,
    Cursors cursors,
    CachePolicy cache
) : DeliverySlice<ListArticlesRequest>(database)
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
        var fields = Fields.Parse<ArticleSummary>(request.Fields);
        var list = request.Name();
        var from = request.Cursor is null ? null : cursors.Read(list, request.Cursor);
        // The cursor stays bound to the slugs that were asked for: one that is renamed while somebody pages means the
        // same thing still.
        request = await filters.ResolveAsync(postgres, request, ct);

        var (rows, changedAt) = await ReadAsync(postgres, request, from, ct);
        var total = request.Count == Count.None ? null : await CountAsync(postgres, request, ct);
        var caller = HttpContext.FindCaller();
        var (shown, json, info) = request.HasBodies ? await WithBodiesAsync() : await WithoutBodiesAsync();
        return new Document(json, changedAt, cache.For(caller))
        {
            CacheTags = [.. request.Kinds(), .. ArticleRows.CacheTags(shown, caller)],
            Link = Paging.Link(HttpContext.Request, info),
            VariesByKey = true,
        };

        async Task<(NamedArticle[], byte[], PageInfo)> WithoutBodiesAsync()
        {
            var (page, end) = Cut(fits: null);
            var named = await names.OfAsync(page, ct);
            var articles = Array.ConvertAll(named, Show);
            return (
                named,
                Fields.WritePage(new Paged<ArticleSummary> { Data = articles, Page = end }, fields),
                end
            );
        }

        async Task<(NamedArticle[], byte[], PageInfo)> WithBodiesAsync()
        {
            // The statement gave bodies to as many rows as have room for them, in the order of reading.
            var read = rows.Take(request.Limit).TakeWhile(row => row.Body is not null).ToList();
            var named = await names.OfAsync(read, ct);
            var items = Paging.Fit(named, article => Fields.Write(Show(article), fields));
            named = named[..items.Count];
            var (_, end) = Cut(items.Count);
            if (from?.Backwards == true)
            {
                items.Reverse();
                Array.Reverse(named);
            }
            return (named, Fields.WritePage(items, end), end);
        }

        ArticleSummary Show(NamedArticle article) => ArticleRows.Summary(article, request.Body, caller);

        (IReadOnlyList<ArticleRow> Rows, PageInfo Info) Cut(int? fits) =>
            Paging.Cut(
                cursors,
                list,
                rows,
                request.Limit,
                from,
                row => (Key(row, request.Sort), row.Id),
                total,
                fits
            );
    }

    private static async Task<(IReadOnlyList<ArticleRow> Rows, DateTimeOffset ChangedAt)> ReadAsync(
        NpgsqlDataSource postgres,
        ListArticlesRequest request,
        Position? from,
        CancellationToken ct
    )
    {
        var sql = new ArticleList(
            request.Sort,
            from?.Backwards == true,
            request.FilterNames(),
            request.IsDated
        )
        {
            WithBodies = request.HasBodies,
        };
        var columns = ArticleRows.Columns;
        if (request.Sort == ArticleSort.Headline)
            columns += ", p.sort_headline";
        if (request.HasBodies)
            columns += $", {ArticleRows.ListedBody}";
        var arguments = new Arguments(request, from);
        var positioned = from is not null;
        if (sql.IsOneRange)
        {
            // One statement, dated by itself; without a row it says nothing, and is asked again after the date.
            var statement = sql.OneRange(arguments.Take, positioned, columns);
            var found = await postgres.ListAsync<ArticleRow>(statement, arguments, ct);
            if (found.Count > 0)
                return (found, found[0].ChangedAt);
            var before = await LastChange.FindAsync(postgres, ct);
            return (await postgres.ListAsync<ArticleRow>(statement, arguments, ct), before);
        }

        var changedAt = await LastChange.FindAsync(postgres, ct);
        arguments = await ResolveAsync(postgres, arguments, ct);
        var counts = (await postgres.FindAsync<int[]>(sql.Probe(), arguments, ct))!;
        // Of two that are long the one with fewer values: the window is one of each value's.
        var values = sql.Filters.Select(arguments.ValuesOf).ToArray();
        var driver = Enumerable
            .Range(0, counts.Length)
            .MinBy(i => (counts[i], values.Length > 0 ? values[i] : 0));
        if (counts[driver] <= ArticleList.Window)
            return (await ListAsync(sql.Whole(driver, arguments.Take, positioned, columns)), changedAt);

        var rows = await ListAsync(sql.Windowed(driver, arguments.Take, positioned, columns));
        if (rows.Count == arguments.Take || !sql.HasWindow)
            return (rows, changedAt);
        var scanned =
            rows.Count > 0
                ? rows[0].Scanned
                : await postgres.FindAsync<int>(
                    sql.WindowSize(driver, arguments.Take, positioned),
                    arguments,
                    ct
                );
        return (
            scanned < ArticleList.Window
                ? rows
                : await ListAsync(sql.Sorted(arguments.Take, positioned, columns)),
            changedAt
        );

        Task<IReadOnlyList<ArticleRow>> ListAsync(string statement) =>
            postgres.ListAsync<ArticleRow>(statement, arguments, ct);
    }

    private static async Task<ListTotal?> CountAsync(
        NpgsqlDataSource postgres,
        ListArticlesRequest request,
        CancellationToken ct
    )
    {
        var sql = new ArticleList(request.Sort, backwards: false, request.FilterNames(), request.IsDated);
        return await postgres.CountAsync(
            request.Count,
            sql.Counted(),
            await ResolveAsync(postgres, new Arguments(request, null), ct),
            ct,
            sql.CountedUpTo(Counting.Most)
        );
    }

    private static async Task<Arguments> ResolveAsync(
        NpgsqlDataSource postgres,
        Arguments arguments,
        CancellationToken ct
    )
    {
        var ids = await postgres.FindAsync<FilterIds>(SelectFilterIds, arguments, ct);
        return arguments with { Tags = ids!.Tags, Authors = ids.Authors, Sections = ids.Sections };
    }

    private static string Key(ArticleRow row, ArticleSort sort) =>
        sort switch
        {
            ArticleSort.NewestFirst or ArticleSort.OldestFirst => Json.Instant(row.PublishedAt),
            ArticleSort.LastUpdatedFirst or ArticleSort.FirstUpdatedFirst => Json.Instant(row.UpdatedAt),
            _ => row.SortHeadline!,
        };

    private const string SelectFilterIds = """
        select array(select id from published_tags where slug = any((select @TagSlugs)::text[])) tags,
               array(select id from published_authors where slug = any((select @AuthorSlugs)::text[])) authors,
               array(select id from published_sections where slug = any((select @SectionSlugs)::text[])) sections
        """;

    private sealed record FilterIds
    {
        public required Guid[] Tags { get; init; }
        public required Guid[] Authors { get; init; }
        public required Guid[] Sections { get; init; }
    }

    private sealed record Arguments
    {
        public Arguments(ListArticlesRequest request, Position? from)
        {
            TagSlugs = request.Tag ?? [];
            AuthorSlugs = request.Author ?? [];
            SectionSlugs = request.Section ?? [];
            Access = [.. (request.Access ?? []).Distinct().Select(a => a.ToString().ToLowerInvariant())];
            After = request.PublishedAfter;
            Before = request.PublishedBefore;
            Take = request.Limit + 1;
            Key = from?.Key;
            Id = from?.Id;
        }

        public string[] TagSlugs { get; }
        public string[] AuthorSlugs { get; }
        public string[] SectionSlugs { get; }
        public string[] Access { get; }
        public DateTimeOffset? After { get; }
        public DateTimeOffset? Before { get; }
        public int Take { get; }
        public string? Key { get; }
        public Guid? Id { get; }
        public Guid[] Tags { get; init; } = [];
        public Guid[] Authors { get; init; } = [];
        public Guid[] Sections { get; init; } = [];

        public int ValuesOf(string filter) =>
            filter switch
            {
                "tag" => Tags.Length,
                "author" => Authors.Length,
                "section" => Sections.Length,
                _ => Access.Length,
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

    /// <summary>Forms of the body to include, with commas between.</summary>
    [QueryParam]
    public BodyForm[] Body { get; init; } = [BodyForm.None];

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
        if (Tag is not null)
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
        return names;
    }

    /// <summary>
    /// Names the list: what its cursors are bound to. Neither the limit nor the fields nor the body's forms change what
    /// is in it.
    /// </summary>
    public string Name() => string.Create(CultureInfo.InvariantCulture, $"articles|{FilterName()}|{Sort}");
}

internal sealed class ListArticlesRules : AbstractValidator<ListArticlesRequest>
{
    public ListArticlesRules()
    {
        this.HasPage();
        this.HasArticleFilters();
        RuleFor(r => r.Body).IsBodyForms();
    }
}
