using System.Globalization;
using System.Reflection;
using System.Text;

namespace Cms.Hosting;

/// <summary>
/// What the documentation says of a setting. A member of <see cref="CmsOptions"/> without it is a fault.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(SettingGroup group, string text) : Attribute
{
    public SettingGroup Group => group;

    /// <summary>What it does, as Markdown.</summary>
    public string Text => text;

    /// <summary>The default in words, where the value itself does not say it.</summary>
    public string? Default { get; init; }
}

/// <summary>The groups of settings, in the order in which they are shown.</summary>
internal enum SettingGroup
{
    DatabaseAndFiles,
    Caching,
    Content,
    Site,
    Access,
    People,
    Load,
    SyncAndEvents,
    Connections,
    Webhooks,
}

/// <summary>
/// All settings as a table in Markdown: for the guide to operations and <c>cms settings</c>, and in part for the
/// README.
/// </summary>
internal static class SettingsTable
{
    private const string Head = """
        | setting | default | meaning |
        | --- | --- | --- |
        """;

    // Read elsewhere than in CmsOptions.
    private static readonly Row[] Others =
    [
        new(
            SettingGroup.DatabaseAndFiles,
            "ConnectionStrings__Cms",
            "none",
            "The PostgreSQL to use instead of a private one."
        ),
        new(
            SettingGroup.DatabaseAndFiles,
            "ConnectionStrings__CmsReplica",
            "none",
            "Streaming replicas for delivery and sync: `Host=one,two:5433;…`. The first one that is up to date is "
                + "used, or each in turn with `Load Balance Hosts=true`. If none is up to date, the primary is used. "
                + "Each host must be a single server."
        ),
        new(
            SettingGroup.DatabaseAndFiles,
            "CMS_POSTGRES_BIN",
            "found",
            "The folder with PostgreSQL's programs, for the private one."
        ),
    ];

    /// <summary>Those of the README: what a newsroom decides. The others size and protect the server.</summary>
    public static readonly IReadOnlyList<SettingGroup> OfReadme =
    [
        SettingGroup.DatabaseAndFiles,
        SettingGroup.Caching,
        SettingGroup.Content,
        SettingGroup.Access,
    ];

    /// <param name="groups">The groups to show; null: all.</param>
    public static string Markdown(IReadOnlyCollection<SettingGroup>? groups = null)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (
            var group in Rows()
                .Where(r => groups?.Contains(r.Group) != false)
                .GroupBy(r => r.Group)
                .OrderBy(g => g.Key)
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"| **{Words(group.Key)}** | | |\n");
            foreach (var row in group)
                text.Append(CultureInfo.InvariantCulture, $"| `{row.Name}` | {row.Default} | {row.Text} |\n");
        }
        return text.ToString();
    }

    private static IEnumerable<Row> Rows()
    {
        var defaults = new CmsOptions();
        var members = typeof(CmsOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property =>
            {
                var setting = property.GetCustomAttribute<SettingAttribute>()!;
                var name = $"Cms__{property.Name}";
                return new Row(
                    setting.Group,
                    property.PropertyType.IsArray ? $"{name}__0`, `…__1" : name,
                    setting.Default ?? Written(property.GetValue(defaults)!),
                    setting.Text
                );
            });
        return Others.Concat(members);
    }

    private static string Written(object value) =>
        value is bool flag
            ? (flag ? "true" : "false")
            : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Words(SettingGroup group) =>
        string.Concat(
            group
                .ToString()
                .Select((c, i) => i > 0 && char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : $"{c}")
        );

    private sealed record Row(SettingGroup Group, string Name, string Default, string Text);
}
