using System.Diagnostics;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Delivery;
using Cms.Benchmarks.Harness;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;

namespace Cms.Benchmarks.Plans;

/// <summary>
/// Asks delivery for everything that it can be asked for, the cache off, and the desk for everything that readers see,
/// and looks at the plan of each statement as it was executed: none may read a large table from end to end, and none
/// may read, sort or throw away more rows than its bound, however many articles there are. A small newsroom can stand
/// for a large one (<c>--as-if</c>): PostgreSQL is told that its tables hold so many times the rows that they do. That
/// is enough to see which tables it would read from end to end; how many rows are read only a large one shows.
/// </summary>
internal static class PlanBench
{
    /// <summary>
    /// Plans change when a statement is prepared (the second time) and when its plan is made for any parameters (after
    /// five more).
    /// </summary>
    private const int Times = 8;

    /// <summary>What may be read from end to end: it fits into a few pages.</summary>
    private const int SmallTable = 3_000;

    /// <summary>
    /// The most rows that a step may read. The widest are searches, which look at the newest 16,000 articles.
    /// </summary>
    private const int MaxRows = 40_000;

    // The vocabulary is counted for 500 articles at a time, each with some 600 words.
    private const int MaxRowsLater = 500 * 800;

    private const int MaxTextLength = 3_000;

    /// <summary>How long PostgreSQL may take to log what it has done.</summary>
    private static readonly TimeSpan LogLimit = TimeSpan.FromSeconds(60);

    /// <returns>How many statements broke a rule.</returns>
    public static async Task<int> RunAsync(
        Newsrooms newsrooms,
        PlanLog log,
        Report report,
        int articles,
        int asIf,
        CancellationToken ct
    )
    {
        await using var newsroom = await newsrooms.CopyAsync(articles, ct);
        if (asIf > articles)
            await newsroom.Postgres.ExecuteAsync(Pretend, new { Times = asIf / (double)articles }, ct);
        await newsrooms.ConfigureAsync(newsroom, PlanLog.Settings, ct);
        var large = (
            await newsroom.Postgres.ListAsync<string>(SelectLargeTables, new { SmallTable }, ct)
        ).ToHashSet(StringComparer.Ordinal);
        RequireTeeth(large);
        var size = $"{articles:#,0} articles" + (asIf > articles ? $", as if they were {asIf:#,0}" : "");
        var faults = await ReadAsync(newsroom, log, report, size, large, ct);
        var read = Stopwatch.GetTimestamp();
        faults += await WriteAsync(newsrooms, newsroom, log, report, size, large, ct);
        Report.Progress($"plans: the desk's took {Stopwatch.GetElapsedTime(read).TotalSeconds:0} s");
        return faults;
    }

    private static async Task<int> ReadAsync(
        Newsroom newsroom,
        PlanLog log,
        Report report,
        string size,
        HashSet<string> large,
        CancellationToken ct
    )
    {
        using var node = await ServerProcess.NodeAsync(
            newsroom,
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            ct,
            settings: [new("Cms__CacheMegabytes", "0")]
        );
        using var http = new HttpClient { BaseAddress = node.Address };
        var rows = new List<string[]>();
        var faults = new List<string>();
        log.Drain();
        var asks = (await TargetsAsync(newsroom, http, ct))
            .Select(target => (target, (Func<Task>)(() => GetAsync(http, target, ct))))
            .Append(("names that are not remembered", () => ReadNamesAsync(newsroom, ct)));
        foreach (var (target, ask) in asks)
        {
            log.Drain();
            for (var i = 0; i < Times; i++)
                await ask();
            var plans = (await PlansAsync(newsroom, log, ct)).Where(IsOfDelivery).ToList();
            faults.AddRange(FaultsOf(target, plans, large, MaxRows));
            rows.Add([
                target.Length > 90 ? target[..90] + "…" : target,
                Figure.Of(plans.Count / (double)Times),
                Figure.Of(MostOf(plans)),
            ]);
        }
        report.Heading($"Plans of {rows.Count} requests at {size}");
        report.Table(["request", "statements", "most rows that a step has read"], rows);
        foreach (var fault in faults)
            report.Say($"FAULT {fault}");
        report.Say($"{rows.Count} requests, {faults.Count} faults.");
        return faults.Count;
    }

