using Cms.Desk;
using Cms.Editorial.Releases;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;

namespace Cms.Previews.Releases;

/// <summary>Creates a preview of a release</summary>
/// <remarks>
/// `url` lists, without a key, the published articles as they will be once the release has gone live; below it each
/// article is read by its slug (`listPreviewArticles`, `getPreviewArticle`). It shows the release as it is when it is
/// read, with the whole bodies of the articles that it publishes; once it is live, what readers without a key see. It
/// ends at `expiresAt`: after seven days unless you say otherwise, and after 90 days at the latest. It also
/// ends when your key is revoked, and shows nothing while an article of the release is out of your key's sections. Only
/// this answer contains the token. Whoever has the address can read the drafts, so send it only to those who may.
/// </remarks>
internal sealed class CreateReleasePreview(DeskDoor desk) : DeskSlice<CreateReleasePreviewRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/releases/{releaseId}/previews");
        Does(Act.PreviewRelease);
        Answers<NewPreview>(201, ProblemKinds.NotFound);
    }

    public override Task<IResult> ExecuteAsync(CreateReleasePreviewRequest request, CancellationToken ct) =>
        DoAsync(
            async edit =>
            {
                var release = await ReleaseHead.LockAsync(
                    edit,
                    request.ReleaseId,
                    conditions: default,
                    ifMatchRequired: false,
                    ct
                );
                var faults = new Faults();
                PreviewWriter.FindWrongEnd(request.Preview.ExpiresAt, edit.At, faults);
                if (faults.Count > 0)
                    throw Refused.Invalid(faults);
                edit.Wrote(release.Id, release.Revision);
                return await PreviewWriter.CreateAsync(
                    edit,
                    article: null,
                    release.Id,
                    revision: null,
                    request.Preview.Note,
                    request.Preview.ExpiresAt,
                    ct
                );
            },
            preview => Fresh.Of(preview, StatusCodes.Status201Created, preview.Url),
            ct
        );
}

internal sealed record CreateReleasePreviewRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }

    [FromBody]
    [OptionalBody]
    public ReleasePreviewInput Preview { get; init; } = new();
}

/// <summary>Until when the preview of a release shows it.</summary>
internal sealed record ReleasePreviewInput
{
    /// <summary>When it ends; null: after seven days.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What it is for.</summary>
    /// <example>For the desk, before election night</example>
    [EmptyIsNotNull]
    public string? Note { get; init; }
}

internal sealed class ReleasePreviewInputRules : AbstractValidator<ReleasePreviewInput>
{
    public ReleasePreviewInputRules() => RuleFor(p => p.Note).HasAtMost(PreviewWriter.MaxNote).IsLine();
}
