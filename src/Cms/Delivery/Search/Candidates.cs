using System.Globalization;
using Cms.Delivery.Search.Words;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>
/// The articles that match a search. The index cannot say which of very many are the newest, so the newest weeks are
/// asked first, as words of the same index: what is common is found there, and what is not found there is rare enough
/// to be asked for as a whole (measured at 1,000,000 articles).
/// </summary>
internal sealed record Candidates
{
    /// <summary>The most articles that are weighed.</summary>
    private const int MaxRanked = 500;

    /// <summary>
    /// The most that are weighed where so many are found among the newest of all: those beyond are older by days, and
    /// each costs as much.
    /// </summary>
    private const int MaxRankedNear = 300;

    /// <summary>The most articles that are looked through for a phrase.</summary>
    private const int MaxChecked = 2_000;

    /// <summary>About how many articles the newest weeks hold that are asked first.</summary>
    private const int Near = 2_000;

    /// <summary>And those that are asked then; null: all.</summary>
    private static readonly int?[] Reaches = [Near, 16_000, null];

    /// <summary>More weeks than these are no help.</summary>
    private const int MaxWeeks = 200;

    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly Candidates None = new()
    {
        Rows = [],
        Words = null,
        Total = new() { Count = 0, IsExact = true },
        Newest = DateTimeOffset.UnixEpoch,
    };

    /// <summary>By relevance all that are weighed, the best first; by date one page, in reading order.</summary>
    public required IReadOnlyList<CandidateRow> Rows { get; init; }

    /// <summary>What was looked for; null when there was nothing to look for.</summary>
    public required SearchWords? Words { get; init; }

    public required SearchTotal Total { get; init; }

    /// <summary>The time by which articles are new or old: when the newest of all was published.</summary>
    public required DateTimeOffset Newest { get; init; }

    /// <summary>Where by relevance the page begins is found here; by date the statement has begun there.</summary>
    public IReadOnlyList<CandidateRow> Page(int take, SearchPosition? from)
    {
        if (from is null || !IsRanked)
            return [.. Rows.Take(take)];
        var (score, id) = (from.Score, from.Edge.Id);
        bool IsBefore(CandidateRow r) => r.Score > score || (r.Score.Equals(score) && IsGreater(r.Id, id));
        bool IsAfter(CandidateRow r) => r.Score < score || (r.Score.Equals(score) && IsGreater(id, r.Id));
        return [.. (from.Edge.Backwards ? Rows.Reverse().Where(IsBefore) : Rows.Where(IsAfter)).Take(take)];
    }

    private bool IsRanked { get; init; }

