using System.Globalization;
using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;

namespace Cms.Previews;

/// <summary>Creates a preview of an article</summary>
/// <remarks>
/// `url` shows the article without a key, exactly as delivery will answer once it is published, whole body included.
/// Without `revision` it shows the working copy as it is when it is read; with it, that revision. It ends at
/// `expiresAt`: after seven days unless you say otherwise, and after 90 days at the latest. It shows nothing once you
/// may no longer make it: when your key is revoked or has expired, when your last token gave you no role that may, or
/// when an admin has ended your access; nor while the article is out of your sections. Only this answer contains the
/// token: the server stores a hash of it. Whoever has the address can read the draft, so send it only to those who may.
/// </remarks>
internal sealed class CreatePreview(DeskDoor desk) : DeskSlice<CreatePreviewRequest>(desk)
{
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
                edit.Wrote(head.Id, head.Revision);
                return await PreviewWriter.CreateAsync(
                    edit,
                    head.Id,
                    release: null,
                    input.Revision,
                    input.Note,
                    input.ExpiresAt,
                    ct
                );
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
        PreviewWriter.FindWrongEnd(input.ExpiresAt, now, faults);
        if (faults.Count > 0)
            throw Refused.Invalid(faults);
    }
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
        RuleFor(p => p.Note).HasAtMost(PreviewWriter.MaxNote).IsLine();
    }
}
