using Cms.Desk;
using Cms.Editorial.Articles;
using Cms.Images.Files;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Validation;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Images.Uploading;

/// <summary>Uploads an image</summary>
/// <remarks>
/// As a form with the file, or as JSON with the address of the file (`url`), which the server then loads: at most 25
/// MiB within 30 seconds, from the public internet only. JPEG, PNG, WebP, GIF or AVIF, recognised by its bytes; others
/// are 415, which names HEIC, SVG, TIFF and the like, and says what to do instead.
///
/// The limits are 25 MiB (413), 100 megapixels, 32,767 pixels on each side, 2,000 frames and 30 seconds to decode (422,
/// `image-too-large`). Texts that the request leaves out are taken from the file's IPTC and XMP, unless `prefill` is
/// false. Of the file's metadata only copyright, credit, licence, orientation, resolution and colour profile are kept;
/// the picture itself is not changed. The same file uploaded twice is stored once; each upload has its own texts. A few
/// uploads are checked at a time. Others wait for up to 30 seconds; if more than 64 wait, or one has waited for longer,
/// the answer is 503 (`overloaded`) with `Retry-After`, and nothing was stored.
/// </remarks>
internal sealed class UploadImage(DeskDoor desk, ImageLibrary library, ImageIntake intake)
    : DeskSlice<UploadImageRequest>(desk)
{
    private TakenImage? _taken;
    private IWritable? _first;

    public override void Configure()
    {
        Post("/v1/editorial/images");
        Does(Act.UploadImage);
        MaxRequestBodySize(ImageIntake.MaxFormBytes);
        Answers<EditorialImage>(201);
    }

    // Until it has a place here, an upload has none in the database, and its file is on disk only.
    protected override async Task PrepareAsync(UploadImageRequest request, CancellationToken ct)
    {
        if (request.Source is null)
            _taken = await intake.TakeAsync(HttpContext, request.File!, ct);
        else
        {
            // A retry is answered without loading the file again, which may be gone.
            _first = await FirstAnswerAsync(ct);
            if (_first is null)
                _taken = await intake.TakeAsync(HttpContext, request.Source.Url, ct);
        }
    }

    public override async Task<IResult> ExecuteAsync(UploadImageRequest request, CancellationToken ct)
    {
        if (_first is not null)
            return _first;
        using var taken = _taken!;
        ImageWords said = request.Source is null ? request.ToInput() : request.Source;
        var prefill = request.Source?.Prefill ?? request.Prefill;
        var words = said.FilledFrom(prefill ? taken.File.File.Words : FileWords.None);
        var answer = await DoAsync(
            async edit =>
            {
                var id = await library.AddAsync(
                    edit.Transaction,
                    taken.File,
                    words,
                    taken.FileName,
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
        _taken = null;
        return answer;
    }
}

internal sealed record UploadImageRequest
{
    /// <summary>The image's address, instead of a form.</summary>
    [FromBody]
    public ImageFromUrl? Source { get; init; }

    /// <summary>The file.</summary>
    [FormField]
    public IFormFile? File { get; init; }

    /// <summary>What the picture shows, for those who cannot see it.</summary>
    [FormField]
    public string? Alt { get; init; }

    /// <summary>The line under the picture.</summary>
    [FormField]
    public string? Caption { get; init; }

    /// <summary>Whose picture it is, as readers are told.</summary>
    [FormField]
    public string? Credit { get; init; }

    /// <summary>What the desk calls the picture.</summary>
    [FormField]
    public string? Title { get; init; }

    /// <summary>The copyright notice.</summary>
    [FormField]
    public string? Copyright { get; init; }

    /// <summary>Who made the picture.</summary>
    [FormField]
    public string? Creator { get; init; }

    /// <summary>Under which terms the picture may be used. Readers see it.</summary>
    [FormField]
    public string? Licence { get; init; }

    /// <summary>When the right to show the picture ends; missing: never.</summary>
    [FormField]
    public DateTimeOffset? UsageUntil { get; init; }

    /// <summary>What must stay in the picture when it is cropped: from the left, 0 to 1. With `focalY`.</summary>
    [FormField]
    [TogetherWith("focalY")]
    public double? FocalX { get; init; }

    /// <summary>What must stay in the picture when it is cropped: from the top, 0 to 1. With `focalX`.</summary>
    [FormField]
    [TogetherWith("focalX")]
    public double? FocalY { get; init; }

    /// <summary>Whether texts that are missing here are taken from the file (IPTC, XMP).</summary>
    [FormField]
    public bool Prefill { get; init; } = true;

    public ImageInput ToInput() =>
        new()
        {
            Alt = Alt,
            Caption = Caption,
            Credit = Credit,
            Title = Title,
            Copyright = Copyright,
            Creator = Creator,
            Licence = Licence,
            UsageUntil = UsageUntil,
            FocalPoint = FocalX is { } x ? new() { X = x, Y = FocalY!.Value } : null,
        };
}

internal sealed class UploadImageRules : AbstractValidator<UploadImageRequest>
{
    public UploadImageRules()
    {
        RuleFor(i => i.File)
            .NotNull()
            .WithErrorCode("missing")
            .WithMessage("The form has no field 'file' with a file in it.");
        RuleFor(i => i.Alt).HasAtMost(ArticleLimits.Alt);
        RuleFor(i => i.Caption).HasAtMost(ArticleLimits.Caption);
        RuleFor(i => i.Credit).HasAtMost(ArticleLimits.Credit);
        RuleFor(i => i.Title).HasAtMost(ImageTexts.MaxTitle);
        RuleFor(i => i.Copyright).HasAtMost(ImageTexts.MaxCopyright);
        RuleFor(i => i.Creator).HasAtMost(ImageTexts.MaxCreator);
        RuleFor(i => i.Licence).HasAtMost(ImageTexts.MaxLicence);
        RuleFor(i => i.FocalX).InclusiveBetween(0, 1);
        RuleFor(i => i.FocalY).InclusiveBetween(0, 1);
        RuleFor(i => i.FocalY)
            .Must((form, y) => form.FocalX is null == y is null)
            .WithErrorCode("contradiction")
            .WithMessage("focalX and focalY come together.");
    }
}
