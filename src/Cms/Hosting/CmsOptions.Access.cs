using System.ComponentModel.DataAnnotations;

namespace Cms.Hosting;

/// <summary>Who may call, and how often.</summary>
internal sealed partial record CmsOptions
{
    [Setting(SettingGroup.Access, "Whether `/metrics` exists.")]
    public bool Metrics { get; set; } = true;

    [Setting(
        SettingGroup.Access,
        "Networks that may read `/metrics`, such as `10.0.0.0/8`.",
        Default = "this machine"
    )]
    public string[]? MetricsFrom { get; set; }

    [Setting(
        SettingGroup.Access,
        "Browser origins that may call the editorial API (CORS).",
        Default = "none"
    )]
    public string[] EditorialOrigins { get; set; } = [];

    [Setting(
        SettingGroup.People,
        "The OpenID Connect provider whose access tokens people may come with, beside API keys: "
            + "`https://login.example/newsroom`. `/.well-known/openid-configuration` is read below it. Plain http "
            + "is allowed on this machine only.",
        Default = "none"
    )]
    public string? OidcAuthority { get; set; }

    [Setting(
        SettingGroup.People,
        "The audience (`aud`) that these tokens must be for. It must be set with `Cms__OidcAuthority`.",
        Default = "none"
    )]
    public string? OidcAudience { get; set; }

    [Setting(
        SettingGroup.People,
        "The claim with the name that others see. If it is missing: `name`, `preferred_username`, `email`, `sub`."
    )]
    public string OidcNameClaim { get; set; } = "name";

    [Setting(
        SettingGroup.People,
        "The claim with the role, or several of them, of which the highest counts. A claim within others is "
            + "written with dots: `realm_access.roles`."
    )]
    public string OidcRoleClaim { get; set; } = "roles";

    [Setting(
        SettingGroup.People,
        "Which values of that claim stand for which role: `newsdesk=editor`. Other values are then ignored.",
        Default = "the names of the roles themselves"
    )]
    public string[] OidcRoles { get; set; } = [];

    [Setting(
        SettingGroup.People,
        "The claim with the slugs or ids of the sections that a person is limited to; `*` stands for all. If "
            + "this is set, a token without the claim is refused.",
        Default = "none: nobody is limited"
    )]
    public string? OidcSectionsClaim { get; set; }

    [Setting(SettingGroup.Access, "Requests per minute for each key or person; 0: no limit.")]
    [Range(0, int.MaxValue)]
    public int KeyRequestsPerMinute { get; set; } = 60_000;

    [Setting(SettingGroup.Access, "Requests per minute for each address without a key; 0: no limit.")]
    [Range(0, int.MaxValue)]
    public int AnonymousRequestsPerMinute { get; set; }
}
