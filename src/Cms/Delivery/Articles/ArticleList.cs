using System.Globalization;
using Cms.Delivery.Reading;
using Cms.Platform.Postgres;

namespace Cms.Delivery.Articles;

/// <summary>How a list of articles can be sorted; a minus means descending.</summary>
internal enum ArticleSort
{
    [System.Text.Json.Serialization.JsonStringEnumMemberName("-publishedAt")]
    NewestFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("publishedAt")]
    OldestFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("-updatedAt")]
    LastUpdatedFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("updatedAt")]
    FirstUpdatedFirst,

    [System.Text.Json.Serialization.JsonStringEnumMemberName("headline")]
    Headline,
}

/// <summary>
/// The statements behind a list of articles. A list with one filter or none is a range of an index that begins with the
/// filter and goes on with the sort key, so a page costs the same at any depth; dates are bounds of that range, or what
/// it is filtered by. Filters that are combined have no index of their own: the one with the fewest articles between
/// the dates is read whole if these are few, else it is walked through a window, and only if the window is used up in
/// vain are the arrays' GIN index and a sort asked (measured at 1,000,000 articles).
/// </summary>
internal sealed class ArticleList
{
    /// <summary>
    /// Filters, or dates, of at most this many articles are read whole; of longer ones that are combined a window of as
    /// many is walked.
    /// </summary>
    public const int Window = 4_000;

    // Behind a "select", the array is as long to the planner whatever is in it. Seen through, one of a single value is
    // thought to be so much better off with a plan of its own that a new one is made for every page, which takes longer
    // than the page (1.1 of 1.9 ms at 1,000,000 articles).
    private static readonly Filter[] Junctions =
    [
        new(
            "tag",
            "published_article_tags",
            "tag_id",
            "(select @Tags)::uuid[]",
            TagSlugs.Ids("(select @TagSlugs)::text[]")
        ),
        new(
            "author",
            "published_article_authors",
            "author_id",
            "(select @Authors)::uuid[]",
            "select id v from published_authors where slug = any((select @AuthorSlugs)::text[])"
        ),
        new(
            "section",
            "published_article_sections",
            "section_id",
            "(select @Sections)::uuid[]",
            "select id v from published_sections where slug = any((select @SectionSlugs)::text[])"
        ),
        // Few values, of which one may be that of nearly all articles and another of a few: here the plan must know
        // which.
        new("access", "published_articles", "access", "@Access", "select unnest((select @Access)::text[]) v"),
        new("kind", "published_articles", "kind", "@Kinds", "select unnest((select @Kinds)::text[]) v"),
    ];

    private const string AllTags = "allTags";

    // Each tag that an article must have is a filter of its own: the rarest of them leads to the articles.
    private static Filter AllTag(int n) =>
        new(
            AllTags,
            "published_article_tags",
            "tag_id",
            $"((select @AllTags)::uuid[])[{Number(n)}:{Number(n)}]",
            TagSlugs.Ids($"((select @AllTagSlugs)::text[])[{Number(n)}:{Number(n)}]")
        );

    private readonly Filter[] _filters;
    private readonly bool _dated;
    private readonly string _key;
    private readonly string _order;
    private readonly string _beyond;
    private readonly string _keyType;

    /// <param name="sort">What the list is sorted by.</param>
    /// <param name="backwards">Whether the page is read towards the beginning of the list.</param>
    /// <param name="filters">Names of the filters in force: tag, author, section, access, kind.</param>
    /// <param name="dated">Whether publishedAfter or publishedBefore is in force.</param>
    /// <param name="allTags">How many tags an article must have all of.</param>
    public ArticleList(
        ArticleSort sort,
        bool backwards,
        IReadOnlySet<string> filters,
        bool dated,
        int allTags = 0
    )
    {
        _filters =
        [
            .. Junctions.Where(f => filters.Contains(f.Name)),
            .. Enumerable.Range(1, allTags).Select(AllTag),
        ];
        _dated = dated;
        _key = sort switch
        {
            ArticleSort.NewestFirst or ArticleSort.OldestFirst => "published_at",
            ArticleSort.LastUpdatedFirst or ArticleSort.FirstUpdatedFirst => "updated_at",
            _ => "sort_headline",
        };
        _keyType = _key == "sort_headline" ? "text" : "timestamptz";
        var descending = sort is ArticleSort.NewestFirst or ArticleSort.LastUpdatedFirst != backwards;
        (_order, _beyond) = descending ? ("desc", "<") : ("asc", ">");
    }

