using System.ComponentModel.DataAnnotations;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Outbound;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;
using FluentValidation.Results;
using Npgsql;

namespace Cms.Webhooks;

/// <summary>A webhook as it is written.</summary>
internal sealed record WebhookInput
{
    /// <summary>Where events are sent, by POST: an absolute https address of the public internet.</summary>
    /// <example>https://site.example/hooks/cms</example>
    [Url, RegularExpression(PublicAddress.Pattern)]
    public required string Url { get; init; }

    /// <summary>
    /// The events that it receives: `article.published`, `article.updated`, `article.unpublished`, `article.deleted`,
    /// `article.schedule-failed`; `release.schedule-failed`; `note.created`; `section`, `author`, `image` and `tag`,
    /// each with `.created`, `.updated`, `.deleted`; `content.invalidated`, with the `Cache-Tag`s to purge.
    /// `section.*` stands for all of a kind, `*` for everything.
    /// </summary>
    [NamesOf(typeof(EventPattern))]
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>What it is for.</summary>
    /// <example>Purges the CDN</example>
    public string? Description { get; init; }

    /// <summary>
    /// Nothing is sent while it is true. What happens meanwhile is kept, and sent when it is false again.
    /// </summary>
    public bool Paused { get; init; }
}

/// <summary>Why nothing is sent.</summary>
internal enum PauseReason
{
    /// <summary>Somebody has paused it.</summary>
    Manual,

    /// <summary>The receiver answered 410 Gone.</summary>
    Gone,

    /// <summary>Nothing has got through for three days.</summary>
    Failing,
}

