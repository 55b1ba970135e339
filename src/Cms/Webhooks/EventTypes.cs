namespace Cms.Webhooks;

/// <summary>What can be told of: the types of events, and the patterns that stand for several.</summary>
internal static class EventTypes
{
    /// <summary>Sent by a ping only; nobody subscribes to it.</summary>
    public const string Ping = "webhook.ping";

    public static readonly IReadOnlyList<string> All =
    [
        "article.published",
        "article.updated",
        "article.unpublished",
        "article.deleted",
        "section.created",
        "section.updated",
        "section.deleted",
        "author.created",
        "author.updated",
        "author.deleted",
        "image.created",
        "image.updated",
        "image.deleted",
        "tag.created",
        "tag.updated",
        "tag.deleted",
        "content.invalidated",
    ];

    private static readonly HashSet<string> Patterns =
    [
        "*",
        .. All.Select(type => type[..(type.IndexOf('.', StringComparison.Ordinal) + 1)] + "*"),
    ];

    public static bool IsType(string text) => All.Contains(text);

    /// <summary>A type, <c>section.*</c> for all of a kind, or <c>*</c> for everything.</summary>
    public static bool IsSubscription(string text) => IsType(text) || Patterns.Contains(text);
}