    /// <param name="take">By date: how many to read.</param>
    public static async Task<Candidates> FindAsync(
        NpgsqlTransaction transaction,
        SearchWords? words,
        SearchFilters filters,
        SearchSort sort,
        SearchPosition? from,
        int take,
        CancellationToken ct
    )
    {
        if (words is null || filters.IsImpossible)
            return None with { Words = words };
        var isRanked = sort == SearchSort.Relevance;
        var edge = isRanked ? null : from?.Edge;
        var backwards = edge?.Backwards == true;
        // Pages that follow are of the articles that the first one was of: one that has come since would push another
        // out of those that are weighed.
        if (isRanked && from is not null && !(filters.Before <= from.Newest))
            filters = filters with { Before = from.Newest.AddMicroseconds(1) };
        var arguments = new Arguments
        {
            Whole = words.Whole,
            Ranked = words.Ranked,
            Indexed = words.Indexed,
            After = filters.After,
            Before = filters.Before,
            Key = edge is null ? null : DateTimeOffset.Parse(edge.Key, CultureInfo.InvariantCulture),
            Id = edge?.Id,
            Take = take,
            MaxChecked = MaxChecked,
        };

        IReadOnlyList<FoundRow> rows = [];
        var isExact = false;
        foreach (var reach in Reaches)
        {
            var weeks = Weeks.All;
            if (reach is { } some)
            {
                var window = (
                    await transaction.FindAsync<WindowRow>(
                        SelectWindow(backwards),
                        new
                        {
                            arguments.Key,
                            arguments.Before,
                            Reach = some,
                        },
                        ct
                    )
                )!;
                arguments = arguments with { Newest = from?.Newest ?? window.Newest };
                // Where nothing is published no index need be asked.
                if (window.First is not { } first || (!backwards && filters.After >= first))
                    return None with { Words = words, Newest = arguments.Newest, IsRanked = isRanked };
                if (WeeksBetween(first, window, filters, backwards) is not { } narrow)
                    continue;
                weeks = narrow;
            }
            if (isRanked)
                arguments = arguments with
                {
                    Take = reach == Near && !weeks.AreAll ? MaxRankedNear : MaxRanked,
                };
            if (!words.HasPhrase)
                arguments = arguments with { MaxChecked = arguments.Take };
            var narrowing = Join([.. filters.Conditions, .. weeks.Conditions]);
            isExact = weeks.AreAll;
            rows = await transaction.ListAsync<FoundRow>(
                Select(isRanked, words.HasPhrase, edge is not null, backwards, narrowing.Length > 0),
                arguments with
                {
                    Narrowing = narrowing,
                },
                ct
            );
            // More weeks would bring no more: there are none, or enough was found, or as many as are looked through.
            if (isExact || rows.Count >= arguments.Take || rows[0].Matches >= arguments.MaxChecked)
                break;
        }
        // One row without an article says that there is none.
        var matches = rows[0].Matches;
        CandidateRow[] found =
        [
            .. rows.Where(r => r.Id is not null)
                .Select(r => new CandidateRow(r.Id!.Value, r.PublishedAt!.Value, r.Score ?? 0)),
        ];
        return new()
        {
            Rows = found,
            Words = words,
            Newest = arguments.Newest,
            IsRanked = isRanked,
            Total = words.HasPhrase
                ? new()
                {
                    Count = found.Length,
                    IsExact = isExact && matches <= MaxChecked && found.Length < arguments.Take,
                }
                : new() { Count = matches, IsExact = isExact },
        };
    }

    /// <summary>
    /// The weeks that hold the first articles of the list; null when these are too many weeks to be of use.
    /// </summary>
    private static Weeks? WeeksBetween(
        DateTimeOffset first,
        WindowRow window,
        SearchFilters filters,
        bool backwards
    )
    {
        // Fewer articles than that may be left: then these are all.
        var last = window.Last ?? window.End ?? first;
        var (from, to) = backwards ? (first, last) : (last, first);
        var areAll = window.Last is null || (!backwards && filters.After >= from);
        if (filters.After > from)
            from = filters.After.Value;
        var (oldest, newest) = (WeekOf(from), WeekOf(to));
        return newest - oldest is >= 0 and < MaxWeeks
            ? new(
                [
                    SearchWords.AnyOf(
                        Enumerable
                            .Range(oldest, newest - oldest + 1)
                            .Select(week => string.Create(CultureInfo.InvariantCulture, $"w {week}"))
                    ),
                ],
                areAll
            )
            : null;
    }

    private static int WeekOf(DateTimeOffset at) =>
        (int)Math.Floor((at - DateTimeOffset.UnixEpoch).TotalSeconds / Week.TotalSeconds);

    private static string Join(IEnumerable<string> conditions) => string.Join(" & ", conditions);

    private static bool IsGreater(Guid a, Guid b) => string.CompareOrdinal(a.ToString(), b.ToString()) > 0;

    private static string SelectWindow(bool backwards)
    {
        var (beyond, order, reverse) = backwards ? ('>', "asc", "desc") : ('<', "desc", "asc");
        var range = $"""
            from published_article_words
            where published_at {beyond}= coalesce(@Key::timestamptz, '{(
                backwards ? "-" : ""
            )}infinity') and published_at < coalesce(@Before::timestamptz, 'infinity')
            order by published_at
            """;
        return $"""
            select (select published_at {range} {order} limit 1) first,
                   (select published_at {range} {order} offset @Reach limit 1) last,
                   (select published_at {range} {reverse} limit 1) "end",
                   coalesce((select max(published_at) from published_article_words), 'epoch') newest
            """;
    }

