using System.Text.Json.Serialization;
using Cms.Client.Editorial.Http;
using Cms.Client.Http;

namespace Cms.Client.Editorial;

/// <summary>Who did what, when. Role <c>editor</c>, without limits.</summary>
public sealed class AuditLog
{
    private readonly DeskConnection _desk;

    internal AuditLog(DeskConnection desk) => _desk = desk;

    /// <summary>The records, the newest first: pages are fetched as the reader gets to them.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public IAsyncEnumerable<AuditRecord> ListAsync(
        AuditQuery? query = null,
        CancellationToken cancellationToken = default
    ) => Reading.WalkAsync((cursor, ct) => GetPageAsync(query, cursor, ct), cancellationToken);

    /// <summary>One page of the records.</summary>
    /// <param name="query">Which; null: all.</param>
    /// <param name="cursor">Of another page of the same query; null: the first page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<AuditRecord>> GetPageAsync(
        AuditQuery? query = null,
        string? cursor = null,
        CancellationToken cancellationToken = default
    )
    {
        query ??= new();
        return _desk.PageAsync(
            Wire.List("v1/editorial/audit", query, cursor)
                .With("entity", query.Entity?.ToString())
                .With("actor", query.Actor?.ToString())
                .With("act", query.Acts)
                .With("outcome", query.Outcome?.Value)
                .With("after", Wire.Time(query.After))
                .With("before", Wire.Time(query.Before)),
            DeskJson.Default.AuditPage,
            cancellationToken
        );
    }
}

/// <summary>Which records of the audit log. Filters narrow each other.</summary>
public sealed record AuditQuery : ListQuery
{
    /// <summary>Only acts on this thing.</summary>
    public Guid? Entity { get; init; }

    /// <summary>Only acts of this key or person.</summary>
    public Guid? Actor { get; init; }

    /// <summary>Only these acts, such as <c>article.publish</c>.</summary>
    public IReadOnlyList<string> Acts { get; init; } = [];

    /// <summary>Only acts that were done, or that were refused.</summary>
    public AuditOutcome? Outcome { get; init; }

    /// <summary>Only acts after this time.</summary>
    public DateTimeOffset? After { get; init; }

    /// <summary>Only acts before this time.</summary>
    public DateTimeOffset? Before { get; init; }
}

/// <summary>One act of somebody at the desk, or one that was refused.</summary>
public sealed record AuditRecord
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who.</summary>
    public required AuditActor Actor { get; init; }

    /// <summary>What was done, such as <c>article.publish</c>.</summary>
    public required string Act { get; init; }

    /// <summary>What it was done to; null: a refused act did not get so far.</summary>
    public Guid? EntityId { get; init; }

    /// <summary>The revision before; null: there was none.</summary>
    public int? FromRevision { get; init; }

    /// <summary>The revision after; null: there is none.</summary>
    public int? ToRevision { get; init; }

    /// <summary>Whether it was done.</summary>
    public required AuditOutcome Outcome { get; init; }

    /// <summary>The code of the problem that refused it; null: it was done.</summary>
    public string? Refusal { get; init; }

    /// <summary>What there is to say besides.</summary>
    public string? Note { get; init; }

    /// <summary>Method and path of the request; null: no request asked for it.</summary>
    public string? Request { get; init; }

    /// <summary>The <c>X-Request-Id</c> of the request.</summary>
    public string? RequestId { get; init; }
}

/// <summary>Who acted.</summary>
public sealed record AuditActor
{
    /// <summary>The id; null: the newsroom itself, by its command line or its clock.</summary>
    public Guid? Id { get; init; }

    /// <summary>Whether it is a key or a person; null: the newsroom itself.</summary>
    public ActorKind? Kind { get; init; }

    /// <summary>The name at that time.</summary>
    public required string Name { get; init; }

    /// <summary>The OpenID Connect provider that knows the person; null: it is no person.</summary>
    public string? Issuer { get; init; }

    /// <summary>The person at that provider; null: it is no person.</summary>
    public string? Subject { get; init; }
}

/// <summary>Whether an act was done. A value that this client does not know yet is kept as it came.</summary>
/// <param name="Value">The value as it is in JSON, such as <c>done</c>.</param>
[JsonConverter(typeof(AuditOutcomeConverter))]
public readonly record struct AuditOutcome(string Value)
{
    /// <summary>It was done.</summary>
    public static AuditOutcome Done { get; } = new("done");

    /// <summary>It was refused.</summary>
    public static AuditOutcome Refused { get; } = new("refused");

    /// <summary>The value as it is in JSON.</summary>
    public override string ToString() => Value ?? "";
}
