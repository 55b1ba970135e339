using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>Where an article stands. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>inReview</c>.</param>
[JsonConverter(typeof(ArticleStatusConverter))]
public readonly record struct ArticleStatus(string Value)
{
    /// <summary>Being written; never published.</summary>
    public static ArticleStatus Draft { get; } = new("draft");

    /// <summary>Submitted to the desk.</summary>
    public static ArticleStatus InReview { get; } = new("inReview");

    /// <summary>Waiting for its time.</summary>
    public static ArticleStatus Scheduled { get; } = new("scheduled");

    /// <summary>Readers see it.</summary>
    public static ArticleStatus Published { get; } = new("published");

    /// <summary>Withdrawn from readers; may be published again.</summary>
    public static ArticleStatus Unpublished { get; } = new("unpublished");

    /// <summary>In the trash: withdrawn, unchangeable, restorable.</summary>
    public static ArticleStatus Trashed { get; } = new("trashed");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}
