using System.Collections.Concurrent;
using Cms.Changes;
using Cms.Delivery.Caching;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery;

/// <summary>
/// Checks the sections and authors that the filters of a list name. Unknown ones are refused by name: a list that is empty because of a misspelt
/// slug looks like a newsroom that has written nothing. A former slug works like the present one. (Tags come and go with the articles
/// that carry them: an unknown tag gives an empty list.)
/// </summary>
internal sealed class FilterNames(Generations generations, ChangeSignal signal)
{
    private const int MostKept = 100_000;
    private const int MostHints = 3;

    private static readonly int Sections = Generations.SlotOf("sections");
    private static readonly int Authors = Generations.SlotOf("authors");

    // Holds present and former slugs only: clients cannot fill it with made-up ones.
    private readonly ConcurrentDictionary<(string Kind, string Slug), Known> _kept = new();

    /// <summary>The request with present slugs.</summary>
    /// <exception cref="Refused">400: a section or author does not exist.</exception>
    public async ValueTask<T> ResolveAsync<T>(NpgsqlDataSource postgres, T request, CancellationToken ct)
        where T : ArticleFilterRequest
    {
        if (request.Section is null && request.Author is null)
            return request;
        var asOf = generations.Now;
        string[] sections = request.Section ?? [];
        string[] authors = request.Author ?? [];
        // Looked up once each: the cache may be cleared in between.
        var found = new Dictionary<(string, string), string>();
        var missing = new List<(string Kind, string Slug)>();
        foreach (var name in sections.Select(s => ("section", s)).Concat(authors.Select(a => ("author", a))))
            if (Find(name) is { } present)
                found[name] = present;
            else
                missing.Add(name);
        if (missing.Count > 0)
            await ReadAsync(postgres, missing, found, asOf, ct);

        var faults = new Faults();
        foreach (var (kind, slug) in missing.Where(name => !found.ContainsKey(name)))
            faults.Add(
                Fault.Of(
                    kind,
                    $"unknown-{kind}",
                    $"There is no {kind} '{slug}'.{(faults.Count < MostHints ? await HintAsync(postgres, kind, slug, ct) : "")}"
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
        NpgsqlDataSource postgres,
        IReadOnlyList<(string Kind, string Slug)> names,
        Dictionary<(string, string), string> found,
        long asOf,
        CancellationToken ct
    )
    {
        var rows = await postgres.ListAsync<Row>(
            Select,
            new
            {
                Sections = names.Where(n => n.Kind == "section").Select(n => n.Slug).ToArray(),
                Authors = names.Where(n => n.Kind == "author").Select(n => n.Slug).ToArray(),
            },
            ct
        );
        if (_kept.Count + rows.Count > MostKept)
            _kept.Clear();
        foreach (var row in rows)
        {
            // The present owner of a slug comes before a former one.
            if (!found.TryAdd((row.Kind, row.Given), row.Present))
                continue;
            _kept[(row.Kind, row.Given)] = new(row.Present, asOf);
        }
    }

    private static async Task<string> HintAsync(
        NpgsqlDataSource postgres,
        string kind,
        string slug,
        CancellationToken ct
    )
    {
        var near = await postgres.ListAsync<string>(
            $"select slug::text from published_{kind}s where similarity(slug, @slug) > 0.3 order by similarity(slug, @slug) desc, slug limit 3",
            new { slug },
            ct
        );
        return near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?";
    }

    private const string Select = """
        select kind, given, present from (
            select 'section' kind, g given, s.slug::text present, 1 rank from unnest(@Sections) g join published_sections s on s.slug = g
            union all
            select 'author', g, a.slug::text, 1 from unnest(@Authors) g join published_authors a on a.slug = g
            union all
            select 'section', g, s.slug::text, 2 from unnest(@Sections) g
            join published_former_slugs f on f.entity_type = 'section' and f.slug = g join published_sections s on s.id = f.entity_id
            union all
            select 'author', g, a.slug::text, 2 from unnest(@Authors) g
            join published_former_slugs f on f.entity_type = 'author' and f.slug = g join published_authors a on a.id = f.entity_id) found
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
