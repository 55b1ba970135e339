using Cms.Access;
using Cms.Access.People;
using Cms.Platform;

namespace Cms.Hosting;

/// <summary>Reads the settings that say whose tokens people may come with.</summary>
internal static class TokenSettings
{
    /// <summary>Null: nobody's.</summary>
    /// <exception cref="SettingException">They do not go together.</exception>
    public static TokenPolicy? Read(CmsOptions options)
    {
        if (options.OidcAuthority is not { } address)
            return options is { OidcAudience: null, OidcSectionsClaim: null, OidcRoles: [] }
                ? null
                : throw new SettingException(
                    "Cms__OidcAuthority is missing: it must be set with any other of Cms__Oidc…."
                );
        if (
            !Uri.TryCreate(address, UriKind.Absolute, out var authority)
            || !(
                authority.Scheme == Uri.UriSchemeHttps || (authority is { Scheme: "http", IsLoopback: true })
            )
            || authority.Query.Length + authority.Fragment.Length + authority.UserInfo.Length > 0
        )
            throw new SettingException(
                $"Cms__OidcAuthority is '{address}', which is not an address of a provider. Use https://…; "
                    + "http:// is allowed on this machine only."
            );
        return new()
        {
            Authority = authority,
            Audience =
                options.OidcAudience
                ?? throw new SettingException(
                    "Cms__OidcAudience is missing: it says which tokens of the provider are for this server."
                ),
            NameClaim = options.OidcNameClaim,
            RoleClaim = options.OidcRoleClaim,
            Roles = options.OidcRoles is [] ? null : RolesOf(options.OidcRoles),
            SectionsClaim = options.OidcSectionsClaim,
        };
    }

    private static Dictionary<string, Role> RolesOf(string[] settings)
    {
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        for (var i = 0; i < settings.Length; i++)
        {
            // A group's name may have "=" in it: a distinguished name has.
            var equals = settings[i].LastIndexOf('=');
            if (
                equals <= 0
                || !Enum.TryParse<Role>(settings[i][(equals + 1)..], ignoreCase: true, out var role)
                || !Enum.IsDefined(role)
                || char.IsDigit(settings[i][equals + 1])
            )
                throw new SettingException(
                    $"Cms__OidcRoles__{i} is '{settings[i]}': write value=role, such as newsdesk=editor, with one of "
                        + $"{string.Join(", ", Enum.GetValues<Role>().Select(Permission.NameOf))}."
                );
            if (!roles.TryAdd(settings[i][..equals], role))
                throw new SettingException($"Cms__OidcRoles has '{settings[i][..equals]}' twice.");
        }
        return roles;
    }
}