    /// <summary>
    /// The same for what the desk does; statements in functions and triggers are among those looked at.
    /// </summary>
    private static async Task<int> WriteAsync(
        Newsrooms newsrooms,
        Newsroom newsroom,
        PlanLog log,
        Report report,
        string size,
        HashSet<string> large,
        CancellationToken ct
    )
    {
        await WriteCases.PrepareAsync(newsroom, ct);
        await newsrooms.ConfigureAsync(newsroom, PlanLog.Nested, ct);
        using var node = await ServerProcess.NodeAsync(
            newsroom,
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
            ct
        );
        using var http = new HttpClient { BaseAddress = node.Address };
        var rows = new List<string[]>();
        var faults = new List<string>();
        var later = new List<Plan>();
        await foreach (var act in WriteCases.AllAsync(newsroom, http, Times, ct))
        {
            // What was done to get here is not looked at.
            await PlansAsync(newsroom, log, ct);
            foreach (var once in act.Acts)
                await once();
            var all = await PlansAsync(newsroom, log, ct);
            var plans = all.Where(p => !IsLater(p)).ToList();
            later.AddRange(all.Where(IsLater));
            faults.AddRange(FaultsOf(act.Name, plans, large, act.MaxRows));
            rows.Add([
                act.Name,
                Figure.Of(plans.Count / (double)act.Acts.Count),
                Figure.Of(MostOf(plans)),
                act.Because is { } reason ? $"{act.MaxRows:#,0}: {reason}" : $"{act.MaxRows:#,0}",
            ]);
        }
        faults.AddRange(FaultsOf("later, in the background", later, large, MaxRowsLater));
        rows.Add(["later, in the background", "", Figure.Of(MostOf(later)), $"{MaxRowsLater:#,0}"]);
        report.Heading($"Plans of {rows.Count} acts of the desk at {size}");
        report.Table(["act", "statements", "most rows that a step has read", "allowed"], rows);
        foreach (var fault in faults)
            report.Say($"FAULT {fault}");
        report.Say($"{rows.Count} acts, {faults.Count} faults; {log.Unreadable} plans could not be read.");
        return faults.Count;
    }

    /// <summary>Each statement's first fault, each once.</summary>
    private static IEnumerable<string> FaultsOf(
        string what,
        IEnumerable<Plan> plans,
        HashSet<string> large,
        double mostRows
    ) =>
        plans
            .SelectMany(p => Faults(p, large, mostRows).Take(1).Select(f => (Plan: p, Fault: f)))
            // The same statement with other parameters is the same fault.
            .DistinctBy(f => (f.Plan.Statement, f.Fault.Split(' ')[0]))
            .Select(f =>
                $"{what}: {f.Fault}\n{Beginning(f.Plan.Statement)}\n{Beginning(f.Plan.Parameters ?? "")}"
            );

    private static double MostOf(IEnumerable<Plan> plans) =>
        plans.SelectMany(p => p.Steps).Select(s => s.Rows + s.Thrown).DefaultIfEmpty().Max();

    private static string Beginning(string text) =>
        text.Length <= MaxTextLength ? text : text[..MaxTextLength] + "…";

    private static async Task GetAsync(HttpClient http, string target, CancellationToken ct)
    {
        using var answer = await http.GetAsync(target, ct);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{target}: {(int)answer.StatusCode}");
    }

