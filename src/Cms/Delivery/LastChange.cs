namespace Cms.Delivery;

/// <summary>When anything that readers can see last changed: coarse, so that it never says that something is unchanged which is not.</summary>
internal static class LastChange
{
    public const string Column =
        "coalesce((select changed_at from changes order by sequence desc limit 1), 'epoch') changed_at";

    public const string Select = $"select {Column}";
}
