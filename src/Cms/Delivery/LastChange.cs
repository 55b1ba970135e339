namespace Cms.Delivery;

/// <summary>When anything that readers can see last changed: coarse, so that it never says that something is unchanged which is not.</summary>
internal static class LastChange
{
    public const string Column =
        "coalesce((select changed_at from changes order by sequence desc limit 1), 'epoch') changed_at";

    public const string Select = $"select {Column}";
}

/// <summary>The Cache-Tag header.</summary>
internal static class CacheTagList
{
    /// <summary>Above this (about 4.5 KB) the tags of single things give way to those of their kinds: CDNs and clients bound their headers.</summary>
    private const int Most = 100;

    public static IReadOnlyCollection<string> Of(string own, IEnumerable<string> tags)
    {
        var all = tags.Prepend(own).Distinct(StringComparer.Ordinal).ToList();
        return all.Count <= Most
            ? all
            :
            [
                .. all.Select(t => t.Split(':')[0] + (t.Contains(':', StringComparison.Ordinal) ? "s" : ""))
                    .Distinct(StringComparer.Ordinal),
            ];
    }
}
