using System.Security.Claims;
using Cms.Platform;
using Microsoft.AspNetCore.Authentication;

namespace Cms.Access;

/// <summary>Who asks: a key or a person, the role, and the sections it is limited to (null: all).</summary>
internal sealed record Caller
{
    /// <summary>The key's id, or the person's; null: the newsroom itself.</summary>
    public required Guid? Id { get; init; }

    public ActorKind Kind { get; init; } = ActorKind.Key;
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required Guid[]? SectionIds { get; init; }

    /// <summary>When the key or the token ends; null: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the token was issued. A key has been valid from its beginning.</summary>
    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>The newsroom's own hand: the command line and the demo.</summary>
    public static readonly Caller System = new()
    {
        Id = null,
        Name = "system",
        Role = Role.Admin,
        SectionIds = null,
    };

    /// <summary>What refusals call what it came with.</summary>
    public string Credential => Kind == ActorKind.Person ? "token" : "key";

    public bool May(string permission) => Role.Has(permission);

    /// <summary>Whether a section is in reach, given the way from the root to it.</summary>
    public bool Reaches(IEnumerable<Guid>? sectionPath) =>
        SectionIds is null || (sectionPath is not null && SectionIds.Intersect(sectionPath).Any());
}

internal static class CallerOfRequest
{
    private static readonly object Key = new();

    /// <summary>The authenticated caller; null for the anonymous.</summary>
    public static Caller? FindCaller(this HttpContext context) => context.Items[Key] as Caller;

    /// <summary>The authenticated caller of an endpoint that admits no other.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.FindCaller() ?? throw new InvalidOperationException("The endpoint admits the anonymous.");

    /// <summary>Lets a caller in, with what its role may do.</summary>
    public static AuthenticateResult Admit(this HttpContext context, Caller caller, string scheme)
    {
        context.Items[Key] = caller;
        var identity = new ClaimsIdentity(
            Permission
                .Of(caller.Role, limited: caller.SectionIds is not null)
                .Select(p => new Claim("permissions", p))
                .Append(new Claim(ClaimTypes.NameIdentifier, $"{caller.Id}")),
            scheme
        );
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), scheme));
    }
}
