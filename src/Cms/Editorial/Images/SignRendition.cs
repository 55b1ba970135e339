using Cms.Access;
using Cms.Images.Renditions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Renditions;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Returns the address of a rendition of any size</summary>
/// <remarks>
/// For sizes and qualities that are not on the lists of `GET /media/{imageId}/{rendition}`, such as
/// `w1234-h567-crop-q72`: the address ends with a signature, and anybody may load it. What is on the lists has no
/// signature. `width` and `height` are those of the file, which is never larger than the original. It is 400
/// (`cannot-sign`) if the server has no secret (`Cms__SigningSecrets`).
/// </remarks>
internal sealed class SignRendition(
    NpgsqlDataSource postgres,
    RenditionRules rules,
    RenditionSignatures signatures
) : Slice<SignRenditionRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/images/{id}/renditions/{rendition}");
        Permissions(Permission.ReadDesk);
        Answers<RenditionAddress>(200, ResourceRefusals.Read);
    }

    public override async Task<IResult> ExecuteAsync(SignRenditionRequest request, CancellationToken ct)
    {
        var asked = RenditionNames.Read(request.Rendition) with { Signature = null };
        if (!rules.Lists(asked))
            asked = signatures.CanSign
                ? signatures.Sign(request.Id, asked)
                : throw RenditionNames.Wrong(
                    "cannot-sign",
                    "This size or quality needs a signature, and the server has no secret to sign with. Set "
                        + "Cms__SigningSecrets__0."
                );
        var reference = request.Id.ToString();
        var image =
            await postgres.FindAsync<ImageRow>(
                $"{Select} where {Resource.Image.Where("r", reference)}",
                Resource.Address(reference, HttpContext.Caller()),
                ct
            ) ?? throw Refused.NotFound("image", reference);
        var rendition = asked with { Version = image.PictureVersion };
        var frame = Frame.Of(rendition, image.Width, image.Height);
        return Fresh.Of(
            new RenditionAddress
            {
                Url = MediaUrl.Of(request.Id, rendition.ToString()),
                Width = frame.Width,
                Height = frame.Height,
            }
        );
    }

    private const string Select = """
        select f.width, f.height, r.picture_version from images r join image_files f using (sha256)
        """;

    private sealed record ImageRow
    {
        public required int Width { get; init; }
        public required int Height { get; init; }
        public required int PictureVersion { get; init; }
    }
}

internal sealed record SignRenditionRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    /// <summary>The name of the rendition, without a signature.</summary>
    /// <example>w800-16x9</example>
    [RouteParam]
    public string Rendition { get; init; } = "";
}

/// <summary>Where a rendition is.</summary>
internal sealed record RenditionAddress
{
    /// <summary>The address, with a signature if it needs one.</summary>
    /// <example>/media/01981f5e-0004-7000-8000-000000000001/w800-16x9</example>
    public required string Url { get; init; }

    /// <summary>Of the file, in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Of the file, in pixels.</summary>
    public required int Height { get; init; }
}
