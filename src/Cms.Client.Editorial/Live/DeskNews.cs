using System.Text.Json.Serialization;

namespace Cms.Client.Editorial;

/// <summary>Something that happened at the desk. Newer servers may tell of more kinds, which are left out.</summary>
public abstract record DeskNews
{
    private protected DeskNews() { }

    /// <summary>
    /// Where the stream is: with it <see cref="LiveDesk.FollowAsync"/> goes on behind this. Null: nothing was said yet.
    /// </summary>
    [JsonIgnore]
    public string? Position { get; init; }
}

/// <summary>
/// The stream begins, or begins again after the connection was lost. No act is missed; forget who had which article
/// open, since all of that is told anew.
/// </summary>
public sealed record DeskConnected : DeskNews;

/// <summary>An act that was done.</summary>
public sealed record DeskAct : DeskNews
{
    /// <summary>The id of its record in the audit log.</summary>
    public required Guid Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was done, such as <c>article.publish</c>.</summary>
    public required string Act { get; init; }

    /// <summary>The kind of thing that it was done to, such as <c>article</c>.</summary>
    public required string Entity { get; init; }

    /// <summary>What it was done to.</summary>
    public Guid? EntityId { get; init; }

    /// <summary>The revision before; null: there was none.</summary>
    public int? FromRevision { get; init; }

    /// <summary>The revision after; null: there is none.</summary>
    public int? ToRevision { get; init; }

    /// <summary>Who did it.</summary>
    public required DeskActor Actor { get; init; }
}

/// <summary>Who did an act.</summary>
public sealed record DeskActor
{
    /// <summary>Its id; null: the newsroom itself.</summary>
    public Guid? Id { get; init; }

    /// <summary>Whether it is a key or a person; null: the newsroom itself.</summary>
    public ActorKind? Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }
}

/// <summary>An article has left the sections that the caller is limited to.</summary>
public sealed record ArticleGone : DeskNews
{
    /// <summary>The article's id.</summary>
    public required Guid Article { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>Somebody has opened an article or closed it.</summary>
public sealed record PresenceChange : DeskNews
{
    /// <summary>The article's id.</summary>
    public required Guid Article { get; init; }

    /// <summary>Who has it open now, the first to come first.</summary>
    public required IReadOnlyList<Presence> OpenBy { get; init; }
}