    /// <summary>The node reads each name once; so this is asked here.</summary>
    private static async Task ReadNamesAsync(Newsroom newsroom, CancellationToken ct)
    {
        var ids = (
            await newsroom.Postgres.FindAsync<NameIds>(
                """
                select section_path sections, author_ids authors, tag_ids tags from published_articles
                where cardinality(tag_ids) > 3 order by published_at desc limit 1
                """,
                new { },
                ct
            )
        )!;
        await newsroom.Postgres.ListAsync<Guid>($"select id from ({KnownNames.Select}) n", ids, ct);
    }

    private static IEnumerable<string> Faults(Plan plan, HashSet<string> large, double mostRows)
    {
        foreach (var step in plan.Steps)
        {
            if (step.Kind == "Seq Scan" && step.Table is { } table && large.Contains(table))
                yield return $"reads all of {table}";
            if (step.Rows + step.Thrown > mostRows)
                yield return $"{step.Kind} {step.Table} reads {step.Rows + step.Thrown:#,0} rows";
        }
    }

    /// <summary>The rules must bite.</summary>
    private static void RequireTeeth(HashSet<string> large)
    {
        Step[] bad = [new("Seq Scan", "published_articles", 20, 0), new("Sort", null, 20, MaxRows)];
        if (
            !large.Contains("published_articles")
            || bad.Any(s => !Faults(new("", null, [s]), large, MaxRows).Any())
        )
            throw new InvalidOperationException("Faults would not be noticed.");
    }

