using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>Who is to do something with an article, and until when. It replaces what was said before.</summary>
public sealed record Assignment
{
    /// <summary>The id of a key or a person that may write; null: nobody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public Guid? Assignee { get; init; }

    /// <summary>Until when; null: there is no haste.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public DateTimeOffset? DueAt { get; init; }
}
