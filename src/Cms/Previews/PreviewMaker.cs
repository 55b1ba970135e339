using Cms.Access;
using Cms.Desk;

namespace Cms.Previews;

/// <summary>
/// Who made a preview, in SQL, beside <c>previews v</c>. A preview shows no more than its maker may see, and ends when
/// the maker may no longer make it.
/// </summary>
internal static class PreviewMaker
{
    public const string Join =
        "left join api_keys k on k.id = v.created_by left join people p on p.id = v.created_by";

    /// <summary>The sections that the maker is limited to; null: all.</summary>
    public const string Reach = "coalesce(k.section_ids, p.section_ids)";

    /// <summary>
    /// That the maker may still do the act that makes such a preview. The newsroom itself always may.
    /// </summary>
    public static string MayStill(Act act) =>
        $"""
            (v.created_by is null or coalesce(k.role, p.role) in ({RolesFor(act)}))
            and k.revoked_at is null and (k.expires_at is null or k.expires_at > @now)
            and (p.ended_at is null or v.created_at > p.ended_at)
            """;

    private static string RolesFor(Act act) =>
        string.Join(
            ", ",
            Enum.GetValues<Role>().Where(r => r.Has(act.Needs)).Select(r => $"'{Permission.NameOf(r)}'")
        );
}
