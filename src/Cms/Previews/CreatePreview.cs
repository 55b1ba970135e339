using System.Globalization;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;

namespace Cms.Previews;

/// <summary>Creates a preview of an article</summary>
/// <remarks>
/// `url` shows the article without a key, exactly as delivery will answer once it is published, whole body included.
/// Without `revision` it shows the working copy as it is when it is read; with it, that revision. It ends at
/// `expiresAt`: after seven days unless you say otherwise, and after 90 days at the latest. It also ends when your key
/// is revoked, and shows nothing while the article is out of your key's sections. Only this answer contains the token:
/// the server stores a hash of it. Whoever has the address can read the draft, so send it only to those who may.
/// </remarks>
internal sealed class CreatePreview(DeskDoor desk) : DeskSlice<CreatePreviewRequest>(desk)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    public override void Configure()
    {
        Post("/v1/editorial/articles/{slugOrId}/previews");
        Does(Act.CreatePreview);
        Answers<NewPreview>(201, ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(CreatePreviewRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var head = await ArticleHead.LockAsync(
                    edit,
                    request.SlugOrId,
                    conditions: default,
                    ifMatchRequired: false,
                    ct
                );
                var input = request.Preview;
                RequireSense(input, head, edit.At);
                var token = PreviewToken.Make();
                var id = Ids.New(edit.At);
                await edit.Transaction.ExecuteAsync(
                    Insert,
                    new
                    {
                        id,
                        Hash = PreviewToken.Hash(token),
                        Article = head.Id,
                        input.Revision,
                        input.Note,
                        edit.At,
                        By = edit.Caller.Id,
                        Until = input.ExpiresAt ?? edit.At + Lasts,
                    },
                    ct
                );
                var row = await edit.Transaction.FindAsync<PreviewRow>(
                    $"{PreviewRow.Select} where v.id = @id",
                    new { id },
                    ct
                );
                var preview = row!.View();
                edit.Wrote(head.Id, head.Revision);
                return new NewPreview
                {
                    Id = preview.Id,
                    Revision = preview.Revision,
                    Note = preview.Note,
                    CreatedAt = preview.CreatedAt,
                    CreatedBy = preview.CreatedBy,
                    ExpiresAt = preview.ExpiresAt,
                    Url = PreviewToken.Address(token),
                    Token = token,
                };
            },
            preview => Fresh.Of(preview, StatusCodes.Status201Created, preview.Url),
            ct
        );

    private static void RequireSense(PreviewInput input, ArticleHead head, DateTimeOffset now)
    {
        var faults = new Faults();
        if (input.Revision > head.Revision)
            faults.Add(
                Fault.At(
                    "/revision",
                    "unknown-revision",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"There is no revision {input.Revision}: the article has 1 to {head.Revision}."
                    )
                )
            );
        if (input.ExpiresAt <= now || input.ExpiresAt > now + PreviewInput.LastsAtMost)
            faults.Add(
                Fault.At(
                    "/expiresAt",
                    input.ExpiresAt <= now ? "in-the-past" : "too-far-ahead",
                    $"A preview ends within {PreviewInput.LastsAtMost.Days} days from now; it is {Json.Instant(now)}."
                )
            );
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
    }

    // Those that have ended are of no use to anybody.
    private const string Insert = """
        delete from previews where expires_at < @At;
        insert into previews (id, token_hash, article_id, revision, note, created_at, created_by, expires_at)
        values (@id, @Hash, @Article, @Revision, @Note, @At, @By, @Until)
        """;
}

internal sealed record CreatePreviewRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    [FromBody]
    public PreviewInput Preview { get; init; } = null!;
}

/// <summary>What a preview shows, and until when.</summary>
internal sealed record PreviewInput
{
    public static readonly TimeSpan LastsAtMost = TimeSpan.FromDays(90);

    /// <summary>The revision to show; null: the working copy, as it is when it is read.</summary>
    public int? Revision { get; init; }

    /// <summary>When it ends; null: after seven days.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it is for.</summary>
    /// <example>For the source, to check the quotes</example>
    [EmptyIsNotNull]
    public string? Note { get; init; }
}

internal sealed class PreviewInputRules : AbstractValidator<PreviewInput>
{
    public PreviewInputRules()
    {
        RuleFor(p => p.Revision).GreaterThan(0);
        RuleFor(p => p.Note).HasAtMost(500).IsLine();
    }
}
