using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Cms.Platform.Unicode;

namespace Cms.Access.People;

/// <summary>What a valid token says of a person.</summary>
/// <param name="Issuer">The provider.</param>
/// <param name="Subject">The person there; with the issuer, who it is.</param>
/// <param name="Name">How others see the person.</param>
/// <param name="Role">The highest of the roles that are named.</param>
/// <param name="Sections">Slugs or ids of the sections that the person is limited to; null: none.</param>
internal sealed record TokenClaims(
    string Issuer,
    string Subject,
    string Name,
    Role Role,
    IReadOnlyList<string>? Sections
)
{
    /// <summary>In place of sections: all of them.</summary>
    private const string AllSections = "*";

    private const int MaxIssuer = 500;
    private const int MaxSubject = 255;
    private const int MaxName = 100;

    /// <summary>As many as a key may have.</summary>
    private const int MaxSections = KeyInput.MaxSections;

    /// <summary>Reads the payload of a token whose signature, issuer, audience and times are right.</summary>
    public static bool TryRead(
        JsonElement payload,
        TokenPolicy policy,
        [NotNullWhen(true)] out TokenClaims? claims,
        [NotNullWhen(false)] out string? fault
    )
    {
        claims = null;
        fault = null;
        if (IdentityOf(payload, "iss", MaxIssuer) is not { } issuer)
            fault =
                $"The token does not say who issued it: iss must be a text of 1 to {MaxIssuer} characters.";
        else if (IdentityOf(payload, "sub", MaxSubject) is not { } subject)
            fault =
                $"The token does not say whose it is: sub must be a text of 1 to {MaxSubject} characters.";
        else if (RoleOf(payload, policy, out var named) is not { } role)
            fault =
                $"The token gives no role of this newsroom: its claim {policy.RoleClaim} "
                + (named.Count == 0 ? "is missing" : $"has {List(named)}")
                + $", and one of {List(RoleNames(policy))} is needed.";
        else if (!TryReadSections(payload, policy, out var sections, out fault))
            return false;
        else
            claims = new(issuer, subject, NameOf(payload, policy) ?? Shown(subject) ?? "?", role, sections);
        return claims is not null;
    }

    /// <summary>Whose a valid token is, whether or not it gives rights here; null: it does not say.</summary>
    public static (string Issuer, string Subject)? IdentityOf(JsonElement payload) =>
        IdentityOf(payload, "iss", MaxIssuer) is { } issuer
        && IdentityOf(payload, "sub", MaxSubject) is { } subject
            ? (issuer, subject)
            : null;

    private static Role? RoleOf(JsonElement payload, TokenPolicy policy, out IReadOnlyList<string> named)
    {
        named = ValuesOf(payload, policy.RoleClaim) ?? [];
        return named.Select(policy.RoleOf).Max();
    }

    /// <summary>
    /// A claim that is missing limits to nothing, so that whoever loses the last section does not gain all of them.
    /// </summary>
    private static bool TryReadSections(
        JsonElement payload,
        TokenPolicy policy,
        out IReadOnlyList<string>? sections,
        [NotNullWhen(false)] out string? fault
    )
    {
        (sections, fault) = (null, null);
        if (policy.SectionsClaim is not { } claim)
            return true;
        var values = ValuesOf(payload, claim) ?? [];
        if (values.Contains(AllSections))
            return true;
        if (values.Count is 0 or > MaxSections)
            fault =
                $"The token gives no sections of this newsroom: its claim {claim} must have 1 to {MaxSections} slugs "
                + $"or ids of sections, or {AllSections} for all of them.";
        sections = values;
        return fault is null;
    }

    private static string? NameOf(JsonElement payload, TokenPolicy policy) =>
        new[] { policy.NameClaim, "name", "preferred_username", "email" }
            .Select(claim => ValuesOf(payload, claim) is [var name] ? Shown(name) : null)
            .FirstOrDefault(name => name is not null);

    /// <summary>An identity is compared as it is, so nothing of it is mended.</summary>
    private static string? IdentityOf(JsonElement payload, string claim, int maxLength) =>
        payload.TryGetProperty(claim, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
        && text.Length <= maxLength
        && Text.FindFault(text) is null
            ? text
            : null;

    /// <summary>A name in the form in which all names are stored, cut where it is very long.</summary>
    private static string? Shown(string name)
    {
        var stored = Text.FindFault(name) is null ? Text.Stored(name) : "";
        // A part of a text in NFC is in NFC, so only its ends may change: once is enough, however long it is.
        if (Text.Length(stored) > MaxName)
            stored = Text.Stored(string.Concat(stored.EnumerateRunes().Take(MaxName)));
        return stored is "" ? null : stored;
    }

    /// <summary>
    /// The texts of a claim, which has one or several; null: there is no such claim. It is found by its name, or by the
    /// way to it, such as <c>realm_access.roles</c>. (A name may have dots itself.)
    /// </summary>
    private static IReadOnlyList<string>? ValuesOf(JsonElement payload, string claim)
    {
        if (!payload.TryGetProperty(claim, out var value))
            foreach (var part in claim.Split('.'))
                if (
                    (value.ValueKind == JsonValueKind.Undefined ? payload : value)
                        is not { ValueKind: JsonValueKind.Object } parent
                    || !parent.TryGetProperty(part, out value)
                )
                    return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array =>
            [
                .. value
                    .EnumerateArray()
                    .Where(v => v.ValueKind == JsonValueKind.String)
                    .Select(v => v.GetString()!),
            ],
            _ => null,
        };
    }

    private static IEnumerable<string> RoleNames(TokenPolicy policy) =>
        policy.Roles?.Keys ?? Enum.GetValues<Role>().Select(Permission.NameOf);

    private static string List(IEnumerable<string> values)
    {
        var shown = values.Take(6).Select(v => $"'{Text.Short(v)}'").ToList();
        return string.Join(", ", shown.Count == 6 ? shown.Take(5).Append("…") : shown);
    }
}