    /// <summary>Whether articles named by <c>@Exclude</c> are left out of what is counted.</summary>
    public bool Excludes { get; init; }

    /// <summary>Whether the page has bodies, as <c>texts</c>: not more of them than it has room for.</summary>
    public bool WithBodies { get; init; }

    /// <summary>The filters in force, in the order of <see cref="Probe"/>'s counts.</summary>
    public IEnumerable<string> Filters => _filters.Select(f => f.Name);

    /// <summary>
    /// Whether one index answers the list: no filter or one, and dates only where they are the sort key.
    /// </summary>
    public bool IsOneRange => _filters.Length <= 1 && (!_dated || _key == "published_at");

    /// <summary>
    /// The page of a list that one index answers. How many rows it takes stands in it as a number: with a parameter
    /// PostgreSQL reckons with a tenth of the table, never keeps a plan, and makes a new one for each page, which takes
    /// as long as the page itself (2 ms of 4 at 1,000,000 articles).
    /// </summary>
    public string OneRange(int take, bool positioned, string columns)
    {
        var rows = Number(take);
        return Rows(
            _filters.Length == 0
                ? Walk("published_articles c", "c.id", null, positioned, rows)
                : Ranges(_filters[0], _filters[0].BySlug, positioned, rows),
            take,
            columns
        );
    }

    /// <summary>
    /// For each filter in force, how many articles it has between the dates; counted no further than the window.
    /// Without a filter, how many the dates have.
    /// </summary>
    public string Probe()
    {
        var ranges = _filters.Length == 0 ? Drivers().Select(d => d.Range) : _filters.Select(Counted);
        var counts = ranges.Select(r =>
            $"(select count(*) from (select from {r} limit {Window + 1}) n)::int"
        );
        return $"select array[{string.Join(", ", counts)}]";

        // A value that nearly all articles have is thought to be found sooner in the table itself, which is read to its
        // end when the next request asks for a rare one. In the order of an index, the index is walked.
        string Counted(Filter f) =>
            f.Table == "published_articles"
                ? $"""
                    (select unnest({f.Parameter}) v) f cross join lateral (
                        select from {f.Table} c where c.{f.Column} = f.v{(_dated ? $" and {Dates("c")}" : "")}
                        order by c.published_at limit {Window + 1}) r
                    """
                : OfFilter(f);
    }

    /// <summary>The page, by way of what the probe counted at <paramref name="driver"/>, read whole.</summary>
    public string Whole(int driver, int take, bool positioned, string columns)
    {
        var (id, range) = Drivers().ElementAt(driver);
        var beyond = positioned ? $" and (d.k, d.id) {_beyond} (@Key::{_keyType}, @Id)" : "";
        return Rows(
            $"""
            select d.id, d.k from (select distinct {id} id, c.{_key} k from {range}) d {Others(
                "d",
                driver,
                isDated: false
            )}{beyond}
            order by d.k {_order}, d.id {_order} limit {Number(take)}
            """,
            take,
            columns
        );
    }

