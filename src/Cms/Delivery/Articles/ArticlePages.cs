using Cms.Access;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing.Articles;

namespace Cms.Delivery.Articles;

/// <summary>A page of a list of articles.</summary>
/// <param name="Json">As it is sent.</param>
/// <param name="ChangedAt">When anything that readers see had last changed.</param>
/// <param name="Shown">The articles in it.</param>
internal sealed record ArticlePage(
    byte[] Json,
    PageInfo Info,
    DateTimeOffset ChangedAt,
    IReadOnlyList<NamedArticle> Shown
);

/// <summary>Reads pages of published articles.</summary>
internal sealed class ArticlePages(KnownNames names, FilterNames filters, Cursors cursors)
{
    /// <summary>The page that is asked for. Within a transaction nothing is remembered and nothing counted.</summary>
    public Task<ArticlePage> ReadAsync(
        Reads database,
        ListArticlesRequest request,
        Caller? caller,
        CancellationToken ct
    ) => ReadAsync(database, request, _ => caller, ct);

    /// <param name="readerOf">Who reads an article, by its id.</param>
    public async Task<ArticlePage> ReadAsync(
        Reads database,
        ListArticlesRequest request,
        Func<Guid, Caller?> readerOf,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<ArticleSummary>(request.Fields);
        var list = request.Name();
        var start = request.Cursor is null ? null : cursors.Read(list, request.Cursor);
        // The cursor stays bound to the slugs that were asked for: one that is renamed while somebody pages means the
        // same thing still.
        request = await filters.ResolveAsync(database, request, ct);

        var (rows, changedAt) = await ReadAsync(database, request, start, ct);
        if (request.Exclude is { } excluded)
            rows = [.. rows.Where(row => !excluded.Contains(row.Id)).Take(request.Limit + 1)];
        var total = request.Count == Count.None ? null : await CountAsync(database, request, ct);
        return request.HasBodies ? await WithBodiesAsync() : await WithoutBodiesAsync();

        async Task<ArticlePage> WithoutBodiesAsync()
        {
            var (page, end) = Cut(fits: null);
            var named = await names.OfAsync(page, database.Within, ct);
            var articles = Array.ConvertAll(named, Show);
            return new(
                Fields.WritePage(new Paged<ArticleSummary> { Data = articles, Page = end }, fields),
                end,
                changedAt,
                named
            );
        }

        async Task<ArticlePage> WithBodiesAsync()
        {
            // The statement gave bodies to as many rows as have room for them, in the order of reading.
            var read = rows.Take(request.Limit).TakeWhile(row => row.Body is not null).ToList();
            var named = await names.OfAsync(read, database.Within, ct);
            var items = Paging.Fit(named, article => Fields.Write(Show(article), fields));
            named = named[..items.Count];
            var (_, end) = Cut(items.Count);
            if (start?.Backwards == true)
            {
                items.Reverse();
                Array.Reverse(named);
            }
            return new(Fields.WritePage(items, end), end, changedAt, named);
        }

        ArticleSummary Show(NamedArticle article) =>
            ArticleRows.Summary(article, request.Body, readerOf(article.Row.Id), request.Images);

        (IReadOnlyList<ArticleRow> Rows, PageInfo Info) Cut(int? fits) =>
            Paging.Cut(
                cursors,
                list,
                rows,
                request.Limit,
                start,
                row => (Key(row, request.Sort), row.Id),
                total,
                fits
            );
    }

