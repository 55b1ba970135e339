using System.Collections.Concurrent;
using Cms.Changes;
using Cms.Delivery.Articles;
using Cms.Delivery.Caching;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;

namespace Cms.Delivery.Reading;

/// <summary>
/// Checks the sections, authors and kinds that the filters of a list name. Unknown ones are refused by name: a list
/// that is empty because of a misspelt slug looks like a newsroom that has written nothing. A former slug works like
/// the present one. (Tags come and go with the articles that carry them: an unknown tag gives an empty list.)
/// </summary>
internal sealed class FilterNames(Generations generations, ChangeSignal signal, ArticleKinds kinds)
{
    private const int MaxKept = 100_000;
    private const int MaxHints = 3;

    private static readonly int Sections = Generations.SlotOf("sections");
    private static readonly int Authors = Generations.SlotOf("authors");

    // Holds present and former slugs only: clients cannot fill it with made-up ones.
    private readonly ConcurrentDictionary<(string Kind, string Slug), Known> _kept = new();

    /// <summary>The request with present slugs.</summary>
    /// <exception cref="Refused">400: a section, an author or a kind does not exist.</exception>
    public async ValueTask<T> ResolveAsync<T>(Reads database, T request, CancellationToken ct)
        where T : ArticleFilterRequest
    {
        var wrong = new Faults();
        foreach (var kind in (request.Kind ?? []).Where(k => !kinds.Has(k)).Distinct(StringComparer.Ordinal))
            wrong.Add(Fault.Of("kind", "unknown-kind", kinds.Unknown(kind)));
        if (request.Section is null && request.Author is null)
            return wrong.Count == 0 ? request : throw Refused.Parameters(wrong);
        var asOf = generations.Now;
        string[] sections = request.Section ?? [];
        string[] authors = request.Author ?? [];
        // Looked up once each: the cache may be cleared in between.
        var found = new Dictionary<(string, string), string>();
        var missing = new List<(string Kind, string Slug)>();
        foreach (var name in sections.Select(s => ("section", s)).Concat(authors.Select(a => ("author", a))))
            // Within a transaction there may be others than those that are known.
            if (database.Within is null && Find(name) is { } present)
                found[name] = present;
            else
                missing.Add(name);
        if (missing.Count > 0)
            await ReadAsync(database, missing, found, asOf, ct);

        var unknown = missing.Where(name => !found.ContainsKey(name)).ToList();
        var hints = await HintsAsync(database, [.. unknown.Where(CanBe).Take(MaxHints)], ct);
        var faults = wrong;
        foreach (var (kind, slug) in unknown)
            faults.Add(
                Fault.Of(
                    kind,
                    $"unknown-{kind}",
                    $"There is no {kind} '{Text.Short(slug)}'.{Hint(hints[(kind, slug)])}"
                )
            );
        if (faults.Count > 0)
            throw Refused.Parameters(faults);
        return (T)(
            request with
            {
                Section = request.Section is null ? null : Present("section", sections),
                Author = request.Author is null ? null : Present("author", authors),
            }
        );

        string[] Present(string kind, string[] slugs) =>
            [.. slugs.Select(s => found[(kind, s)]).Distinct(StringComparer.Ordinal)];
    }

    private string? Find((string Kind, string Slug) name) =>
        signal.IsLive
        && _kept.TryGetValue(name, out var known)
        && generations.IsCurrent(name.Kind == "section" ? Sections : Authors, known.AsOf)
            ? known.Present
            : null;

    private async Task ReadAsync(
        Reads database,
        IReadOnlyList<(string Kind, string Slug)> names,
        Dictionary<(string, string), string> found,
        long asOf,
        CancellationToken ct
    )
    {
        var rows = await database.ListAsync<Row>(
            Select,
            new
            {
                Sections = names.Where(n => n.Kind == "section").Select(n => n.Slug).ToArray(),
                Authors = names.Where(n => n.Kind == "author").Select(n => n.Slug).ToArray(),
            },
            ct
        );
        if (_kept.Count + rows.Count > MaxKept)
            _kept.Clear();
        foreach (var row in rows)
        {
            // The present owner of a slug comes before a former one.
            if (!found.TryAdd((row.Kind, row.Given), row.Present))
                continue;
            if (database.Within is null)
                _kept[(row.Kind, row.Given)] = new(row.Present, asOf);
        }
    }

    /// <summary>Whether it is worth looking for: anybody may ask for anything, as long as an address.</summary>
    private static bool CanBe((string Kind, string Slug) name) => name.Slug.Length <= Slug.MaxLength;

    private static async Task<ILookup<(string, string), string>> HintsAsync(
        Reads database,
        IReadOnlyList<(string Kind, string Slug)> names,
        CancellationToken ct
    )
    {
        var near =
            names.Count == 0
                ? []
                : await database.ListAsync<Row>(
                    SelectNear,
                    new
                    {
                        Kinds = names.Select(n => n.Kind).ToArray(),
                        Slugs = names.Select(n => n.Slug).ToArray(),
                    },
                    ct
                );
        return near.ToLookup(n => (n.Kind, n.Given), n => $"'{n.Present}'");
    }

    private static string Hint(IEnumerable<string> near) =>
        string.Join(" or ", near) is { Length: > 0 } names ? $" Did you mean {names}?" : "";

    // By the indexes sections_by_likeness and authors_by_likeness.
    private const string SelectNear = """
        select u.kind, u.given, n.slug present from unnest(@Kinds, @Slugs) with ordinality u(kind, given, n)
        cross join lateral (
            select slug, likeness from (
                select slug::text, similarity(slug::text, u.given) likeness from published_sections
                where u.kind = 'section' and slug::text % u.given
                union all
                select slug::text, similarity(slug::text, u.given) from published_authors
                where u.kind = 'author' and slug::text % u.given) alike
            order by likeness desc, slug limit 3) n
        order by u.n, n.likeness desc, n.slug
        """;

    private const string Select = """
        select kind, given, present from (
            select 'section' kind, g given, s.slug::text present, 1 rank from unnest(@Sections) g
                join published_sections s on s.slug = g
            union all
            select 'author', g, a.slug::text, 1 from unnest(@Authors) g join published_authors a on a.slug = g
            union all
            select 'section', g, s.slug::text, 2 from unnest(@Sections) g
            join published_former_slugs f on f.entity_type = 'section' and f.slug = g
                join published_sections s on s.id = f.entity_id
            union all
            select 'author', g, a.slug::text, 2 from unnest(@Authors) g
            join published_former_slugs f on f.entity_type = 'author' and f.slug = g
                join published_authors a on a.id = f.entity_id) found
        order by rank
        """;

    private sealed record Known(string Present, long AsOf);

    private sealed record Row
    {
        public required string Kind { get; init; }
        public required string Given { get; init; }
        public required string Present { get; init; }
    }
}
