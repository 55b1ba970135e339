using System.Text.Json;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Webhooks.Deliveries;

/// <summary>What became of a delivery.</summary>
internal enum DeliveryStatus
{
    /// <summary>It is still to be sent, or to be tried again.</summary>
    Pending,

    /// <summary>The receiver answered 2xx.</summary>
    Delivered,

    /// <summary>It was tried for three days, while others got through.</summary>
    Failed,
}

/// <summary>One event, as it was or is to be sent to one webhook.</summary>
internal record WebhookDelivery
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The type of the event.</summary>
    /// <example>article.published</example>
    [NamesOf(typeof(EventType))]
    public required string Event { get; init; }

    /// <summary>
    /// The `webhook-id`: names the event, and is the same on every attempt and every other delivery of it.
    /// </summary>
    public required Guid EventId { get; init; }

    /// <summary>
    /// What it is about, which is what the order is kept for: `article:…` and the like, or `content` for
    /// `content.invalidated`.
    /// </summary>
    /// <example>article:01981f5e-7c2a-7b31-9d54-2f6b1e0c8a11</example>
    public required string Entity { get; init; }

    /// <summary>`pending`, `delivered`, or `failed`: given up after three days in which others got through.</summary>
    public required DeliveryStatus Status { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int AttemptCount { get; init; }

    /// <summary>The status that the last attempt was answered with; null: none yet.</summary>
    /// <example>200</example>
    public required int? LastStatus { get; init; }

    /// <summary>What went wrong with the last attempt; null: nothing did.</summary>
    public required string? LastError { get; init; }

    /// <summary>When it came to be sent.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last tried.</summary>
    public required DateTimeOffset? LastTriedAt { get; init; }

    /// <summary>
    /// When it is tried next; null: never, or once the one before it about the same thing has got through.
    /// </summary>
    public required DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When it was delivered, or given up.</summary>
    public required DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>A delivery with what was sent and what came back, each time.</summary>
internal sealed record LoggedDelivery : WebhookDelivery
{
    /// <summary>The body, exactly as it is sent and signed.</summary>
    public required string Body { get; init; }

    /// <summary>Every attempt, the first one first.</summary>
    public required IReadOnlyList<DeliveryAttempt> Attempts { get; init; }
}

/// <summary>One request, and its answer.</summary>
internal sealed record DeliveryAttempt
{
    /// <summary>1 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required int DurationMs { get; init; }

    /// <summary>Where it was sent.</summary>
    public required string Url { get; init; }

    /// <summary>The request's headers, its signature among them.</summary>
    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    /// <summary>The status of the answer; null: there was none.</summary>
    /// <example>200</example>
    public required int? Status { get; init; }

    /// <summary>The first 2 KB of the answer.</summary>
    public required string? Answer { get; init; }

    /// <summary>What went wrong; null: nothing did.</summary>
    public required string? Error { get; init; }
}

/// <summary>Addresses a delivery.</summary>
internal sealed record WebhookDeliveryRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    /// <summary>The delivery's id.</summary>
    [RouteParam]
    public Guid DeliveryId { get; init; }
}

/// <summary>A delivery as its statements give it.</summary>
internal sealed record WebhookDeliveryRow
{
    public required Guid Id { get; init; }
    public required long Number { get; init; }
    public required Guid EventId { get; init; }
    public required string Type { get; init; }
    public required string Entity { get; init; }
    public required string Status { get; init; }
    public required int Attempts { get; init; }
    public required int? LastStatus { get; init; }
    public required string? LastError { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? LastTriedAt { get; init; }
    public required DateTimeOffset? NextAttemptAt { get; init; }
    public required DateTimeOffset? FinishedAt { get; init; }

    public const string Select = """
        select d.id, d.number, d.event_id, d.type, d.entity, d.status, d.attempts, d.last_status, d.last_error,
            d.created_at,
               d.last_tried_at, d.next_attempt_at, d.finished_at
        from webhook_deliveries d
        """;

    public static async Task<WebhookDeliveryRow> ReadAsync(
        NpgsqlTransaction transaction,
        Guid webhookId,
        Guid id,
        CancellationToken ct
    ) =>
        await transaction.FindAsync<WebhookDeliveryRow>(
            $"{Select} where d.webhook_id = @webhookId and d.id = @id",
            new { webhookId, id },
            ct
        ) ?? throw NotFound(id);

    public static Refused NotFound(Guid id) => Refused.NotFound("delivery of this webhook", id.ToString());

    public WebhookDelivery View() =>
        new()
        {
            Id = Id,
            Event = Type,
            EventId = EventId,
            Entity = Entity,
            Status = Enum.Parse<DeliveryStatus>(Status, ignoreCase: true),
            AttemptCount = Attempts,
            LastStatus = LastStatus,
            LastError = LastError,
            CreatedAt = CreatedAt,
            LastTriedAt = LastTriedAt,
            NextAttemptAt = NextAttemptAt,
            FinishedAt = FinishedAt,
        };

    public LoggedDelivery View(string body, IEnumerable<AttemptRow> attempts)
    {
        var view = View();
        return new()
        {
            Id = view.Id,
            Event = view.Event,
            EventId = view.EventId,
            Entity = view.Entity,
            Status = view.Status,
            AttemptCount = view.AttemptCount,
            LastStatus = view.LastStatus,
            LastError = view.LastError,
            CreatedAt = view.CreatedAt,
            LastTriedAt = view.LastTriedAt,
            NextAttemptAt = view.NextAttemptAt,
            FinishedAt = view.FinishedAt,
            Body = body,
            Attempts = [.. attempts.Select(a => a.View())],
        };
    }
}

/// <summary>An attempt as its statement gives it.</summary>
internal sealed record AttemptRow
{
    public required int Number { get; init; }
    public required DateTimeOffset At { get; init; }
    public required int DurationMs { get; init; }
    public required string Url { get; init; }
    public required string Headers { get; init; }
    public required int? Status { get; init; }
    public required string? Answer { get; init; }
    public required string? Error { get; init; }

    public DeliveryAttempt View() =>
        new()
        {
            Number = Number,
            At = At,
            DurationMs = DurationMs,
            Url = Url,
            RequestHeaders = JsonSerializer.Deserialize<Dictionary<string, string>>(Headers, Json.Options)!,
            Status = Status,
            Answer = Answer,
            Error = Error,
        };
}
