using System.Globalization;
using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Delivery.Search.Words;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>Searches published articles</summary>
/// <remarks>
/// `q` is what a reader types. All its words must be in the headline, kicker, deck or body, in the texts of images, or
/// among the names of authors and tags. `"in a row"` finds a phrase, `-word` excludes a word, and `or` separates
/// alternatives. Accents, capitals and endings do not matter (`chip` finds “Chips”). A name matches at most 24 authors
/// and 24 tags. The first 32 words count, those of phrases included. With `as-you-type=true` the last word may be
/// unfinished, from its second letter on. If nothing is found and a word is unknown, the likeliest known words are
/// searched instead, and `didYouMean` names them.
///
/// Relevance depends on where the words are (headline, then kicker, deck and names, then body), how close together they
/// are, and how new the article is. Only the newest 500 matching articles are ranked (300 for very common words), so
/// that common words cost no more than rare ones. If `total` is larger, the rest is not on any page: use
/// `sort=-publishedAt` to see all of them. A phrase is searched in the 2,000 newest articles (beyond the cursor) that
/// contain all its words; older ones are not searched.
///
/// Plain words find walled articles by their whole text. Phrases and unfinished words are matched only against what the
/// reader may read: headline, deck, names, and the open part of the body. `highlight` and `didYouMean` show nothing
/// else.
/// </remarks>
internal sealed class SearchArticles(
    DeliveryDatabase database,
    KnownNames names,
    FilterNames filterNames,
    Cursors cursors,
    CachePolicy cache
) : Slice<SearchArticlesRequest>
{
    private const int MaxFacetValues = 50;

    public override void Configure()
    {
        Get("/v1/search");
        AllowAnonymous();
        Kept();
        Answers<SearchResults>(200, ProblemKinds.InvalidCursor, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(SearchArticlesRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<SearchHit>(request.Fields);
        var list = request.Name();
        var from = request.Cursor is null ? null : SearchPosition.Read(cursors, list, request.Cursor);
        var caller = HttpContext.FindCaller();
        return await database.ReadAsync(
            async (postgres, own) =>
            {
                var asked = await filterNames.ResolveAsync(postgres, request, own);
                var found = await postgres.InBoundsAsync(
                    transaction => FindAsync(transaction, asked, list, from, caller, own),
                    own
                );
                // The transaction's connection has been given back: names may need one.
                return Answer(found, await names.OfAsync(found.Rows, own), request, fields, caller);
            },
            ct
        );
    }

    private async Task<Found> FindAsync(
        NpgsqlTransaction transaction,
        SearchArticlesRequest request,
        string list,
        SearchPosition? from,
        Caller? caller,
        CancellationToken ct
    )
    {
        var filters = await SearchFilters.FindAsync(transaction, request, ct);
        var reach = await WallReach.OfAsync(transaction, caller, ct);
        var (found, corrected) = await FindCandidatesAsync(transaction, request, filters, reach, from, ct);
        var reading = found.Page(request.Limit + 1, from);
        Guid[] ids = [.. reading.Take(request.Limit).Select(r => r.Id)];
        var rows = await transaction.ListAsync<ArticleRow>(SelectPage, new { ids }, ct);
        var (_, info) = Paging.Cut(
            cursors,
            list,
            reading,
            request.Limit,
            from?.Edge,
            row => (SearchPosition.Key(row, request.Sort, found.Newest, corrected), row.Id),
            fits: rows.Count
        );
        if (from?.Edge.Backwards == true)
            rows = [.. rows.Reverse()];
        var highlights = await Highlights.FindAsync(transaction, rows, found.Words?.Text ?? "", caller, ct);
        var facets =
            request.Facets is null || from is not null
                ? null
                : await CountAsync(
                    transaction,
                    request.Facets,
                    request.Sort == SearchSort.Relevance || found.Rows.Count <= request.Limit
                        ? found
                        : await Candidates.FindAsync(
                            transaction,
                            found.Words,
                            filters,
                            SearchSort.Relevance,
                            null,
                            0,
                            ct
                        ),
                    ct
                );
        var state = await SearchState.FindAsync(transaction, ct);
        var usesVocabulary = request.AsYouType || found.Rows.Count == 0 || corrected is not null;
        return new()
        {
            Rows = rows,
            Highlights = highlights,
            Page = info,
            Total = from is null ? found.Total : null,
            DidYouMean = corrected,
            Facets = facets,
            ChangedAt = state.ChangedAt,
            IsPassing = state.IsIndexing || (state.IsLearning && usesVocabulary),
        };
    }

    private Document Answer(
        Found found,
        NamedArticle[] articles,
        SearchArticlesRequest request,
        Fields? fields,
        Caller? caller
    )
    {
        var results = new SearchResults
        {
            Data =
            [
                .. articles.Select(
                    (article, i) =>
                        new SearchHit(
                            ArticleRows.Summary(article, [BodyForm.None], caller),
                            found.Highlights[i]
                        )
                ),
            ],
            Page = found.Page,
            Total = found.Total,
            DidYouMean = found.DidYouMean,
            Facets = found.Facets,
        };
        return new Document(Fields.WriteData(results, fields), found.ChangedAt, cache.For(caller))
        {
            // Queries resolve names to ids, so a renamed author or tag changes the result; so do an image's texts.
            CacheTags =
            [
                "articles",
                "sections",
                "authors",
                "tags",
                "images",
                .. ArticleRows.CacheTags(articles, caller),
            ],
            Link = Paging.Link(HttpContext.Request, found.Page),
            VariesByKey = true,
            IsPassing = found.IsPassing,
        };
    }

    /// <summary>By the words as they were typed; if nothing is found by them, by those that were meant.</summary>
    private static async Task<(Candidates Found, string? Corrected)> FindCandidatesAsync(
        NpgsqlTransaction transaction,
        SearchArticlesRequest request,
        SearchFilters filters,
        WallReach reach,
        SearchPosition? from,
        CancellationToken ct
    )
    {
        var q = SearchText.Visible(request.Q);
        var found = await LookAsync(from?.Corrected ?? q, request.AsYouType);
        if (found.Rows.Count > 0 || from is not null || filters.IsImpossible)
            return (found, from?.Corrected);
        foreach (var reading in await Suggestions.FindAsync(transaction, q, ct))
        {
            var better = await LookAsync(reading.Text, request.AsYouType);
            if (better.Rows.Count > 0 && await AreFoundAsync(reading))
                return (better, reading.Text);
        }
        return (found, null);

        // The vocabulary keeps withdrawn words and words behind the wall, which must not be shown. A word beside
        // alternatives, or an unfinished one, may not be what the article was found by.
        async Task<bool> AreFoundAsync(Reading reading)
        {
            if (
                reach.IsWhole
                && !request.AsYouType
                && SearchText.Parse(reading.Text, asYouType: false).Alternatives.Count == 1
            )
                return true;
            foreach (var word in reading.Words)
                if ((await LookAsync(word, asYouType: false, openOnly: true)).Rows.Count == 0)
                    return false;
            return true;
        }

        async Task<Candidates> LookAsync(string text, bool asYouType, bool openOnly = false) =>
            await Candidates.FindAsync(
                transaction,
                await SearchWords.FindAsync(
                    transaction,
                    SearchText.Parse(text, asYouType),
                    reach,
                    openOnly,
                    ct
                ),
                filters,
                request.Sort,
                from,
                request.Limit + 1,
                ct
            );
    }

    private static async Task<SearchFacets> CountAsync(
        NpgsqlTransaction transaction,
        Facet[] facets,
        Candidates found,
        CancellationToken ct
    )
    {
        var counts = await transaction.ListAsync<FacetRow>(
            SelectFacets,
            new { Ids = found.Rows.Select(r => r.Id).ToArray(), Facets = facets.Select(NameOf).ToArray() },
            ct
        );
        IReadOnlyList<FacetValue>? Values(Facet facet) =>
            !facets.Contains(facet)
                ? null
                :
                [
                    .. counts
                        .Where(c => c.Facet == NameOf(facet))
                        .Take(MaxFacetValues)
                        .Select(c => new FacetValue
                        {
                            Slug = c.Slug,
                            Name = c.Name,
                            Count = c.Count,
                        }),
                ];
        return new()
        {
            Section = Values(Facet.Section),
            Author = Values(Facet.Author),
            Tag = Values(Facet.Tag),
            Month = !facets.Contains(Facet.Month)
                ? null
                :
                [
                    .. counts
                        .Where(c => c.Facet == NameOf(Facet.Month))
                        .OrderByDescending(c => c.Slug, StringComparer.Ordinal)
                        .Select(c => new FacetMonth { Month = c.Slug, Count = c.Count }),
                ],
        };
    }

    private static string NameOf(Facet facet) => facet.ToString().ToLowerInvariant();

    // Highlights are of the bodies, so the page ends where these are many bytes.
    private static readonly string SelectPage = $"""
        with recursive {LongTexts.Within(
            "select id, k from unnest(@ids) with ordinality ids(id, k)",
            "k",
            ArticleRows.LongBody,
            Paging.MaxLimit
        )}
        select {ArticleRows.Columns}, texts.value body, p.section_path
        from page join texts on texts.n = page.n join published_articles p on p.id = page.id {ArticleRows.Joins}
        order by page.n
        """;

    private const string SelectFacets = """
        with found as materialized (
            select p.section_id, p.author_ids, p.tag_ids, p.published_at from unnest(@Ids) f(id)
                join published_articles p on p.id = f.id)
        select facet, slug::text, name, count(*)::int count from (
            select 'section' facet, s.slug, s.name from found f join published_sections s on s.id = f.section_id
            where 'section' = any(@Facets)
            union all select 'author', a.slug, a.name from found f, unnest(author_ids) i(id)
                join published_authors a on a.id = i.id where 'author' = any(@Facets)
            union all select 'tag', t.slug, t.name from found f, unnest(tag_ids) i(id)
                join published_tags t on t.id = i.id where 'tag' = any(@Facets)
            union all select 'month', m, m from found f, to_char(published_at at time zone 'UTC', 'YYYY-MM') m
            where 'month' = any(@Facets)) v
        group by facet, slug, name order by count(*) desc, slug
        """;

    /// <summary>What was found, as it was read.</summary>
    private sealed record Found
    {
        public required IReadOnlyList<ArticleRow> Rows { get; init; }
        public required IReadOnlyList<Highlight> Highlights { get; init; }
        public required PageInfo Page { get; init; }
        public required SearchTotal? Total { get; init; }
        public required string? DidYouMean { get; init; }
        public required SearchFacets? Facets { get; init; }
        public required DateTimeOffset ChangedAt { get; init; }
        public required bool IsPassing { get; init; }
    }

    private sealed record FacetRow
    {
        public required string Facet { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required int Count { get; init; }
    }
}

internal sealed record SearchArticlesRequest : ArticleFilterRequest, IPageRequest
{
    /// <summary>What to look for. Any text will do; without a word to look for nothing is found.</summary>
    /// <example>data centre -tax</example>
    [QueryParam]
    public string Q { get; init; } = null!;

    /// <summary>Whether the last word of `q` may be unfinished, as in a box that searches while one types.</summary>
    [QueryParam]
    [BindFrom("as-you-type")]
    public bool AsYouType { get; init; }

    /// <summary>`relevance`, or `-publishedAt` for the newest first.</summary>
    [QueryParam]
    public SearchSort Sort { get; init; }

    /// <summary>What to count the matching articles by, with commas between.</summary>
    [QueryParam]
    public Facet[]? Facets { get; init; }

    /// <summary>Return only these fields of each article, such as `headline,highlight`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>
    /// How many items a page holds at most. It ends earlier where the bodies that are read for its highlights would
    /// exceed 4 MB: follow `page.next` until it is null.
    /// </summary>
    [QueryParam]
    public int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same search.</summary>
    [QueryParam]
    public string? Cursor { get; init; }

    Count IPageRequest.Count => Count.None;

    /// <summary>Names the search: what its cursors are bound to.</summary>
    public string Name() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"search|{CursorName.Of([Q])}|{AsYouType}|{FilterName()}|{Sort}"
        );
}

internal sealed class SearchArticlesRules : AbstractValidator<SearchArticlesRequest>
{
    public SearchArticlesRules()
    {
        this.HasPage();
        RuleFor(r => r.Q).NotNull().WithMessage("'q' says what to look for: it is missing.");
        this.HasArticleFilters();
    }
}
