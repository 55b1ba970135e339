using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;

namespace Cms.Webhooks;

/// <summary>Rotates a webhook's secret</summary>
/// <remarks>
/// Only this answer contains the new secret. For a day, or for as long as `overlap` says, every delivery is signed
/// with the old secret too
/// (`webhook-signature` has both, with a space between), so that a receiver can change over without a gap.
/// `overlap=0` ends the old
/// one at once: for one that has leaked. A secret from before the old one ends in any case.
/// </remarks>
internal sealed class RotateWebhookSecret(DeskDoor desk, TimeProvider clock)
    : DeskSlice<RotateWebhookSecretRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/webhooks/{id}/rotate");
        Does(Act.RotateWebhookSecret);
        Answers<NewWebhook>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.MalformedRequest,
            ProblemKinds.UnsupportedMediaType,
            ProblemKinds.TooLarge,
            ProblemKinds.Invalid
        );
    }

    public override async Task<IResult> ExecuteAsync(RotateWebhookSecretRequest request, CancellationToken ct)
    {
        var (at, secret) = (clock.GetUtcNow(), WebhookSecret.Make());
        return await DoAsync(
            async edit =>
            {
                await WebhookRow.LockAsync(edit, request.Id, ct);
                await edit.Transaction.ExecuteAsync(
                    Update,
                    new
                    {
                        request.Id,
                        secret,
                        Keep = request.Overlap > 0,
                        Until = edit.At.AddSeconds(request.Overlap),
                        at = edit.At,
                    },
                    ct
                );
                return await WebhookRow.ReadAsync(edit.Transaction, request.Id, ct);
            },
            row => new Saved<NewWebhook>(row.View(at, secret), row.Revision),
            ct
        );
    }

    private const string Update = """
        update webhooks set secret = @secret, previous_secret = case when @Keep then secret end,
            previous_secret_until = case when @Keep then @Until end, revision = revision + 1, updated_at = @at
        where id = @Id
        """;
}

internal sealed record RotateWebhookSecretRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    /// <summary>For how many seconds the old secret goes on signing beside the new one: up to seven days.</summary>
    [QueryParam]
    public int Overlap { get; init; } = 86_400;
}

internal sealed class RotateWebhookSecretRules : AbstractValidator<RotateWebhookSecretRequest>
{
    public RotateWebhookSecretRules()
    {
        RuleFor(r => r.Overlap).InclusiveBetween(0, 7 * 86_400);
    }
}
