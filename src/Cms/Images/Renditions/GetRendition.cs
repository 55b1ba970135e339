using Cms.Images.Files;
using Cms.Platform.Http;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Problems;
using Cms.Publishing.Renditions;
using FastEndpoints;

namespace Cms.Images.Renditions;

/// <summary>Returns a rendition of an image</summary>
/// <remarks>
/// The picture as small as a page needs it. The name says what it is: `w800` is 800 pixels wide; `w800-16x9` is cropped
/// to 16:9 (also `4x3`, `3x2`, `1x1`, `9x16`); `w1200-h630-crop` to a size. The focal point stays in the picture, as
/// near to the middle as the edges allow; without one, what catches the eye. Nothing is enlarged: of a smaller original
/// the rendition is smaller.
///
/// Widths are 16, 32, 48, 64, 96, 128, 200, 256, 320, 384, 400, 480, 600, 640, 750, 800, 828, 960, 1080, 1200, 1280,
/// 1440, 1600, 1920, 2048, 2400, 2560 and 3840, unless the server is configured otherwise. Other sizes are 400, which
/// names the allowed ones. A signature at the end of the name (`w1234-s…`) allows any size: the desk and
/// `cms images sign` make it.
///
/// Without a format in the name the client's `Accept` decides: AVIF or WebP if it names them, otherwise JPEG, or PNG
/// where the picture is transparent. `-avif`, `-webp`, `-jpeg` and `-png` fix the format, `-q75` the quality (30, 40,
/// 50, 60, 70, 75, 80, 85, 90, 95). Animations stay animated as WebP, unless their frames have more than 100 megapixels
/// together: then the answer is their first frame, as `-still` always gives. No side is longer than 16,383 pixels, the
/// limit of WebP: of a higher picture the rendition is narrower.
///
/// The picture is upright, in sRGB, and has no metadata but credit, copyright and licence. It never changes at its
/// address. After a change of the focal point or the file the address ends with a version (`-v2`); others redirect
/// there, as other spellings do (308). Take addresses from `sources` and `crops` of an image rather than building them.
///
/// A rendition is made when it is first asked for. If too many wait to be made, the answer is 503 with `Retry-After`.
/// </remarks>
internal sealed class GetRendition(
    RenditionLibrary library,
    KnownOriginals originals,
    RenditionRules rules,
    RenditionSignatures signatures,
    OpenFiles files,
    TimeProvider clock
) : Slice<GetRenditionRequest>
{
    // Addresses of other spellings and versions are few, and wrong after the next change of the picture.
    private const string ForAnHour = "public, max-age=3600";
    private const string ForAMinute = "public, max-age=60";

    protected override Admitted Admitted => Admitted.ForEachRead;

    public override void Configure()
    {
        Get("/media/{imageId}/{rendition}");
        AllowAnonymous();
        Answers<MediaFile>(200, ProblemKinds.NotFound, ProblemKinds.RightsEnded);
        Options(b =>
            b.WithMetadata(
                new ContentMetadata("image/avif", "image/webp", "image/jpeg", "image/png")
                {
                    HasRanges = true,
                    Headers = ["Cache-Tag", "Vary of formats"],
                },
                new RedirectMetadata("The rendition has another name.")
            )
        );
    }

    public override async Task<IResult> ExecuteAsync(GetRenditionRequest request, CancellationToken ct)
    {
        var asked = RenditionNames.Read(request.Rendition);
        var original = await FindAsync(request.ImageId, asked, ct);
        while (true)
            try
            {
                return await AnswerAsync(request, asked, original, ct);
            }
            catch (FileNotFoundException)
            {
                // It may have been replaced or deleted since its row was read.
                originals.Forget(request.ImageId);
                var now = await FindAsync(request.ImageId, asked, ct);
                if (now.Sha256 == original.Sha256)
                    throw;
                original = now;
            }
    }

    private async Task<Original> FindAsync(Guid image, Rendition asked, CancellationToken ct) =>
        await originals.FindAsync(image, asked.Version, ct)
        ?? throw Refused.NotFound("image", image.ToString());

    private async Task<IResult> AnswerAsync(
        GetRenditionRequest request,
        Rendition asked,
        Original original,
        CancellationToken ct
    )
    {
        var rendition = Allowed(request.ImageId, asked);
        MediaRights.Require(request.ImageId, original.UsageUntil, clock.GetUtcNow());
        var name = (rendition with { Version = original.Version }).ToString();
        if (name != request.Rendition)
            return Redirect(request.ImageId, name, asked.Version - original.Version);
        var order = RenditionOrder.Of(
            original,
            rendition,
            RenditionNegotiation.Choose(rendition, original.Format, HttpContext.Request.Headers.Accept)
        );
        byte[]? unstored = null;
        var answer = await MediaAnswer.OfAsync(
            HttpContext,
            request.ImageId,
            order.Key,
            original.ChangedAt,
            files,
            async () => unstored = await library.MakeAsync(order, ct),
            async () =>
            {
                var content = unstored is null
                    ? await library.OpenAsync(order, ct)
                    : new MemoryStream(unstored, writable: false);
                return (content, await MediaTypeOfAsync(content, ct));
            }
        );
        if (rendition.Format is null)
            HttpContext.Response.Headers.Vary = "Accept";
        MediaRights.Cut(HttpContext.Response, original.UsageUntil, clock.GetUtcNow());
        return answer;
    }

    /// <param name="name">Of the rendition that is meant.</param>
    /// <param name="ahead">By how many versions the address is ahead of the picture.</param>
    private IResult Redirect(Guid image, string name, int ahead)
    {
        HttpContext.Response.Headers["Cache-Tag"] = MediaAnswer.CacheTagOf(image);
        HttpContext.Response.Headers.CacheControl = ahead switch
        {
            0 => ForAnHour,
            < 0 => ForAMinute,
            // The next change of the picture makes it the right address.
            _ => "no-store",
        };
        // Relative to the address that the client knows: a CDN may have a path of its own before it.
        return TypedResults.Redirect(
            $"{name}{HttpContext.Request.QueryString}",
            permanent: true,
            preserveMethod: true
        );
    }

    private static async Task<string> MediaTypeOfAsync(Stream content, CancellationToken ct)
    {
        var start = new byte[64];
        var length = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, ct);
        content.Position = 0;
        return ImageFormats.Recognise(start.AsSpan(0, length))?.MediaType()
            ?? throw new InvalidDataException("A stored rendition is no image.");
    }

    /// <summary>The rendition that is meant, in the one spelling of its name.</summary>
    private Rendition Allowed(Guid image, Rendition asked)
    {
        var unsigned = asked with { Signature = null };
        if (asked.Signature is null || rules.Lists(unsigned))
            return rules.Allowed(unsigned, out var faults)
                ?? throw RenditionNames.Wrong("unknown-rendition", faults);
        return signatures.Holds(image, asked)
            ? asked
            : throw RenditionNames.Wrong(
                "wrong-signature",
                "The signature was not made for this rendition of this image, or with another secret."
            );
    }
}

internal sealed record GetRenditionRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid ImageId { get; init; }

    /// <summary>The name of the rendition.</summary>
    /// <example>w800-16x9</example>
    [RouteParam]
    public string Rendition { get; init; } = "";
}
