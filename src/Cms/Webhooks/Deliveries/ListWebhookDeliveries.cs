using System.Globalization;
using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Webhooks.Deliveries;

/// <summary>Lists a webhook's deliveries</summary>
/// <remarks>The newest come first. Finished ones are kept for 30 days, unless configured otherwise; those that are
/// still to be sent, until they are.</remarks>
internal sealed class ListWebhookDeliveries(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ListWebhookDeliveriesRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/webhooks/{id}/deliveries");
        Permissions(Permission.ManageWebhooks);
        Answers<Paged<WebhookDelivery>>(200, ProblemKinds.NotFound, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(
        ListWebhookDeliveriesRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<WebhookDelivery>(request.Fields);
        if (
            !await postgres.FindAsync<bool>(
                "select exists (select from webhooks where id = @Id)",
                new { request.Id },
                ct
            )
        )
            throw WebhookRow.NotFound(request.Id);

        var list = new KeysetList
        {
            Name =
                $"webhook deliveries|{request.Id}|{CursorName.Of(request.Status)}|{CursorName.Of(request.Event)}",
            Select = WebhookDeliveryRow.Select,
            Key = "d.number",
            KeyType = "bigint",
            Id = "d.id",
            Descending = true,
            Where =
                "d.webhook_id = @Webhook"
                + (request.Status is null ? "" : " and d.status = any(@Statuses)")
                + (request.Event is null ? "" : " and d.type = any(@Types)"),
            Arguments = new
            {
                Webhook = request.Id,
                Statuses = request.Status?.Select(s => s.ToString().ToLowerInvariant()).ToArray(),
                Types = request.Event,
            },
        };
        var (page, info) = await list.ReadAsync<WebhookDeliveryRow>(
            postgres,
            cursors,
            request,
            row => (row.Number.ToString(CultureInfo.InvariantCulture), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<WebhookDelivery> { Data = [.. page.Select(r => r.View())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }
}

internal sealed record ListWebhookDeliveriesRequest : PageRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    /// <summary>Only those with one of these statuses.</summary>
    [QueryParam]
    public DeliveryStatus[]? Status { get; init; }

    /// <summary>Only those of events of one of these types.</summary>
    /// <example>article.published,article.updated</example>
    [QueryParam]
    [NamesOf(typeof(EventType))]
    public string[]? Event { get; init; }

    /// <summary>Return only these fields, such as `event,status,lastStatus`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}

internal sealed class ListWebhookDeliveriesRules : AbstractValidator<ListWebhookDeliveriesRequest>
{
    public ListWebhookDeliveriesRules()
    {
        this.HasPage();
        RuleForEach(r => r.Event)
            .Must(EventTypes.IsType)
            .WithErrorCode("unknown-event")
            .WithMessage(
                (_, type) => $"There is no event '{type}'. Known: {string.Join(", ", EventTypes.All)}."
            );
    }
}
