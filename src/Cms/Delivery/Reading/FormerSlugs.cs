using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Reading;

/// <summary>
/// Slugs that a section, author or tag had before. They lead to the present one until something else takes them.
/// </summary>
internal static class FormerSlugs
{
    /// <summary>For the endpoints that answer so.</summary>
    public static RedirectMetadata RedirectOf(string noun) =>
        new($"The {noun} has another slug now; `Location` has it.");

    /// <summary>Leads on to where the thing is now.</summary>
    /// <param name="context">The request.</param>
    /// <param name="postgres">Where the thing was not found.</param>
    /// <param name="cache">How long caches may keep the answer.</param>
    /// <param name="noun"><c>section</c>, <c>author</c> or <c>tag</c>.</param>
    /// <param name="slugOrId">What was asked for.</param>
    /// <param name="again">Answers as if nothing had been asked yet.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="Refused">404: nothing has, or had, this slug.</exception>
    public static async Task<IResult> AnswerAsync(
        HttpContext context,
        NpgsqlDataSource postgres,
        CachePolicy cache,
        string noun,
        string slugOrId,
        Func<Task<IResult>> again,
        CancellationToken ct
    )
    {
        var owner =
            await postgres.FindAsync<Owner>(Select(noun), new { Noun = noun, Slug = slugOrId }, ct)
            ?? throw Refused.NotFound(noun, slugOrId);
        // Renamed between the two looks.
        if (owner.Slug == slugOrId)
            return await again();
        // The kind as well: another thing that takes the slug purges that, and not what had it before.
        return Moved.To(
            $"/v1/{noun}s/{owner.Slug}",
            context.Request,
            cache,
            [$"{noun}:{owner.Id}", $"{noun}s"]
        );
    }

    // The present owner of a slug comes before a former one.
    private static string Select(string noun) =>
        $"""
            select id, slug from (
                select id, slug::text, 1 rank from published_{noun}s where slug = @Slug
                union all
                select p.id, p.slug::text, 2 from published_former_slugs f
                    join published_{noun}s p on p.id = f.entity_id
                where f.entity_type = @Noun and f.slug = @Slug) owners
            order by rank limit 1
            """;

    private sealed record Owner
    {
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
    }
}