    /// <summary>
    /// The page, out of the next <see cref="Window"/> articles of the filter at <paramref name="driver"/>; its first
    /// column <c>scanned</c> says how many there were, so that a window used up in vain is known. With one filter or
    /// none there is no window (<see cref="HasWindow"/>): the first between the dates are the page.
    /// </summary>
    public string Windowed(int driver, int take, bool positioned, string columns)
    {
        return $"""
            with {Recursive}window_ids as materialized ({Candidates(driver, take, positioned)}),
            {Page($"""
                select w.id, w.k from window_ids w {Others(
                "w",
                driver,
                isDated: HasWindow && _dated && _key == "sort_headline"
            )}
                order by w.k {_order}, w.id {_order} limit {Number(take)}
                """, take, "")}
            select (select count(*) from window_ids)::int scanned, {columns}
            {FromPage}
            """;
    }

    /// <summary>Whether what the window holds may be less than there is.</summary>
    public bool HasWindow => _filters.Length > 1;

    /// <summary>How many candidates the window has, when the page itself came out empty and so says nothing.</summary>
    public string WindowSize(int driver, int take, bool positioned) =>
        $"select count(*)::int from ({Candidates(driver, take, positioned)}) w";

    /// <summary>The page, by the arrays' index and a sort: the last resort.</summary>
    // "offset 0", lest it becomes a walk of the whole list to the few that meet: how many do, nobody knows better than
    // the window that found none.
    public string Sorted(int take, bool positioned, string columns) =>
        Rows(
            $"""
            select id, k from (
                select c.id, c.{_key} k from published_articles c
                where {Arrays("c")}{(positioned ? $" and {Beyond("c", "c.id")}" : "")} offset 0) c
            order by k {_order}, id {_order} limit {Number(take)}
            """,
            take,
            columns
        );

    /// <summary>The articles of the whole list, to be counted.</summary>
    public string Counted() =>
        _filters switch
        {
            // One filter is counted in its junction, of which the index alone is read; several meet in the arrays'
            // index.
            [{ Table: not "published_articles" } f] => $"select distinct c.{f.Id} from {OfFilter(f)}",
            _ => $"select from published_articles c where {Arrays("c")}",
        };

    /// <summary>
    /// Counts them, but reads no more than <paramref name="most"/> + 1 rows: if there are so many, the count is that.
    /// </summary>
    public string CountedUpTo(int most) =>
        _filters is [{ Table: not "published_articles" } f]
            // An article may have several of the values, and stands there once for each that it has.
            ? $"""
                select least(count(distinct id), {most} + 1)
                from (select c.{f.Id} id from {OfFilter(f)}
                    limit {most} * greatest(1, cardinality({f.Parameter})) + 1) r
                """
            : Counting.UpTo(Counted(), most);

    /// <summary>A filter's articles between the dates.</summary>
    private string OfFilter(Filter f) =>
        $"{f.Table} c where c.{f.Column} = any({f.Parameter}){(_dated ? $" and {Dates("c")}" : "")}"
        + (Excludes ? $" and c.{f.Id} <> all((select @Exclude)::uuid[])" : "");

    /// <summary>
    /// What can be read whole if it is short: each filter's articles between the dates, or those of the dates alone.
    /// </summary>
    private IEnumerable<(string Id, string Range)> Drivers() =>
        _filters.Length == 0
            ? [("c.id", $"published_articles c where {Dates("c")}")]
            : _filters.Select(f => ($"c.{f.Id}", OfFilter(f)));

    private string Candidates(int driver, int take, bool positioned) =>
        _filters.Length switch
        {
            0 => Walk("published_articles c", "c.id", null, positioned, Number(take)),
            1 => Ranges(_filters[0], $"select unnest({_filters[0].Parameter}) v", positioned, Number(take)),
            _ => Ranges(
                _filters[driver],
                $"select unnest({_filters[driver].Parameter}) v",
                positioned,
                Number(Window),
                isWindow: true
            ),
        };

    private static string Number(int rows) => rows.ToString(CultureInfo.InvariantCulture);

    private string Rows(string page, int take, string columns) =>
        $"""
            with {Recursive}{Page(page, take)}
            select {columns}
            {FromPage}
            """;

