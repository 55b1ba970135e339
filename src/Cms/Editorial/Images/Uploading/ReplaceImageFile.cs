using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.Upkeep;
using Cms.Platform.Http.Answers;
using FastEndpoints;
using FluentValidation;

namespace Cms.Editorial.Images.Uploading;

/// <summary>Replaces the file of an image</summary>
/// <remarks>
/// The image keeps its id, its texts and its focal point, and everything that uses it shows the new file at once. It
/// has a new revision, and its files new addresses. The limits are those of an upload. The former file is removed if
/// no other image has it. The same file again changes nothing. A key that is limited to sections may do this only if
/// all articles that use the image are in its sections (403).
/// </remarks>
internal sealed class ReplaceImageFile(
    DeskDoor desk,
    ImageLibrary library,
    ImageIntake intake,
    FileSweep files
) : DeskSlice<ReplaceImageFileRequest>(desk)
{
    private TakenImage? _taken;

    public override void Configure()
    {
        Put("/v1/editorial/images/{id}/file");
        Does(Act.ReplaceImageFile);
        MaxRequestBodySize(ImageIntake.MaxFormBytes);
        Answers<EditorialImage>(200, [.. ResourceRefusals.Change.Where(k => k.Code != "slug-taken")]);
    }

    protected override async Task PrepareAsync(ReplaceImageFileRequest request, CancellationToken ct) =>
        _taken = await intake.TakeAsync(HttpContext, request.File!, ct);

    public override async Task<IResult> ExecuteAsync(ReplaceImageFileRequest request, CancellationToken ct)
    {
        using var taken = _taken!;
        string? former = null;
        var answer = await DoAsync(
            async edit =>
            {
                former = null;
                var head = await Resource.Image.LockAsync(
                    edit,
                    request.Id.ToString(),
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = (await EditorialImageRow.ReadAsync(edit.Transaction, head.Id, ct)).View();
                if (current.Sha256 == taken.File.File.BytesSha256)
                    return current;
                await ImageReach.RequireAllAsync(edit, head.Id, "replace its file", ct);
                await library.ReplaceAsync(
                    edit.Transaction,
                    head.Id,
                    taken.File,
                    taken.FileName,
                    edit.At,
                    ct
                );
                former = current.Sha256;
                edit.Announcement.Changed(EntityType.Image, head.Id);
                return (await EditorialImageRow.ReadAsync(edit.Transaction, head.Id, ct)).View();
            },
            image => new Saved<EditorialImage>(image, image.Revision),
            ct
        );
        _taken = null;
        if (former is not null)
            await files.RemoveUnusedAsync(former, CancellationToken.None);
        return answer;
    }
}

internal sealed record ReplaceImageFileRequest : ChangingRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    /// <summary>The new file.</summary>
    [FormField]
    public IFormFile? File { get; init; }
}

internal sealed class ReplaceImageFileRules : AbstractValidator<ReplaceImageFileRequest>
{
    public ReplaceImageFileRules() =>
        RuleFor(i => i.File)
            .NotNull()
            .WithErrorCode("missing")
            .WithMessage("The form has no field 'file' with a file in it.");
}
