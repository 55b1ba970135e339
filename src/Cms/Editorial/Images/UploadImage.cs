using Cms.Desk;
using Cms.Images.Files;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Load;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Images;

/// <summary>Uploads an image</summary>
/// <remarks>
/// JPEG, PNG, WebP, GIF or AVIF, recognised by its bytes. The limits are 25 MiB (413), 100 megapixels, 32,767 pixels on
/// each side, 2,000 frames and 30 seconds to decode (422, `image-too-large`). Of the file's metadata only copyright,
/// credit, licence, orientation, resolution and colour profile are kept; the picture itself is not changed. The same
/// file uploaded twice is stored once; each upload has its own texts. A few uploads are checked at a time. Others wait
/// for up to 30 seconds; if more than 64 wait, or one has waited for longer, the answer is 503 (`overloaded`) with
/// `Retry-After`, and nothing was stored.
/// </remarks>
internal sealed class UploadImage(DeskDoor desk, ImageLibrary library, Admission admission)
    : DeskSlice<UploadImageRequest>(desk)
{
    /// <summary>The form around a file of the greatest size.</summary>
    private const long MaxFormBytes = ImageLimits.MaxBytes + (1024 * 1024);

    private IDisposable? _place;
    private SoundFile? _file;

    public override void Configure()
    {
        Post("/v1/editorial/images");
        Does(Act.UploadImage);
        MaxRequestBodySize(MaxFormBytes);
        Answers<EditorialImage>(201);
    }

    // Until it has a place here, an upload has none in the database, and its file is on disk only.
    protected override async Task PrepareAsync(UploadImageRequest request, CancellationToken ct)
    {
        _place = await admission.TakeAsync(Share.Uploads, ct);
        HttpContext.Response.RegisterForDispose(_place);
        await using var upload = request.File!.OpenReadStream();
        _file = await ImageLibrary.InspectAsync(upload, ct);
    }

    public override async Task<IResult> ExecuteAsync(UploadImageRequest request, CancellationToken ct)
    {
        // Held until the file is stored: there are never more files in memory than places.
        using var place = _place;
        var words = new ImageInput
        {
            Alt = request.Alt,
            Caption = request.Caption,
            Credit = request.Credit,
            FocalPoint = request.FocalX is { } x ? new() { X = x, Y = request.FocalY!.Value } : null,
        };
        var answer = await DoAsync(
            async edit =>
            {
                var id = await library.AddAsync(
                    edit.Transaction,
                    _file!,
                    words,
                    FileNames.Of(request.File!.FileName),
                    edit.At,
                    ct
                );
                return (await EditorialImageRow.ReadAsync(edit.Transaction, id, ct)).View();
            },
            image => new Saved<EditorialImage>(
                image,
                image.Revision,
                StatusCodes.Status201Created,
                $"/v1/editorial/images/{image.Id}"
            ),
            ct
        );
        _file = null;
        return answer;
    }
}

internal sealed record UploadImageRequest
{
    /// <summary>The file.</summary>
    [FormField]
    public IFormFile? File { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    [FormField]
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    [FormField]
    public string? Caption { get; init; }

    /// <summary>Whose picture it is.</summary>
    [FormField]
    public string? Credit { get; init; }

    /// <summary>What must stay in the picture when it is cropped: from the left, 0 to 1. With `focalY`.</summary>
    [FormField]
    [TogetherWith("focalY")]
    public double? FocalX { get; init; }

    /// <summary>What must stay in the picture when it is cropped: from the top, 0 to 1. With `focalX`.</summary>
    [FormField]
    [TogetherWith("focalX")]
    public double? FocalY { get; init; }
}

internal sealed class UploadImageRules : AbstractValidator<UploadImageRequest>
{
    public UploadImageRules()
    {
        RuleFor(i => i.File)
            .NotNull()
            .WithErrorCode("missing")
            .WithMessage("The form has no field 'file' with a file in it.");
        RuleFor(i => i.Alt).HasAtMost(Articles.ArticleLimits.Alt);
        RuleFor(i => i.Caption).HasAtMost(Articles.ArticleLimits.Caption);
        RuleFor(i => i.Credit).HasAtMost(Articles.ArticleLimits.Credit);
        RuleFor(i => i.FocalX).InclusiveBetween(0, 1);
        RuleFor(i => i.FocalY).InclusiveBetween(0, 1);
        RuleFor(i => i.FocalY)
            .Must((form, y) => form.FocalX is null == y is null)
            .WithErrorCode("contradiction")
            .WithMessage("focalX and focalY come together.");
    }
}
