using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using FastEndpoints;
using FluentValidation;

namespace Cms.Images;

/// <summary>Returns a later file of an image</summary>
/// <remarks>
/// As `/media/{imageId}/original`, for an image whose file was replaced: each file has an address of its own, so that
/// it can be kept forever. The address of a former file redirects to that of the present one (308). Take addresses
/// from `url` of an image rather than building them.
/// </remarks>
internal sealed class GetMediaVersion(OriginalFiles originals) : Slice<GetMediaVersionRequest>
{
    public override void Configure()
    {
        Get("/media/{imageId}/original-v{version}");
        AllowAnonymous();
        Answers<MediaFile>(200, ProblemKinds.NotFound, ProblemKinds.RightsEnded);
        Options(b =>
            b.WithMetadata(
                new ContentMetadata("image/avif", "image/gif", "image/jpeg", "image/png", "image/webp")
                {
                    HasRanges = true,
                    Headers = ["Cache-Tag"],
                },
                new RedirectMetadata("The image has another file now.")
            )
        );
    }

    public override Task<IResult> ExecuteAsync(GetMediaVersionRequest request, CancellationToken ct) =>
        originals.AnswerAsync(HttpContext, request.ImageId, request.Version, ct);
}

internal sealed record GetMediaVersionRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid ImageId { get; init; }

    /// <summary>Counts the files that the image has had.</summary>
    [RouteParam]
    public int Version { get; init; }
}

internal sealed class GetMediaVersionRules : AbstractValidator<GetMediaVersionRequest>
{
    public GetMediaVersionRules() => RuleFor(r => r.Version).GreaterThanOrEqualTo(1);
}