    private string Recursive => WithBodies ? "recursive " : "";

    private string Page(string page, int take, string materialized = "materialized ") =>
        WithBodies
            ? LongTexts.Within(page, $"k {_order}, id {_order}", ArticleRows.LongBody, take - 1)
            : $"page as {materialized}({page})";

    private string FromPage =>
        $"""
            from page join published_articles p on p.id = page.id {ArticleRows.Joins}
            {(WithBodies ? "left join texts on texts.n = page.n" : "")}
            order by page.k {_order}, page.id {_order}
            """;

    /// <summary>
    /// One range of each value's part of the index, merged; an article that has two of the values comes once.
    /// </summary>
    private string Ranges(
        Filter filter,
        string values,
        bool positioned,
        string take,
        bool isWindow = false
    ) =>
        $"""
            select id, k from (
                select distinct on (r.k, r.id) r.id, r.k from ({values}) f
                cross join lateral ({Walk(
                $"{filter.Table} c",
                $"c.{filter.Id}",
                $"c.{filter.Column} = f.v",
                positioned,
                take,
                isWindow
            )}) r
                order by r.k {_order}, r.id {_order} limit {take}) ranges
            """;

    private string Walk(
        string from,
        string id,
        string? condition,
        bool positioned,
        string take,
        bool isWindow = false
    )
    {
        var beyond = positioned ? Beyond("c", id) : null;
        // Headlines know nothing of dates: a window is of so many articles, whenever they were published, lest it has
        // no end.
        if (!_dated || (isWindow && _key == "sort_headline"))
            return Range(take, beyond);
        // In every index of a list published_at stands beside the key, so the dates cost no look at the article.
        if (_key == "sort_headline")
            return Range(take, Dates("c"), beyond);
        // A range has one bound at each end. Where the cursor is one, the date is none: the index would be entered at
        // either of them, and walked from there to the other.
        var isDescending = _order == "desc";
        if (_key == "published_at")
            return Range(
                take,
                positioned && !isDescending ? null : IsSince("c"),
                positioned && isDescending ? null : IsUntil("c"),
                beyond
            );
        // Walked from its end, a list by update would pass by all that was published since the dates (half a million
        // entries for one in the middle of a million). But nearly everything is updated soon after its publication: so
        // the index is walked near the dates, and what was updated after that has an index of its own (migration 0008).
        string?[] first,
            second;
        if (isDescending)
        {
            first = [IsLate, $"c.updated_at >= {End}", beyond];
            second =
            [
                $"c.updated_at > {Beginning}",
                positioned
                    ? $"(c.updated_at, {id}) < (least(@Key::timestamptz, {End}), case when "
                        + $"@Key::timestamptz < {End} then @Id else {LeastId} end)"
                    : $"c.updated_at < {End}",
            ];
        }
        else
        {
            first = [positioned ? beyond : $"c.updated_at > {Beginning}", $"c.updated_at < {End}"];
            second =
            [
                IsLate,
                positioned
                    ? $"(c.updated_at, {id}) > (greatest(@Key::timestamptz, {End}), case when "
                        + $"@Key::timestamptz < {End} then {LeastId} else @Id end)"
                    : $"c.updated_at >= {End}",
            ];
        }
        return $"""
            with first as materialized ({Range(take, [Dates("c"), .. first])}),
            second as ({Range($"{take} - (select count(*) from first)", [Dates("c"), .. second])})
            select id, k from (select id, k from first union all select id, k from second) r
            order by k {_order}, id {_order} limit {take}
            """;

        string Range(string most, params string?[] bounds)
        {
            var where = string.Join(" and ", bounds.Prepend(condition).OfType<string>());
            return $"""
                select {id} id, c.{_key} k from {from}{(where.Length == 0 ? "" : " where " + where)}
                order by c.{_key} {_order}, {id} {_order} limit {most}
                """;
        }
    }