/// <summary>A webhook, without its secret.</summary>
internal record Webhook : IRevised
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Where events are sent.</summary>
    /// <example>https://site.example/hooks/cms</example>
    [Url]
    public required string Url { get; init; }

    /// <summary>The events that it receives.</summary>
    [NamesOf(typeof(EventPattern))]
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>What it is for.</summary>
    /// <example>Purges the CDN</example>
    public required string? Description { get; init; }

    /// <summary>
    /// Whether nothing is sent. What happens meanwhile is kept (for 30 days, unless configured otherwise), and sent
    /// afterwards.
    /// </summary>
    public required bool Paused { get; init; }

    /// <summary>
    /// Why: `manual`, somebody did; `gone`, the receiver answered 410; `failing`, nothing got through for three days;
    /// null while it is not paused.
    /// </summary>
    public required PauseReason? PausedBecause { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset? PausedAt { get; init; }

    /// <summary>Attempts that failed since the last one that did not.</summary>
    public required int FailuresInRow { get; init; }

    /// <summary>When the first of those was.</summary>
    public required DateTimeOffset? FailingSince { get; init; }

    /// <summary>
    /// Until when deliveries are signed with the secret before the present one too; null: with the present one only.
    /// </summary>
    public required DateTimeOffset? PreviousSecretUntil { get; init; }

    /// <summary>Every change makes the next one. It is the `ETag`, and what `If-Match` takes.</summary>
    public required int Revision { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>A webhook with a secret that was just made: shown this once.</summary>
internal sealed record NewWebhook : Webhook
{
    /// <summary>
    /// What its deliveries are signed with, as libraries for Standard Webhooks take it. It cannot be shown again.
    /// </summary>
    /// <example>whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=</example>
    public required string Secret { get; init; }
}

/// <summary>Addresses a webhook.</summary>
internal sealed record WebhookRequest
{
    /// <summary>The webhook's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}

internal sealed class WebhookInputRules : AbstractValidator<WebhookInput>
{
    public WebhookInputRules(WebhookPolicy policy)
    {
        RuleFor(w => w.Url)
            .NotEmpty()
            .HasAtMost(PublicAddress.MaxLength)
            .Custom(
                (url, check) =>
                {
                    if (url?.Length is > 0 and <= PublicAddress.MaxLength)
                        if (PublicAddress.FindFault(url, policy.Outbound, WebhookPolicy.Example) is { } fault)
                            check.AddFailure(
                                new ValidationFailure(nameof(WebhookInput.Url), fault.Detail)
                                {
                                    ErrorCode = fault.Code,
                                }
                            );
                }
            );
        RuleFor(w => w.Events).NotEmpty();
        RuleFor(w => w.Events)
            .SetValidator(new MaxItemsValidator<WebhookInput, string>(50))
            .WithErrorCode("wrong-length")
            .WithMessage("At most 50 events; `*` stands for all.");
        RuleForEach(w => w.Events)
            .Must(EventTypes.IsSubscription)
            .WithErrorCode("unknown-event")
            .WithMessage(
                (_, type) =>
                    $"There is no event '{type}'. Known: {string.Join(", ", EventTypes.All)}, all of a "
                    + "kind such as section.*, and *."
            );
        RuleFor(w => w.Description).HasAtMost(300).IsLine();
    }
}

/// <summary>A webhook as its statements give it.</summary>
internal sealed record WebhookRow : IRevised
{
    public required Guid Id { get; init; }

    [Url]
    public required string Url { get; init; }
    public required string? Description { get; init; }
    public required string[] Events { get; init; }
    public required DateTimeOffset? PreviousSecretUntil { get; init; }
    public required string? PausedBecause { get; init; }
    public required DateTimeOffset? PausedAt { get; init; }
    public required int Failures { get; init; }
    public required DateTimeOffset? FailingSince { get; init; }
    public required int Revision { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public const string Select = """
        select w.id, w.url, w.description, w.events, w.previous_secret_until, w.paused_because, w.paused_at,
            w.failures, w.failing_since,
               w.revision, w.created_at, w.updated_at
        from webhooks w
        """;

    /// <summary>Locks it for the rest of the transaction: its queues stand still.</summary>
    /// <exception cref="Refused">404.</exception>
    public static async Task<WebhookRow> LockAsync(Edit edit, Guid id, CancellationToken ct)
    {
        var row =
            await edit.Transaction.FindAsync<WebhookRow>(
                $"{Select} where w.id = @id for update",
                new { id },
                ct
            ) ?? throw NotFound(id);
        edit.Found(row.Id, row.Revision);
        return row;
    }

    public static async Task<WebhookRow> ReadAsync(
        NpgsqlTransaction transaction,
        Guid id,
        CancellationToken ct
    ) => (await transaction.FindAsync<WebhookRow>($"{Select} where w.id = @id", new { id }, ct))!;

    public static Refused NotFound(Guid id) => Refused.NotFound("webhook", id.ToString());

    public WebhookInput ToInput() =>
        new()
        {
            Url = Url,
            Events = Events,
            Description = Description,
            Paused = PausedBecause is not null,
        };

    public Webhook View(DateTimeOffset now) =>
        new()
        {
            Id = Id,
            Url = Url,
            Events = Events,
            Description = Description,
            Paused = PausedBecause is not null,
            PausedBecause = PausedBecause is { } reason
                ? Enum.Parse<PauseReason>(reason, ignoreCase: true)
                : null,
            PausedAt = PausedAt,
            FailuresInRow = Failures,
            FailingSince = FailingSince,
            PreviousSecretUntil = PreviousSecretUntil > now ? PreviousSecretUntil : null,
            Revision = Revision,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };

    public NewWebhook View(DateTimeOffset now, byte[] secret)
    {
        var view = View(now);
        return new()
        {
            Id = view.Id,
            Url = view.Url,
            Events = view.Events,
            Description = view.Description,
            Paused = view.Paused,
            PausedBecause = view.PausedBecause,
            PausedAt = view.PausedAt,
            FailuresInRow = view.FailuresInRow,
            FailingSince = view.FailingSince,
            PreviousSecretUntil = view.PreviousSecretUntil,
            Revision = view.Revision,
            CreatedAt = view.CreatedAt,
            UpdatedAt = view.UpdatedAt,
            Secret = WebhookSecret.Show(secret),
        };
    }
}
