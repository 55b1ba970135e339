using Cms.Access;
using Cms.Editorial.Presences;
using Cms.Platform;
using Cms.Platform.Http.Answers;

namespace Cms.Editorial.Live;

/// <summary>How far a stream is: behind a record of a transaction, in an epoch of the change feed.</summary>
/// <param name="At">When it was there.</param>
internal sealed record DeskPosition(Guid Epoch, long Xact, Guid Id, DateTimeOffset At)
{
    /// <summary>Behind all transactions before one that has not ended.</summary>
    public static DeskPosition Before(long horizon, Guid epoch, DateTimeOffset at) =>
        new(epoch, horizon - 1, Guid.AllBitsSet, at);

    /// <summary>Whether it is before another one of the same epoch. Ids are in the order of PostgreSQL.</summary>
    public bool IsBefore(DeskPosition other) => (Xact, Id).CompareTo((other.Xact, other.Id)) < 0;
}

/// <summary>A record of the audit log, for whoever may know of it.</summary>
internal sealed record DeskRecord
{
    public required Guid Id { get; init; }
    public required long Xact { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Act { get; init; }
    public required string EntityType { get; init; }
    public required Guid? EntityId { get; init; }
    public required int? FromRevision { get; init; }
    public required int? ToRevision { get; init; }
    public required string Actor { get; init; }

    /// <summary>The sections that an article was in before the act.</summary>
    public required Guid[]? Before { get; init; }

    /// <summary>… and after it.</summary>
    public required Guid[]? After { get; init; }

    public DeskPosition Position(Guid epoch, DateTimeOffset at) => new(epoch, Xact, Id, at);

    /// <summary>
    /// What a caller is told. One that is limited to sections learns of acts on articles that were in them: of one that
    /// left them with the act, only that it is gone.
    /// </summary>
    public (string Type, object Data)? For(Caller caller)
    {
        if (EntityType is "key" or "webhook" or "person" && !caller.May(NeededFor(Act)))
            return null;
        if (caller.SectionIds is null || (EntityType == "article" && caller.Reaches(After)))
            return ("act", View());
        if (EntityType != "article" || !caller.Reaches(Before))
            return null;
        // Who could see it may know that it was deleted; but not where it went.
        return ToRevision is null ? ("act", View()) : ("gone", new GoneEvent { Article = EntityId, At = At });
    }

    private DeskEvent View() =>
        new()
        {
            Id = Id,
            At = At,
            Act = Act,
            Entity = EntityType,
            EntityId = EntityId,
            FromRevision = FromRevision,
            ToRevision = ToRevision,
            Actor = Json.Read<DeskEventActor>(Actor),
        };

    private static string NeededFor(string act) =>
        Desk.Act.All.FirstOrDefault(a => a.Name == act)?.Needs ?? Permission.ManageKeys;
}

/// <summary>Who has an article open.</summary>
internal sealed record OpenArticle
{
    public required Guid ArticleId { get; init; }

    /// <summary>As JSON of <see cref="Presence"/>s.</summary>
    public required string OpenBy { get; init; }

    /// <summary>The sections that the article is in.</summary>
    public required Guid[]? Sections { get; init; }
}

/// <summary>An act that was done at the desk.</summary>
internal sealed record DeskEvent
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string Act { get; init; }
    public required string Entity { get; init; }
    public required Guid? EntityId { get; init; }
    public required int? FromRevision { get; init; }
    public required int? ToRevision { get; init; }
    public required DeskEventActor Actor { get; init; }
}

/// <summary>Who did it; without an id it was the newsroom itself.</summary>
internal sealed record DeskEventActor
{
    public required Guid? Id { get; init; }
    public required ActorKind? Kind { get; init; }
    public required string Name { get; init; }
}

/// <summary>An article has left the caller's sections.</summary>
internal sealed record GoneEvent
{
    public required Guid? Article { get; init; }
    public required DateTimeOffset At { get; init; }
}
