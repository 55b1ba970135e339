namespace Cms.Delivery;

/// <summary>When anything that readers can see last changed: coarse, so that it never says that something is unchanged which is not.</summary>
internal static class LastChange
{
    public const string Column = "(select changed_at from change_feed) changed_at";

    public const string Select = $"select {Column}";
}