    /// <remarks>
    /// A match weighs by where its words stand (D and C, B, A: body, deck and names, headline) and how close, less for
    /// a long article, and up to twice as much if it is new. The index is asked in every plan (see
    /// <see cref="SearchBounds"/>), but not for a phrase: "coalesce" keeps that a look at the few articles that are to
    /// be looked through, where the index would be asked for its words in all of them (at 100,000 articles more than a
    /// second). Nor is the time of publication ("is true"): of its index all would be read. Words and what narrows them
    /// are two conditions: of one, the index would go through every article by whoever is meant by name (at 1,000,000
    /// articles 8 ms, and 1.7 so). The query is read once, not for each row.
    /// Words that wait for the index (<c>waits</c>) are looked through one by one.
    /// </remarks>
    private static string Select(
        bool isRanked,
        bool hasPhrase,
        bool positioned,
        bool backwards,
        bool narrowed
    )
    {
        var (beyond, order) = backwards ? ('>', "asc") : ('<', "desc");
        return $"""
            with query as materialized (select @Whole::tsquery whole, @Ranked::tsquery ranked),
            matches as materialized (
                {Matching("not waits")} union all {Matching("waits")}),
            first as materialized (
                select article_id, published_at from matches order by published_at {order}, article_id {order}
                limit @MaxChecked),
            found as materialized (
                select f.article_id, f.published_at, w.words from query q, first f
                    join published_article_words w using (article_id)
                where {(hasPhrase ? "coalesce(w.words @@ q.whole, false)" : "true")}
                order by f.published_at {order}, f.article_id {order} limit @Take)
            select article_id id, published_at, m.matches, {(isRanked ? Score : "0::float8")} score
            from query, (select count(*)::int matches from matches) m left join found on true
            order by {(
                isRanked ? "score desc, article_id desc" : $"published_at {order}, article_id {order}"
            )}
            """;

        string Matching(string where) =>
            $"""
                select article_id, published_at from published_article_words
                where {where} and words @@ @Indexed::tsquery {(
                    narrowed ? "and words @@ @Narrowing::tsquery" : ""
                )}
                  and (published_at > coalesce(@After::timestamptz, '-infinity')
                      and published_at < coalesce(@Before::timestamptz, 'infinity')) is true
                  {(
                    positioned
                        ? $"and ((published_at, article_id) {beyond} (@Key::timestamptz, @Id)) is true"
                        : ""
                )}
                """;
    }

    private const string Score = """
        ts_rank('{0.05, 0.05, 0.4, 1}', words, query.ranked, 1)::float8
            * (1 + 1 / (1 + greatest(0, extract(epoch from @Newest - published_at)::float8 / 2592000)))
        """;

    /// <summary>Some weeks, as conditions on words.</summary>
    /// <param name="AreAll">Whether nothing that is asked for is of another.</param>
    private sealed record Weeks(string[] Conditions, bool AreAll)
    {
        public static readonly Weeks All = new([], true);
    }

    private sealed record Arguments
    {
        public required string Whole { get; init; }
        public required string Ranked { get; init; }
        public required string Indexed { get; init; }
        public string Narrowing { get; init; } = "";
        public required DateTimeOffset? After { get; init; }
        public required DateTimeOffset? Before { get; init; }
        public required DateTimeOffset? Key { get; init; }
        public required Guid? Id { get; init; }
        public required int Take { get; init; }
        public required int MaxChecked { get; init; }
        public DateTimeOffset Newest { get; init; }
    }

    private sealed record FoundRow
    {
        public required Guid? Id { get; init; }
        public required DateTimeOffset? PublishedAt { get; init; }
        public required double? Score { get; init; }

        /// <summary>How many match in all, as far as was looked.</summary>
        public required int Matches { get; init; }
    }

    private sealed record WindowRow
    {
        public required DateTimeOffset? First { get; init; }

        /// <summary>The one so far from the first; null: there are not so many.</summary>
        public required DateTimeOffset? Last { get; init; }

        /// <summary>The last of all.</summary>
        public required DateTimeOffset? End { get; init; }
        public required DateTimeOffset Newest { get; init; }
    }
}

/// <summary>An article that matches, and by relevance how well.</summary>
internal sealed record CandidateRow(Guid Id, DateTimeOffset PublishedAt, double Score);
