using Cms.Platform.Postgres;

namespace Cms.Delivery.Reading;

/// <summary>
/// When anything that readers can see last changed: coarse, so that it never says that something is unchanged which is
/// not.
/// </summary>
internal static class LastChange
{
    public const string Column = "(select changed_at from change_feed) changed_at";

    /// <summary>How far the change feed was for whoever read the row.</summary>
    public const string Head = "(select head from change_feed) feed_head";

    /// <summary>
    /// Ask before what is dated by it: a change that comes between must not be taken for one that is shown.
    /// </summary>
    public static Task<DateTimeOffset> FindAsync(Reads database, CancellationToken ct) =>
        database.FindAsync<DateTimeOffset>($"select {Column}", new { }, ct);
}
