using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Webhooks;

/// <summary>Lists webhooks</summary>
/// <remarks>The oldest come first. Their secrets are never shown.</remarks>
internal sealed class ListWebhooks(NpgsqlDataSource postgres, Cursors cursors, TimeProvider clock)
    : Slice<ListWebhooksRequest>
{
    private static readonly KeysetList List = new()
    {
        Name = "webhooks",
        Select = WebhookRow.Select,
        Key = "w.created_at",
        KeyType = "timestamptz",
        Id = "w.id",
    };

    public override void Configure()
    {
        Get("/v1/editorial/webhooks");
        Permissions(Permission.ManageWebhooks);
        Answers<Paged<Webhook>>(200, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListWebhooksRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Webhook>(request.Fields);
        var (page, info) = await List.ReadAsync<WebhookRow>(
            postgres,
            cursors,
            request,
            row => (Json.Instant(row.CreatedAt), row.Id),
            ct
        );
        var now = clock.GetUtcNow();
        return new Fresh(
            Fields.WritePage(
                new Paged<Webhook> { Data = [.. page.Select(r => r.View(now))], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }
}

internal sealed record ListWebhooksRequest : PageRequest
{
    /// <summary>Return only these fields, such as `url,paused`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}

internal sealed class ListWebhooksRules : PageRules<ListWebhooksRequest>;
