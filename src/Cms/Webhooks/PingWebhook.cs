using Cms.Access;
using Cms.Platform;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Webhooks.Delivering;
using Npgsql;

namespace Cms.Webhooks;

/// <summary>What a ping came back with.</summary>
internal sealed record Pong
{
    /// <summary>Whether the receiver answered 2xx.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>The `webhook-id` of the ping.</summary>
    public required Guid EventId { get; init; }

    /// <summary>The status of the answer; null: there was none.</summary>
    /// <example>200</example>
    public required int? Status { get; init; }

    /// <summary>The first 2 KB of the answer.</summary>
    public required string? Answer { get; init; }

    /// <summary>What went wrong; null: nothing did.</summary>
    public required string? Error { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public required int DurationMs { get; init; }
}

/// <summary>Sends a test event to a webhook</summary>
/// <remarks>
/// Sends `webhook.ping` to it now, signed as every delivery is, and answers with what came back; also while it is
/// paused. It is sent
/// once, is in no log, and changes nothing.
/// </remarks>
internal sealed class PingWebhook(NpgsqlDataSource postgres, WebhookSender sender, TimeProvider clock)
    : Slice<WebhookRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/webhooks/{id}/ping");
        Permissions(Permission.ManageWebhooks);
        Answers<Pong>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.MalformedRequest,
            ProblemKinds.UnsupportedMediaType,
            ProblemKinds.TooLarge,
            ProblemKinds.Invalid
        );
    }

    public override async Task<IResult> ExecuteAsync(WebhookRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var hook =
            await postgres.FindAsync<Target>(SelectTarget, new { request.Id, at }, ct)
            ?? throw WebhookRow.NotFound(request.Id);
        // The receiver may take its time, and the desk has other work meanwhile.
        Admission.Leave(HttpContext);
        var id = Ids.New(at);
        var attempt = await sender.SendAsync(
            new Message
            {
                Url = hook.Url,
                EventId = id,
                Body = Json.WriteText(
                    new
                    {
                        Type = EventTypes.Ping,
                        Timestamp = at,
                        Data = new { Type = "webhook", request.Id },
                    }
                ),
                Secrets = hook.PreviousSecret is null ? [hook.Secret] : [hook.Secret, hook.PreviousSecret],
            },
            ct
        );
        return Fresh.Of(
            new Pong
            {
                Succeeded = attempt.Succeeded,
                EventId = id,
                Status = attempt.Status,
                Answer = attempt.Answer,
                Error = attempt.Error,
                DurationMs = (int)attempt.Duration.TotalMilliseconds,
            }
        );
    }

    private const string SelectTarget = """
        select url, secret, case when previous_secret_until > @at then previous_secret end previous_secret
        from webhooks where id = @Id
        """;

    private sealed record Target
    {
        public required string Url { get; init; }
        public required byte[] Secret { get; init; }
        public required byte[]? PreviousSecret { get; init; }
    }
}
