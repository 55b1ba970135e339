namespace Cms.Access.People;

/// <summary>Whose tokens people may come with, and what these say of them.</summary>
internal sealed record TokenPolicy
{
    /// <summary>The provider's address; its discovery document stands below it.</summary>
    public required Uri Authority { get; init; }

    /// <summary>What a token must be for.</summary>
    public required string Audience { get; init; }

    public required string NameClaim { get; init; }
    public required string RoleClaim { get; init; }

    /// <summary>The roles by the values of the claim; null: the values are names of roles.</summary>
    public required IReadOnlyDictionary<string, Role>? Roles { get; init; }

    /// <summary>The claim that names sections; null: nobody is limited to sections.</summary>
    public required string? SectionsClaim { get; init; }

    /// <summary>The role that a value of the claim stands for; null: none.</summary>
    public Role? RoleOf(string value) =>
        Roles is not null
            ? (Roles.TryGetValue(value, out var role) ? role : null)
            : Enum.GetValues<Role>()
                .Where(r => Permission.NameOf(r) == value)
                .Select(r => (Role?)r)
                .FirstOrDefault();
}