    // Where updates are near the dates. Nothing is updated before its publication, but the clocks of nodes may differ.
    // Hours, since how many of them a day of the calendar has depends on where one is.
    private const string Beginning = "coalesce(@After::timestamptz, '-infinity') - interval '720 hours'";
    private const string End = "coalesce(@Before::timestamptz, 'infinity') + interval '720 hours'";

    // So is everything that was published before the one date and updated after that end: this is what names the index.
    private const string IsLate = "c.updated_at - c.published_at > interval '720 hours'";

    // No article has it, so it stands before all of them.
    private const string LeastId = "'00000000-0000-0000-0000-000000000000'::uuid";

    private string Beyond(string table, string id) =>
        $"({table}.{_key}, {id}) {_beyond} (@Key::{_keyType}, @Id)";

    private static string Dates(string table) => $"{IsSince(table)} and {IsUntil(table)}";

    private static string IsSince(string table) =>
        $"{table}.published_at > coalesce(@After::timestamptz, '-infinity')";

    private static string IsUntil(string table) =>
        $"{table}.published_at < coalesce(@Before::timestamptz, 'infinity')";

    /// <summary>
    /// What candidates must meet besides the filter that they come from. Tags, authors and sections are looked up
    /// beside the id; the article itself is read only where something must hold that it alone has: of 4,000 candidates
    /// that would be half the time.
    /// </summary>
    /// <param name="candidates">An alias with <c>id</c>.</param>
    /// <param name="driver">The filter that they come from.</param>
    /// <param name="isDated">Whether they may lie outside the dates.</param>
    // "offset 0" keeps each of these a look by the id for each candidate. Joined, the conditions are thought to leave
    // one article, and the candidates are gone through again for each that they leave (at 20,000 articles 450,000 rows
    // instead of 400); or a junction is planned for an average tag, and all of a huge one is read (at 1,000,000
    // articles 168 ms instead of 11).
    private string Others(string candidates, int driver, bool isDated)
    {
        var others = _filters.Where((_, i) => i != driver).ToArray();
        var looks = others
            .Where(f => f.Table != "published_articles")
            .Select(f =>
                $"exists (select from {f.Table} f where f.article_id = {candidates}.id and f.{f.Column} "
                + $"= any({f.Parameter}) offset 0)"
            );
        var own = others
            .Where(f => f.Table == "published_articles")
            .Select(f => $"a.{f.Column} = any({f.Parameter})")
            .Concat(isDated ? [Dates("a")] : [])
            .ToArray();
        var article =
            own.Length == 0
                ? ""
                : $"cross join lateral (select from published_articles a where a.id = {candidates}.id and "
                    + $"{string.Join(" and ", own)} offset 0) c";
        return $"{article} where {string.Join(" and ", looks.DefaultIfEmpty("true"))}";
    }

    private string Arrays(string table)
    {
        var parts = _filters.Select(f =>
            f.Name switch
            {
                "tag" => $"{table}.tag_ids && {f.Parameter}",
                "author" => $"{table}.author_ids && {f.Parameter}",
                "section" => $"{table}.section_path && {f.Parameter}",
                AllTags => $"{table}.tag_ids && {f.Parameter}",
                _ => $"{table}.{f.Column} = any({f.Parameter})",
            }
        );
        if (_dated)
            parts = parts.Append(Dates(table));
        if (Excludes)
            parts = parts.Append($"{table}.id <> all((select @Exclude)::uuid[])");
        return string.Join(" and ", parts.DefaultIfEmpty("true"));
    }

    /// <summary>
    /// A filter: its junction, the column in it, the parameter with its ids, and the statement that finds them by slug.
    /// </summary>
    private sealed record Filter(string Name, string Table, string Column, string Parameter, string BySlug)
    {
        public string Id => Table == "published_articles" ? "id" : "article_id";
    }
}
