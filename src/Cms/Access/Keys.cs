using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using Cms.Platform.Unicode;
using FluentValidation;
using Npgsql;

namespace Cms.Access;

/// <summary>A key to be made.</summary>
internal sealed record KeyInput
{
    public const int MaxSections = 50;

    /// <summary>Who or what uses it; others see it beside what was written with it.</summary>
    /// <example>Newsdesk</example>
    public required string Name { get; init; }

    /// <summary>
    /// What it may do; each role may do what the ones before it may: `reader`, `viewer`, `contributor`, `editor`,
    /// `admin`.
    /// </summary>
    public required Role Role { get; init; }

    /// <summary>Slugs or ids of sections that it is limited to, with those below them; null: none.</summary>
    public IReadOnlyList<string>? Sections { get; init; }

    /// <summary>When it ends; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A key, without its secret.</summary>
internal record Key
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Who or what uses it.</summary>
    /// <example>Newsdesk</example>
    public required string Name { get; init; }

    /// <summary>What it may do.</summary>
    public required Role Role { get; init; }

    /// <summary>Ids of the sections that it is limited to; null: none.</summary>
    public required IReadOnlyList<Guid>? Sections { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends; null: never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null: it was not.</summary>
    public required DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last used, give or take a minute; null: never.</summary>
    public required DateTimeOffset? LastUsedAt { get; init; }
}

/// <summary>A key that was just made, with its secret: shown this once.</summary>
internal sealed record NewKey : Key
{
    /// <summary>
    /// The key itself, to be sent as `Authorization: Bearer …`. It is not stored and cannot be shown again.
    /// </summary>
    /// <example>cms_0198…_9f2c…</example>
    public required string Token { get; init; }
}

internal sealed class KeyInputRules : AbstractValidator<KeyInput>
{
    public KeyInputRules()
    {
        RuleFor(k => k.Name).NotEmpty().HasAtMost(100).IsLine();
        RuleFor(k => k.Sections)
            .Must(
                s => s is null || s.Count is > 0 and <= KeyInput.MaxSections,
                new SchemaWords { MinItems = 1, MaxItems = KeyInput.MaxSections }
            )
            .WithErrorCode("wrong-length")
            .WithMessage("A limited key has 1 to 50 sections; null does not limit it.");
    }
}

/// <summary>A key as its statements give it.</summary>
internal sealed record KeyRow
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }
    public required Guid[]? SectionIds { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? ExpiresAt { get; init; }
    public required DateTimeOffset? RevokedAt { get; init; }
    public required DateTimeOffset? LastUsedAt { get; init; }

    public const string Select = """
        select k.id, k.name, k.role, k.section_ids, k.created_at, k.expires_at, k.revoked_at, k.last_used_at
        from api_keys k
        """;

    public Key View() =>
        new()
        {
            Id = Id,
            Name = Name,
            Role = Enum.Parse<Role>(Role, ignoreCase: true),
            Sections = SectionIds,
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            RevokedAt = RevokedAt,
            LastUsedAt = LastUsedAt,
        };
}

/// <summary>Makes, lists and revokes keys: what the endpoints and the command line share.</summary>
internal static class Keys
{
    public static async Task<NewKey> CreateAsync(
        NpgsqlTransaction transaction,
        KeyInput input,
        DateTimeOffset at,
        CancellationToken ct
    )
    {
        var faults = new Faults();
        var sections = await FindFaultsAsync(transaction, input, at, faults, ct);
        JsonBody.RefuseIfFaulty(faults);

        var id = Ids.New(at);
        var (token, secretHash) = ApiKey.Make(id);
        await transaction.ExecuteAsync(
            Insert,
            new
            {
                id,
                input.Name,
                Role = input.Role.ToString().ToLowerInvariant(),
                sections,
                secretHash,
                at,
                input.ExpiresAt,
            },
            ct
        );
        return new()
        {
            Id = id,
            Name = input.Name,
            Role = input.Role,
            Sections = sections,
            CreatedAt = at,
            ExpiresAt = input.ExpiresAt,
            RevokedAt = null,
            LastUsedAt = null,
            Token = token,
        };
    }

    /// <summary>
    /// Adds the faults that only the clock and the database can find. Returns the ids of the sections.
    /// </summary>
    public static async Task<Guid[]?> FindFaultsAsync(
        NpgsqlTransaction transaction,
        KeyInput input,
        DateTimeOffset at,
        Faults faults,
        CancellationToken ct
    )
    {
        if (input.ExpiresAt <= at && !faults.Touch("/expiresAt"))
            faults.Add(
                Fault.At(
                    "/expiresAt",
                    "in-the-past",
                    "The time is in the past: a new key must expire in the future."
                )
            );
        return input.Sections is { Count: <= KeyInput.MaxSections } sections
            ? await FindSectionsAsync(transaction, sections, faults, ct)
            : null;
    }

    /// <summary>Ends a key at once. False if there is none; a key that was revoked stays as it is.</summary>
    public static async Task<bool> RevokeAsync(
        NpgsqlTransaction transaction,
        Guid id,
        DateTimeOffset at,
        CancellationToken ct
    ) =>
        await transaction.ExecuteAsync(
            "update api_keys set revoked_at = coalesce(revoked_at, @at) where id = @id",
            new { id, at },
            ct
        ) == 1;

    private static async Task<Guid[]> FindSectionsAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<string> references,
        Faults faults,
        CancellationToken ct
    )
    {
        var found = await transaction.ListAsync<Found>(
            SelectSections,
            new { References = references.ToArray() },
            ct
        );
        faults.AddIndependent(
            found
                .Where(f => f.Id is null)
                .Select(f =>
                    Fault.At(
                        $"/sections/{f.N - 1}",
                        "unknown-reference",
                        $"There is no section '{Text.Short(f.Reference ?? "")}'."
                    )
                )
        );
        return [.. found.Select(f => f.Id ?? Guid.Empty).Distinct()];
    }

    private const string SelectSections = """
        select r.n::int n, r.ref reference, coalesce(i.id, s.id) id
        from unnest(@References) with ordinality r(ref, n)
        left join sections i on i.id::text = r.ref left join sections s on s.slug = r.ref
        """;

    private const string Insert = """
        insert into api_keys (id, name, role, section_ids, secret_hash, created_at, expires_at)
        values (@id, @Name, @Role, @sections, @secretHash, @at, @ExpiresAt)
        """;

    private sealed record Found
    {
        public required int N { get; init; }
        public required string? Reference { get; init; }
        public required Guid? Id { get; init; }
    }
}
