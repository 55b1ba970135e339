using Cms.Desk;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using Cms.Webhooks.Delivering;
using FastEndpoints;

namespace Cms.Webhooks;

/// <summary>Creates a webhook</summary>
/// <remarks>
/// From now on every event that it names is sent to its address, as a POST by the Standard Webhooks specification. The
/// body is
/// `{"type":"article.published","timestamp":"2026-10-01T08:00:00Z",
/// "data":{"type":"article","id":"…","slug":"…","url":"/v1/articles/…"}}`;
/// for `content.invalidated` the data are `{"cacheTags":["articles","article:…"]}`, with at most 1,000 tags; if more
/// has changed at once the only one is `all`, which every answer carries. Verify `webhook-signature` with the secret,
/// which the answer has this once, and refuse a `webhook-timestamp` that is more than five minutes off: every library
/// for Standard Webhooks does both.
///
/// An event is sent at least once: remember each `webhook-id`, which is the same on every retry, and pass over those
/// you had. Events about the same thing come in order; the next one waits until the one before has got through. Answer
/// 2xx within 15 seconds; anything else, a redirect too, is a failure and is tried again with growing pauses, for three
/// days. `Retry-After` with 429 or 503 is obeyed. 410 pauses the webhook at once; so does a receiver that nothing has
/// got through to for three days.
/// </remarks>
internal sealed class CreateWebhook(DeskDoor desk, DispatchSignal signal, TimeProvider clock)
    : DeskSlice<CreateWebhookRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/webhooks");
        Does(Act.CreateWebhook);
        Answers<NewWebhook>(201);
    }

    public override async Task<IResult> ExecuteAsync(CreateWebhookRequest request, CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var (id, secret, input) = (Ids.New(at), WebhookSecret.Make(), request.Webhook);
        var answer = await DoAsync(
            async edit =>
            {
                await edit.Transaction.ExecuteAsync(
                    Insert,
                    new
                    {
                        id,
                        input.Url,
                        input.Description,
                        Events = input.Events.ToArray(),
                        secret,
                        input.Paused,
                        at = edit.At,
                    },
                    ct
                );
                return await WebhookRow.ReadAsync(edit.Transaction, id, ct);
            },
            row => new Saved<NewWebhook>(
                row.View(at, secret),
                row.Revision,
                StatusCodes.Status201Created,
                $"/v1/editorial/webhooks/{id}"
            ),
            ct
        );
        signal.Wake();
        return answer;
    }

    // It begins at the feed's head: what happened before it was made is for a replay.
    private const string Insert = """
        insert into webhooks (id, url, description, events, secret, position, paused_because, paused_at,
            created_at, updated_at)
        select @id, @Url, @Description, @Events, @secret, head, case when @Paused then 'manual' end,
            case when @Paused then @at end, @at, @at
        from change_feed
        """;
}

internal sealed record CreateWebhookRequest
{
    [FromBody]
    public WebhookInput Webhook { get; init; } = null!;
}