    private static async Task<IReadOnlyList<Plan>> PlansAsync(
        Newsroom newsroom,
        PlanLog log,
        CancellationToken ct
    )
    {
        // A statement of our own, whose plan is the last: when it is there, all before it are.
        var mark = Guid.NewGuid().ToString("N");
        await newsroom.Postgres.FindAsync<int>($"select 1 /* {mark} */", new { }, ct);
        var plans = new List<Plan>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LogLimit);
        while (!plans.Exists(p => p.Statement.Contains(mark, StringComparison.Ordinal)))
        {
            await Task.Delay(5, limit.Token);
            plans.AddRange(log.Drain());
        }
        return [.. plans.Where(p => !p.Statement.Contains(mark, StringComparison.Ordinal))];
    }

    // What the node does by itself goes on meanwhile.
    private static bool IsOfDelivery(Plan plan) =>
        plan.Statement.Contains("published_", StringComparison.Ordinal)
        && !plan.Statement.Contains("is_present", StringComparison.Ordinal)
        && !plan.Statement.TrimStart().StartsWith("insert", StringComparison.OrdinalIgnoreCase);

    // What search learns of publications, and what the node looks after by itself.
    private static bool IsLater(Plan plan) =>
        plan.Statement.Contains("search_vocabulary", StringComparison.Ordinal)
        || plan.Statement.Contains("search-", StringComparison.Ordinal)
        || plan.Statement.Contains("search_stale", StringComparison.Ordinal);

    private static async Task<IReadOnlyList<string>> TargetsAsync(
        Newsroom newsroom,
        HttpClient http,
        CancellationToken ct
    )
    {
        var terms = (await newsroom.Postgres.FindAsync<Terms>(SelectTerms, new { }, ct))!;
        var cursors = await Reading.CursorsAsync(newsroom.Postgres, ct);
        string[] filters =
        [
            "",
            $"tag={terms.BigTag}",
            $"tag={terms.RareTag}",
            $"author={terms.BigAuthor}",
            $"author={terms.RareAuthor}",
            $"section={terms.BigSection}",
            $"section={terms.RareSection}",
            "access=subscriber",
            "kind=story",
            "kind=podcast",
            "kind=story,podcast",
            $"kind=story&section={terms.BigSection}",
            $"allTags={terms.BigTag},{terms.RareTag}",
            $"tag={terms.BigTag}&exclude={terms.MiddleId}",
            $"tag={terms.BigTag},{terms.RareTag}",
            $"tag={terms.BigTag}&section={terms.BigSection}",
            $"tag={terms.BigTag}&author={terms.BigAuthor}",
            $"tag={terms.RareTag}&author={terms.BigAuthor}",
            $"tag={terms.BigTag}&author={terms.RareAuthor}",
            $"tag={terms.BigTag}&author={terms.BigAuthor}&section={terms.RareSection}",
            $"tag={terms.BigTags}&section={terms.BigSection}",
            $"section={terms.BigSection}&access=subscriber",
            $"publishedBefore={Json.Instant(terms.Middle)}",
            $"publishedAfter={Json.Instant(terms.Middle)}",
            $"publishedAfter={Json.Instant(terms.Middle)}&section={terms.BigSection}",
            $"publishedBefore={Json.Instant(terms.Middle)}&section={terms.BigSection}",
            $"publishedBefore={Json.Instant(terms.Middle)}&access=subscriber",
            $"publishedBefore={Json.Instant(terms.Middle)}&tag={terms.BigTag}&author={terms.BigAuthor}",
        ];
        string[] sorts = ["-publishedAt", "publishedAt", "-updatedAt", "updatedAt", "headline"];
        var targets = new List<string>();
        foreach (var filter in filters)
        foreach (var sort in sorts)
            targets.Add($"/v1/articles?sort={sort}{(filter.Length > 0 ? "&" : "")}{filter}");

        // The middle of the longest lists, which nobody pages to.
        void AddDeep(string query, ListArticlesRequest request, string key) =>
            targets.Add(
                $"/v1/articles?{query}cursor={cursors.Write(request.Name(), new() { Key = key, Id = terms.MiddleId })}"
            );
        var (middle, early) = (Json.Instant(terms.Middle), Json.Instant(terms.Early));
        AddDeep("", new(), middle);
        AddDeep($"tag={terms.BigTag}&", new() { Tag = [terms.BigTag] }, middle);
        AddDeep($"section={terms.BigSection}&", new() { Section = [terms.BigSection] }, middle);
        AddDeep(
            $"tag={terms.BigTag}&section={terms.BigSection}&",
            new() { Tag = [terms.BigTag], Section = [terms.BigSection] },
            middle
        );
        AddDeep(
            $"sort=headline&tag={terms.BigTag}&",
            new() { Tag = [terms.BigTag], Sort = ArticleSort.Headline },
            terms.MiddleHeadline
        );

        targets.AddRange([
            $"/v1/articles/{terms.Slug}",
            $"/v1/articles/{terms.MiddleId}",
            $"/v1/articles/{terms.Slug}/related",
            "/v1/sections",
            $"/v1/sections/{terms.BigSection}",
            "/v1/authors?limit=100",
            $"/v1/authors/{terms.BigAuthor}",
            "/v1/tags?limit=100",
            $"/v1/tags/{terms.RareTag}",
            $"/v1/images/{terms.Image}",
            $"/v1/search?q={terms.Common}",
            $"/v1/search?q={terms.Common}&sort=-publishedAt",
            $"/v1/search?q={terms.Common}+{terms.AlsoCommon}&facets=section,author,tag,month",
            $"/v1/search?q=%22{terms.Common}+{terms.AlsoCommon}%22",
            $"/v1/search?q={terms.Common}+or+{terms.AlsoCommon}&section={terms.BigSection}",
            $"/v1/search?q={terms.Common}&tag={terms.RareTag}",
            $"/v1/search?q={terms.Common}&publishedBefore={middle}&sort=-publishedAt",
            $"/v1/search?q={terms.Common}&publishedBefore={early}",
            $"/v1/search?q={terms.Common}&publishedAfter={middle}&publishedBefore={early}",
            $"/v1/search?q={terms.Common}&publishedAfter=2999-01-01T00:00:00Z",
            $"/v1/search?q={terms.Common}+-%22{terms.AlsoCommon}+{terms.Common}%22",
            $"/v1/search?q={terms.Rare}",
            $"/v1/search?q={terms.Rare}&author={terms.BigAuthor}",
            $"/v1/search?q={terms.Common[..2]}&as-you-type=true",
            $"/v1/search?q={terms.Rare}qx",
        ]);
        // Back from the second page, where few articles are newer.
        var byDate = $"/v1/search?q={terms.Common}&sort=-publishedAt";
        var second = await NextAsync(byDate, "next");
        targets.Add($"{byDate}&cursor={await NextAsync($"{byDate}&cursor={second}", "previous")}");
        // The far ends of the plain lists.
        foreach (var list in new[] { "/v1/authors?limit=100", "/v1/tags?limit=100" })
            if (await NextAsync(list, "next") is { } next)
                targets.Add($"{list}&cursor={next}");
        return targets;

        async Task<string?> NextAsync(string list, string which)
        {
            var page = Json.Read<System.Text.Json.JsonElement>(await http.GetStringAsync(list, ct));
            return page.GetProperty("page").GetProperty(which).GetString();
        }
    }

    // How many rows a table has is reckoned from how many pages it has now and how many rows were on each when it was
    // last looked at, which is not until much of it has changed. What a newsroom of any size has few of is left as it
    // is.
    private const string Pretend = """
        update pg_class set reltuples = reltuples * @Times
        where relkind in ('r', 'i') and reltuples > 0 and relnamespace = 'public'::regnamespace
            and relname !~ '^(sections|settings|change_feed|change_epochs|migrations|keys)'
        """;

    private const string SelectLargeTables = """
        select relname::text from pg_class where relkind = 'r' and reltuples > @SmallTable
            and relnamespace = 'public'::regnamespace
        """;

    private const string SelectTerms = """
        with tag as materialized (select tag_id, count(*) n from published_article_tags group by 1),
        author as materialized (select author_id, count(*) n from published_article_authors group by 1),
        section as materialized (select section_id, count(*) n from published_article_sections group by 1),
        middle as materialized (
            select * from published_articles order by published_at offset (select count(*) / 2
                from published_articles) limit 1)
        select (select slug::text from tag join tags on id = tag_id order by n desc limit 1) big_tag,
               (select string_agg(slug::text, ',')
                   from (select slug from tag join tags on id = tag_id order by n desc limit 20) t) big_tags,
               (select slug::text from tag join tags on id = tag_id order by n, slug limit 1) rare_tag,
               (select slug::text from author join authors on id = author_id order by n desc limit 1) big_author,
               (select slug::text from author join authors on id = author_id order by n, slug limit 1) rare_author,
               (select slug::text from section join sections on id = section_id order by n desc limit 1) big_section,
               (select slug::text from section join sections on id = section_id order by n, slug limit 1) rare_section,
               (select published_at from published_articles order by published_at offset 100 limit 1) early,
               (select published_at from middle) middle, (select id from middle) middle_id, (select slug::text
                   from middle) slug,
               (select sort_headline from middle) middle_headline, (select id from published_images limit 1) image,
               (select word::text from search_vocabulary where length(word) > 3 order by articles desc, word
                   limit 1) common,
               (select word::text from search_vocabulary where length(word) > 3
                   order by articles desc, word offset 20 limit 1) also_common,
               (select word::text from search_vocabulary where length(word) > 6 order by articles, word limit 1) rare
        """;

    private sealed record NameIds
    {
        public required Guid[] Sections { get; init; }
        public required Guid[] Authors { get; init; }
        public required Guid[] Tags { get; init; }
    }

    private sealed record Terms
    {
        public required string BigTag { get; init; }
        public required string BigTags { get; init; }
        public required string RareTag { get; init; }
        public required string BigAuthor { get; init; }
        public required string RareAuthor { get; init; }
        public required string BigSection { get; init; }
        public required string RareSection { get; init; }
        public required DateTimeOffset Early { get; init; }
        public required DateTimeOffset Middle { get; init; }
        public required Guid MiddleId { get; init; }
        public required string Slug { get; init; }
        public required string MiddleHeadline { get; init; }
        public required Guid Image { get; init; }
        public required string Common { get; init; }
        public required string AlsoCommon { get; init; }
        public required string Rare { get; init; }
    }
}
