using System.Text.Json.Serialization;
using Cms.Platform.Http.Requests;

namespace Cms.Webhooks;

/// <summary>A type of event.</summary>
internal enum EventType
{
    [JsonStringEnumMemberName("article.published")]
    ArticlePublished,

    [JsonStringEnumMemberName("article.updated")]
    ArticleUpdated,

    [JsonStringEnumMemberName("article.unpublished")]
    ArticleUnpublished,

    [JsonStringEnumMemberName("article.deleted")]
    ArticleDeleted,

    [JsonStringEnumMemberName("article.schedule-failed")]
    ArticleScheduleFailed,

    [JsonStringEnumMemberName("release.schedule-failed")]
    ReleaseScheduleFailed,

    [JsonStringEnumMemberName("note.created")]
    NoteCreated,

    [JsonStringEnumMemberName("section.created")]
    SectionCreated,

    [JsonStringEnumMemberName("section.updated")]
    SectionUpdated,

    [JsonStringEnumMemberName("section.deleted")]
    SectionDeleted,

    [JsonStringEnumMemberName("author.created")]
    AuthorCreated,

    [JsonStringEnumMemberName("author.updated")]
    AuthorUpdated,

    [JsonStringEnumMemberName("author.deleted")]
    AuthorDeleted,

    [JsonStringEnumMemberName("image.created")]
    ImageCreated,

    [JsonStringEnumMemberName("image.updated")]
    ImageUpdated,

    [JsonStringEnumMemberName("image.deleted")]
    ImageDeleted,

    [JsonStringEnumMemberName("tag.created")]
    TagCreated,

    [JsonStringEnumMemberName("tag.updated")]
    TagUpdated,

    [JsonStringEnumMemberName("tag.deleted")]
    TagDeleted,

    [JsonStringEnumMemberName("content.invalidated")]
    ContentInvalidated,
}

/// <summary>
/// A subscription of a webhook: one type of event, all of a kind (<c>section.*</c>), or everything (<c>*</c>).
/// </summary>
internal enum EventPattern
{
    [JsonStringEnumMemberName("*")]
    Everything,

    [JsonStringEnumMemberName("article.*")]
    AnyArticle,

    [JsonStringEnumMemberName("article.published")]
    ArticlePublished,

    [JsonStringEnumMemberName("article.updated")]
    ArticleUpdated,

    [JsonStringEnumMemberName("article.unpublished")]
    ArticleUnpublished,

    [JsonStringEnumMemberName("article.deleted")]
    ArticleDeleted,

    [JsonStringEnumMemberName("article.schedule-failed")]
    ArticleScheduleFailed,

    [JsonStringEnumMemberName("release.*")]
    AnyRelease,

    [JsonStringEnumMemberName("release.schedule-failed")]
    ReleaseScheduleFailed,

    [JsonStringEnumMemberName("note.*")]
    AnyNote,

    [JsonStringEnumMemberName("note.created")]
    NoteCreated,

    [JsonStringEnumMemberName("section.*")]
    AnySection,

    [JsonStringEnumMemberName("section.created")]
    SectionCreated,

    [JsonStringEnumMemberName("section.updated")]
    SectionUpdated,

    [JsonStringEnumMemberName("section.deleted")]
    SectionDeleted,

    [JsonStringEnumMemberName("author.*")]
    AnyAuthor,

    [JsonStringEnumMemberName("author.created")]
    AuthorCreated,

    [JsonStringEnumMemberName("author.updated")]
    AuthorUpdated,

    [JsonStringEnumMemberName("author.deleted")]
    AuthorDeleted,

    [JsonStringEnumMemberName("image.*")]
    AnyImage,

    [JsonStringEnumMemberName("image.created")]
    ImageCreated,

    [JsonStringEnumMemberName("image.updated")]
    ImageUpdated,

    [JsonStringEnumMemberName("image.deleted")]
    ImageDeleted,

    [JsonStringEnumMemberName("tag.*")]
    AnyTag,

    [JsonStringEnumMemberName("tag.created")]
    TagCreated,

    [JsonStringEnumMemberName("tag.updated")]
    TagUpdated,

    [JsonStringEnumMemberName("tag.deleted")]
    TagDeleted,

    [JsonStringEnumMemberName("content.*")]
    AnyContent,

    [JsonStringEnumMemberName("content.invalidated")]
    ContentInvalidated,
}

/// <summary>What can be told of: the types of events, and the patterns that stand for several.</summary>
internal static class EventTypes
{
    /// <summary>Sent by a ping only; nobody subscribes to it.</summary>
    public const string Ping = "webhook.ping";

    public static readonly IReadOnlyList<string> All = [.. ParameterValue.NamesOf(typeof(EventType)).Keys];

    private static readonly Dictionary<string, object> Patterns = ParameterValue.NamesOf(
        typeof(EventPattern)
    );

    public static bool IsType(string text) => All.Contains(text);

    /// <summary>A type, <c>section.*</c> for all of a kind, or <c>*</c> for everything.</summary>
    public static bool IsSubscription(string? text) => text is not null && Patterns.ContainsKey(text);
}
