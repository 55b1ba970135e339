using System.Collections.Frozen;

namespace Cms.Access;

/// <summary>What a key may be: each role may do what the ones before it may.</summary>
internal enum Role
{
    Reader,
    Viewer,
    Contributor,
    Editor,
    Admin,
}

/// <summary>Who may do what: the one table. Endpoints name a permission; roles get it from here.</summary>
internal static class Permission
{
    /// <summary>Whole bodies behind the wall, in delivery.</summary>
    public const string ReadWhole = "articles:read-whole";

    /// <summary>Working copies, revisions, unused images: everything the desk sees.</summary>
    public const string ReadDesk = "desk:read";

    /// <summary>Opens articles, changes and trashes those it opened itself, and changes drafts that are assigned to
    /// it.</summary>
    public const string WriteOwn = "articles:write-own";

    /// <summary>Changes and trashes anybody's articles.</summary>
    public const string WriteAny = "articles:write";

    /// <summary>Publishes and unpublishes.</summary>
    public const string Publish = "articles:publish";

    /// <summary>Deletes articles for good, with their revisions.</summary>
    public const string DeletePermanently = "articles:delete-permanently";

    public const string WriteSections = "sections:write";
    public const string WriteAuthors = "authors:write";
    public const string WriteTags = "tags:write";

    /// <summary>Uploads images, with their words.</summary>
    public const string UploadImages = "images:upload";

    /// <summary>Changes and deletes images.</summary>
    public const string WriteImages = "images:write";
    public const string ManageKeys = "keys:manage";
    public const string ManageWebhooks = "webhooks:manage";

    /// <summary>Reads who did what.</summary>
    public const string ReadAudit = "audit:read";

    private static readonly FrozenDictionary<string, Role> LowestRole = new Dictionary<string, Role>
    {
        [ReadWhole] = Role.Reader,
        [ReadDesk] = Role.Viewer,
        [WriteOwn] = Role.Contributor,
        [UploadImages] = Role.Contributor,
        [WriteAny] = Role.Editor,
        [Publish] = Role.Editor,
        [WriteSections] = Role.Editor,
        [WriteAuthors] = Role.Editor,
        [WriteTags] = Role.Editor,
        [WriteImages] = Role.Editor,
        [ReadAudit] = Role.Editor,
        [DeletePermanently] = Role.Admin,
        [ManageKeys] = Role.Admin,
        [ManageWebhooks] = Role.Admin,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Has(this Role role, string permission) => role >= LowestRole[permission];

    /// <summary>
    /// What a key is given by its role. One that is limited to sections cannot have what would widen its own reach:
    /// moving sections below its own, making keys, being told of everything.
    /// </summary>
    public static IEnumerable<string> Of(Role role, bool limited) =>
        LowestRole
            .Where(p =>
                role >= p.Value
                && !(limited && (p.Key is WriteSections or ReadAudit or ManageKeys or ManageWebhooks))
            )
            .Select(p => p.Key);

    /// <summary>A role and those above it, in words.</summary>
    public static string RolesFrom(Role lowest) =>
        "the role " + string.Join(" or ", Enum.GetValues<Role>().Where(r => r >= lowest).Select(NameOf));

    /// <summary>Such as <c>an editor</c>.</summary>
    public static string WithArticle(Role role) =>
        $"{(role is Role.Editor or Role.Admin ? "an" : "a")} {NameOf(role)}";

    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    /// <summary>The lowest role that has a permission.</summary>
    public static Role LowestFor(string permission) => LowestRole[permission];
}
