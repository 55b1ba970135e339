using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Images;

/// <summary>Returns an image's file</summary>
/// <remarks>
/// The original file. Of its metadata only copyright, credit, licence, orientation, resolution and colours are kept.
/// It never changes at this address, so cache it as long as `Cache-Control` says: forever (`immutable`), or until the
/// right to show it ends (then 410). Supports `Range` and `If-None-Match`. Anyone with the address can load it: the
/// address cannot be guessed, and the file contains no texts of the newsroom.
/// </remarks>
internal sealed class GetMedia(OriginalFiles originals) : Slice<GetMediaRequest>
{
    public override void Configure()
    {
        Get("/media/{imageId}/original");
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

    public override Task<IResult> ExecuteAsync(GetMediaRequest request, CancellationToken ct) =>
        originals.AnswerAsync(HttpContext, request.ImageId, version: 1, ct);
}

internal sealed record GetMediaRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid ImageId { get; init; }
}

/// <summary>An image file.</summary>
internal sealed record MediaFile;