    private static async Task<(IReadOnlyList<ArticleRow> Rows, DateTimeOffset ChangedAt)> ReadAsync(
        Reads database,
        ListArticlesRequest request,
        Position? start,
        CancellationToken ct
    )
    {
        var sql = new ArticleList(
            request.Sort,
            start?.Backwards == true,
            request.FilterNames(),
            request.IsDated,
            request.AllTags?.Length ?? 0
        )
        {
            WithBodies = request.HasBodies,
        };
        var columns = ArticleRows.Columns;
        if (request.Sort == ArticleSort.Headline)
            columns += ", p.sort_headline";
        if (request.HasBodies)
            columns += $", {ArticleRows.ListedBody}";
        var arguments = new Arguments(request, start);
        var positioned = start is not null;
        if (sql.IsOneRange)
        {
            // One statement, dated by itself; without a row it says nothing, and is asked again after the date.
            var statement = sql.OneRange(arguments.Take, positioned, columns);
            var found = await database.ListAsync<ArticleRow>(statement, arguments, ct);
            if (found.Count > 0)
                return (found, found[0].ChangedAt);
            var before = await LastChange.FindAsync(database, ct);
            return (await database.ListAsync<ArticleRow>(statement, arguments, ct), before);
        }

        var changedAt = await LastChange.FindAsync(database, ct);
        arguments = await ResolveAsync(database, arguments, ct);
        var counts = (await database.FindAsync<int[]>(sql.Probe(), arguments, ct))!;
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
                : await database.FindAsync<int>(
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
            database.ListAsync<ArticleRow>(statement, arguments, ct);
    }

    private static async Task<ListTotal?> CountAsync(
        Reads database,
        ListArticlesRequest request,
        CancellationToken ct
    )
    {
        var sql = new ArticleList(
            request.Sort,
            backwards: false,
            request.FilterNames(),
            request.IsDated,
            request.AllTags?.Length ?? 0
        )
        {
            Excludes = request.Exclude is not null,
        };
        return await database.Postgres.CountAsync(
            request.Count,
            sql.Counted(),
            await ResolveAsync(database, new Arguments(request, null), ct),
            ct,
            sql.CountedUpTo(Counting.Max)
        );
    }

    private static async Task<Arguments> ResolveAsync(
        Reads database,
        Arguments arguments,
        CancellationToken ct
    )
    {
        var ids = await database.FindAsync<FilterIds>(SelectFilterIds, arguments, ct);
        return arguments with
        {
            Tags = ids!.Tags,
            AllTags = ids.AllTags,
            Authors = ids.Authors,
            Sections = ids.Sections,
        };
    }

    private static string Key(ArticleRow row, ArticleSort sort) =>
        sort switch
        {
            ArticleSort.NewestFirst or ArticleSort.OldestFirst => Json.Instant(row.PublishedAt),
            ArticleSort.LastUpdatedFirst or ArticleSort.FirstUpdatedFirst => Json.Instant(row.UpdatedAt),
            _ => row.SortHeadline!,
        };

    private static readonly string SelectFilterIds = $"""
        select array({TagSlugs.Ids("(select @TagSlugs)::text[]")}) tags,
               -- In the order of the slugs; one that no tag has is an id that nothing has.
               array(select coalesce((select v from ({TagSlugs.Ids("array[s.slug]")}) t limit 1),
                       '00000000-0000-0000-0000-000000000000')
                   from unnest((select @AllTagSlugs)::text[]) with ordinality s(slug, n) order by s.n) all_tags,
               array(select id from published_authors where slug = any((select @AuthorSlugs)::text[])) authors,
               array(select id from published_sections where slug = any((select @SectionSlugs)::text[])) sections
        """;

    private sealed record FilterIds
    {
        public required Guid[] Tags { get; init; }
        public required Guid[] AllTags { get; init; }
        public required Guid[] Authors { get; init; }
        public required Guid[] Sections { get; init; }
    }

    private sealed record Arguments
    {
        public Arguments(ListArticlesRequest request, Position? start)
        {
            TagSlugs = request.Tag ?? [];
            AllTagSlugs = request.AllTags ?? [];
            Exclude = request.Exclude ?? [];
            AuthorSlugs = request.Author ?? [];
            SectionSlugs = request.Section ?? [];
            Access = [.. (request.Access ?? []).Distinct().Select(a => a.ToString().ToLowerInvariant())];
            Kinds = [.. (request.Kind ?? []).Distinct(StringComparer.Ordinal)];
            After = request.PublishedAfter;
            Before = request.PublishedBefore;
            // Those that are left out are read, too.
            Take = request.Limit + 1 + Exclude.Length;
            Key = start?.Key;
            Id = start?.Id;
        }

        public string[] TagSlugs { get; }
        public string[] AllTagSlugs { get; }
        public Guid[] Exclude { get; }
        public string[] AuthorSlugs { get; }
        public string[] SectionSlugs { get; }
        public string[] Access { get; }
        public string[] Kinds { get; }
        public DateTimeOffset? After { get; }
        public DateTimeOffset? Before { get; }
        public int Take { get; }
        public string? Key { get; }
        public Guid? Id { get; }
        public Guid[] Tags { get; init; } = [];
        public Guid[] AllTags { get; init; } = [];
        public Guid[] Authors { get; init; } = [];
        public Guid[] Sections { get; init; } = [];

        public int ValuesOf(string filter) =>
            filter switch
            {
                "tag" => Tags.Length,
                "author" => Authors.Length,
                "section" => Sections.Length,
                "access" => Access.Length,
                "allTags" => 1,
                _ => Kinds.Length,
            };
    }
}
