using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Access.People;

/// <summary>Remembers people, so that what they do can name them.</summary>
internal static class KnownPeople
{
    private static readonly TimeSpan SeenGrain = TimeSpan.FromMinutes(1);

    /// <summary>How far the provider's clock may be ahead.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether an admin has ended the person since a token was issued. In case of doubt it is so: a token that says it
    /// is from half a minute later may be from before.
    /// </summary>
    public static bool HasEnded(DateTimeOffset? endedAt, DateTimeOffset issuedAt) =>
        endedAt is { } end && issuedAt <= end + MaxSkew;

    /// <summary>The id of a person, and those of the sections that there are; null: all sections.</summary>
    /// <returns>Null: an admin has ended the person since the token was issued.</returns>
    public static async Task<(Guid Id, Guid[]? Sections)?> MeetAsync(
        NpgsqlDataSource postgres,
        TokenClaims claims,
        DateTimeOffset issuedAt,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var sections = claims.Sections is { } named
            ? (await postgres.ListAsync<Guid>(SelectSections, new { Named = named.ToArray() }, ct)).ToArray()
            : null;
        var known = await postgres.FindAsync<Row>(Select, new { claims.Issuer, claims.Subject }, ct);
        var role = Permission.NameOf(claims.Role);
        if (HasEnded(known?.EndedAt, issuedAt))
            return null;
        if (
            known is not null
            && known.Name == claims.Name
            && known.Role == role
            && known.SectionIds is null == sections is null
            && (known.SectionIds ?? []).SequenceEqual(sections ?? [])
            && now - known.LastSeenAt < SeenGrain
        )
            return (known.Id, sections);
        var id = await postgres.FindAsync<Guid?>(
            Remember,
            new
            {
                Id = Ids.New(now),
                claims.Issuer,
                claims.Subject,
                claims.Name,
                role,
                sections,
                now,
                IssuedBefore = issuedAt - MaxSkew,
            },
            ct
        );
        return id is { } met ? (met, sections) : null;
    }

    /// <summary>
    /// The provider gives a person no rights here any more: what the person made does not outlive them.
    /// </summary>
    public static Task<int> LoseRightsAsync(
        NpgsqlDataSource postgres,
        string issuer,
        string subject,
        CancellationToken ct
    ) => postgres.ExecuteAsync(LoseRights, new { issuer, subject }, ct);

    /// <summary>Ends what a person has now: tokens, streams and previews.</summary>
    /// <returns>Whether there is such a person.</returns>
    public static async Task<bool> EndAsync(
        NpgsqlTransaction transaction,
        Guid id,
        DateTimeOffset at,
        CancellationToken ct
    ) => await transaction.ExecuteAsync(End, new { id, at }, ct) > 0;

    private const string SelectSections = """
        select distinct coalesce(i.id, s.id) id
        from unnest(@Named) r(ref)
        left join sections i on i.id::text = lower(r.ref) left join sections s on s.slug = r.ref
        where coalesce(i.id, s.id) is not null order by id
        """;

    private const string Select = """
        select id, name, role, section_ids, last_seen_at, ended_at from people
        where issuer = @Issuer and subject = @Subject
        """;

    private const string Remember = """
        insert into people (id, issuer, subject, name, role, section_ids, created_at, last_seen_at)
        values (@Id, @Issuer, @Subject, @Name, @role, @sections, @now, @now)
        on conflict (issuer, subject) do update set
            name = excluded.name, role = excluded.role, section_ids = excluded.section_ids,
            last_seen_at = greatest(people.last_seen_at, excluded.last_seen_at)
        where people.ended_at is null or people.ended_at < @IssuedBefore
        returning id
        """;

    private const string LoseRights = """
        update people set role = null where issuer = @issuer and subject = @subject and role is not null
        """;

    private const string End = "update people set ended_at = @at, role = null where id = @id";

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required string Name { get; init; }

        /// <summary>Null: none.</summary>
        public required string? Role { get; init; }

        /// <summary>Null: all.</summary>
        public required Guid[]? SectionIds { get; init; }
        public required DateTimeOffset LastSeenAt { get; init; }
        public required DateTimeOffset? EndedAt { get; init; }
    }
}
