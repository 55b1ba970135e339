using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Webhooks;

/// <summary>Returns a webhook</summary>
/// <remarks>Shows whether it is paused and why, but not its secret.</remarks>
internal sealed class GetWebhook(NpgsqlDataSource postgres, TimeProvider clock) : Slice<WebhookRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/webhooks/{id}");
        Permissions(Permission.ManageWebhooks);
        Answers<Webhook>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(WebhookRequest request, CancellationToken ct) =>
        await postgres.FindAsync<WebhookRow>($"{WebhookRow.Select} where w.id = @Id", new { request.Id }, ct)
            is { } row
            ? new Saved<Webhook>(row.View(clock.GetUtcNow()), row.Revision)
            : throw WebhookRow.NotFound(request.Id);
}
