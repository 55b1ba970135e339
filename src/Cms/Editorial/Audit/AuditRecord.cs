using Cms.Platform;
using Cms.Platform.Http.Answers;

namespace Cms.Editorial.Audit;

/// <summary>One act of somebody at the desk, or one that was refused.</summary>
internal sealed record AuditRecord
{
    public required Guid Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who: the key or the person.</summary>
    public required AuditActor Actor { get; init; }

    /// <summary>What was done: the kind of thing and the verb.</summary>
    /// <example>article.publish</example>
    public required string Act { get; init; }

    /// <summary>What it was done to; null: a refused act did not get so far.</summary>
    public required Guid? EntityId { get; init; }

    /// <summary>The revision before; null: there was none.</summary>
    public required int? FromRevision { get; init; }

    /// <summary>The revision after; null: there is none, or it was deleted.</summary>
    public required int? ToRevision { get; init; }

    /// <summary>Whether it was done.</summary>
    public required AuditOutcome Outcome { get; init; }

    /// <summary>The code of the problem that refused it; null: it was done.</summary>
    /// <example>revision-changed</example>
    public required string? Refusal { get; init; }

    /// <summary>What there is to say besides.</summary>
    public required string? Note { get; init; }

    /// <summary>Method and path of the request; null: no request asked for it.</summary>
    /// <example>POST /v1/editorial/articles/the-valley-that-bet-on-halden/publish</example>
    public required string? Request { get; init; }

    /// <summary>The `X-Request-Id` of the request.</summary>
    public required string? RequestId { get; init; }
}

/// <summary>Who acted.</summary>
internal sealed record AuditActor
{
    /// <summary>The id of the key or person; null: the newsroom itself, by its command line or its clock.</summary>
    public required Guid? Id { get; init; }

    /// <summary>Whether it is a key or a person; null: the newsroom itself.</summary>
    public required ActorKind? Kind { get; init; }

    /// <summary>The name that it had at that time.</summary>
    public required string Name { get; init; }

    /// <summary>The OpenID Connect provider that knows the person; null: it is no person.</summary>
    /// <example>https://login.example/newsroom</example>
    public required string? Issuer { get; init; }

    /// <summary>The person at that provider; null: it is no person.</summary>
    public required string? Subject { get; init; }
}

internal enum AuditOutcome
{
    Done,
    Refused,
}

/// <summary>A record as its statements give it.</summary>
internal sealed record AuditRow
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required Guid? ActorId { get; init; }
    public required string? ActorKind { get; init; }
    public required string ActorName { get; init; }
    public required string? Issuer { get; init; }
    public required string? Subject { get; init; }
    public required string Act { get; init; }
    public required Guid? EntityId { get; init; }
    public required int? FromRevision { get; init; }
    public required int? ToRevision { get; init; }
    public required string Outcome { get; init; }
    public required string? Refusal { get; init; }
    public required string? Note { get; init; }
    public required string? Request { get; init; }
    public required string? RequestId { get; init; }

    /// <summary>Where the list goes on behind it.</summary>
    public (string Key, Guid Id) Edge => (Json.Instant(At), Id);

    public const string Select = """
        select a.id, a.at, a.actor_id, o.kind actor_kind, a.actor_name, p.issuer, p.subject, a.act, a.entity_id,
               a.from_revision, a.to_revision, a.outcome, a.refusal, a.note, a.request, a.request_id
        from audit_log a left join actors o on o.id = a.actor_id left join people p on p.id = a.actor_id
        """;

    public AuditRecord View() =>
        new()
        {
            Id = Id,
            At = At,
            Actor = new()
            {
                Id = ActorId,
                Kind = ActorKind is null ? null : Enum.Parse<ActorKind>(ActorKind, ignoreCase: true),
                Name = ActorName,
                Issuer = Issuer,
                Subject = Subject,
            },
            Act = Act,
            EntityId = EntityId,
            FromRevision = FromRevision,
            ToRevision = ToRevision,
            Outcome = Enum.Parse<AuditOutcome>(Outcome, ignoreCase: true),
            Refusal = Refusal,
            Note = Note,
            Request = Request,
            RequestId = RequestId,
        };
}
