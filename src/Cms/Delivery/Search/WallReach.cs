using System.Globalization;
using Cms.Access;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>
/// What a reader may read of walled articles, as conditions on words. A plain word may match text behind the wall, but
/// phrases and prefixes must not: with them anybody could read it word by word.
/// </summary>
internal sealed record WallReach
{
    /// <summary>Headline, kicker, deck, names, and what stands before the wall.</summary>
    private const string OpenWeights = "ABC";

    private static readonly WallReach Whole = new() { IsWhole = true };
    private static readonly WallReach None = new();

    public bool IsWhole { get; private init; }

    /// <summary>A query for the sections whose articles may be read as a whole.</summary>
    private string? Sections { get; init; }

    public static async Task<WallReach> OfAsync(
        NpgsqlTransaction transaction,
        Caller? caller,
        CancellationToken ct
    )
    {
        if (caller is null || !caller.May(Permission.ReadWhole))
            return None;
        if (caller.SectionIds is null)
            return Whole;
        var sections = await transaction.FindAsync<Guid[]>(SelectBelow, new { caller.SectionIds }, ct);
        return new()
        {
            Sections = Query.Join(
                " | ",
                sections!.Select(id => Query.Of(string.Create(CultureInfo.InvariantCulture, $"s {id}")))
            ),
        };
    }

    /// <summary>The same query, of what may be read.</summary>
    public string? Open(string? query) =>
        IsWhole || string.IsNullOrEmpty(query)
            ? query
            : Query.Join(
                " | ",
                [
                    Query.Join(" & ", ["'x public'", query]),
                    Query.Weighed(query, OpenWeights),
                    Sections is null ? null : Query.Join(" & ", [Sections, query]),
                ]
            );

    private const string SelectBelow = """
        with recursive below(id) as (
            select id from published_sections where id = any(@SectionIds)
            union select s.id from published_sections s join below b on s.parent_id = b.id)
        select array(select id from below)
        """;
}
