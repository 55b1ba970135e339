using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using Cms.Publishing;
using Npgsql;

namespace Cms.Editorial;

/// <summary>
/// Checks the filters of the desk's lists: refuses unknown sections and authors, and resolves former slugs.
/// </summary>
internal static class FilterReferences
{
    /// <summary>Unknown ones that get a hint.</summary>
    private const int MaxHints = 3;

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
            select g given, coalesce(r.slug, p.slug)::text present
            from unnest(@slugs) g left join {resource.Table} r on r.slug = g
            left join former_slugs f on f.entity_type = @Noun and f.slug = g
                left join {resource.Table} p on p.id = f.entity_id
            """,
            new { slugs, resource.Noun },
            ct
        );
        var hints = 0;
        foreach (var unknown in found.Where(f => f.Present is null))
        {
            var hasHint = unknown.Given.Length <= Slug.MaxLength && hints++ < MaxHints;
            var near = hasHint
                ? await postgres.ListAsync<string>(
                    $"""
                    select slug::text from {resource.Table} where slug::text % @Given
                    order by similarity(slug::text, @Given) desc, slug limit 3
                    """,
                    new { unknown.Given },
                    ct
                )
                : [];
            faults.Add(
                Fault.Of(
                    resource.Noun,
                    $"unknown-{resource.Noun}",
                    $"There is no {resource.Noun} '{Text.Short(unknown.Given)}'."
                        + (
                            near.Count > 0
                                ? $" Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
                                : ""
                        )
                )
            );
        }
        return [.. found.Select(f => f.Present ?? f.Given)];
    }

    private sealed record Found
    {
        public required string Given { get; init; }
        public required string? Present { get; init; }
    }
}
