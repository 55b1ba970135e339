using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Webhooks.Deliveries;

/// <summary>Returns a delivery with its log</summary>
/// <remarks>What was sent each time, what came back, and how long that took. The signature is shown, the secret
/// never.</remarks>
internal sealed class GetWebhookDelivery(NpgsqlDataSource postgres) : Slice<WebhookDeliveryRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/webhooks/{id}/deliveries/{deliveryId}");
        Permissions(Permission.ManageWebhooks);
        Answers<LoggedDelivery>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(WebhookDeliveryRequest request, CancellationToken ct)
    {
        var delivery = await postgres.InSnapshotAsync(
            async transaction =>
            {
                var row = await WebhookDeliveryRow.ReadAsync(transaction, request.Id, request.DeliveryId, ct);
                var body = await transaction.FindAsync<string>(
                    "select body from webhook_deliveries where id = @Id",
                    new { row.Id },
                    ct
                );
                var attempts = await transaction.ListAsync<AttemptRow>(SelectAttempts, new { row.Id }, ct);
                return row.View(body!, attempts);
            },
            ct
        );
        return Fresh.Of(delivery);
    }

    private const string SelectAttempts = """
        select number, at, duration_ms, url, headers, status, answer, error from webhook_attempts
        where delivery_id = @Id order by number
        """;
}
