using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial;

/// <summary>Checks the filters of the desk's lists: refuses unknown sections and authors, and resolves former slugs.</summary>
internal static class FilterReferences
{
    /// <summary>The present slugs of sections or authors.</summary>
    public static async Task<string[]?> ResolveAsync(
        NpgsqlDataSource postgres,
        Resource resource,
        string[]? slugs,
        Faults faults,
        CancellationToken ct
    )
    {
        if (slugs is null)
            return null;
        var found = await postgres.ListAsync<Found>(
            $"""
            select g given, coalesce(r.slug, p.slug)::text present, case when r.id is null and p.id is null then array(
                       select o.slug::text from {resource.Table} o where similarity(o.slug, g) > 0.3
                       order by similarity(o.slug, g) desc, o.slug limit 3) end near
            from unnest(@slugs) g left join {resource.Table} r on r.slug = g
            left join former_slugs f on f.entity_type = @Noun and f.slug = g left join {resource.Table} p on p.id = f.entity_id
            """,
            new { slugs, resource.Noun },
            ct
        );
        foreach (var unknown in found.Where(f => f.Present is null))
            faults.Add(
                Fault.Of(
                    resource.Noun,
                    $"unknown-{resource.Noun}",
                    $"There is no {resource.Noun} '{unknown.Given}'."
                        + (
                            unknown.Near is { Length: > 0 } near
                                ? $" Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
                                : ""
                        )
                )
            );
        return [.. found.Select(f => f.Present ?? f.Given)];
    }

    private sealed record Found
    {
        public required string Given { get; init; }
        public required string? Present { get; init; }
        public required string[]? Near { get; init; }
    }
}
