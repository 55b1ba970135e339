using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Access.People;

/// <summary>Remembers people, so that what they do can name them.</summary>
internal static class KnownPeople
{
    private static readonly TimeSpan SeenGrain = TimeSpan.FromMinutes(1);

    /// <summary>The id of a person, and those of the sections that there are; null: all sections.</summary>
    public static async Task<(Guid Id, Guid[]? Sections)> MeetAsync(
        NpgsqlDataSource postgres,
        TokenClaims claims,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var sections = claims.Sections is { } named
            ? (await postgres.ListAsync<Guid>(SelectSections, new { Named = named.ToArray() }, ct)).ToArray()
            : null;
        var known = await postgres.FindAsync<Row>(Select, new { claims.Issuer, claims.Subject }, ct);
        var role = Permission.NameOf(claims.Role);
        if (
            known is not null
            && known.Name == claims.Name
            && known.Role == role
            && (known.SectionIds ?? []).SequenceEqual(sections ?? [])
            && now - known.LastSeenAt < SeenGrain
        )
            return (known.Id, sections);
        var id = await postgres.FindAsync<Guid>(
            Remember,
            new
            {
                Id = Ids.New(now),
                claims.Issuer,
                claims.Subject,
                claims.Name,
                role,
                // Whose sections are all gone is refused; a preview of such a person's shows what it did.
                sections = sections is [] ? known?.SectionIds : sections,
                now,
            },
            ct
        );
        return (id, sections);
    }

    private const string SelectSections = """
        select distinct coalesce(i.id, s.id) id
        from unnest(@Named) r(ref)
        left join sections i on i.id::text = lower(r.ref) left join sections s on s.slug = r.ref
        where coalesce(i.id, s.id) is not null order by id
        """;

    private const string Select = """
        select id, name, role, section_ids, last_seen_at from people where issuer = @Issuer and subject = @Subject
        """;

    private const string Remember = """
        insert into people (id, issuer, subject, name, role, section_ids, created_at, last_seen_at)
        values (@Id, @Issuer, @Subject, @Name, @role, @sections, @now, @now)
        on conflict (issuer, subject) do update set
            name = excluded.name, role = excluded.role, section_ids = excluded.section_ids,
            last_seen_at = greatest(people.last_seen_at, excluded.last_seen_at)
        returning id
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }
        public required string Role { get; init; }
        public required Guid[]? SectionIds { get; init; }
        public required DateTimeOffset LastSeenAt { get; init; }
    }
}
