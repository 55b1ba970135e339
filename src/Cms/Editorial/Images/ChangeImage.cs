using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.ForReaders;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Requests;
using Cms.Platform.Http.Validation;
using FastEndpoints;

namespace Cms.Editorial.Images;

/// <summary>Changes an image</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the image is named. `If-Match` must
/// carry the `ETag` that it starts from.</remarks>
internal sealed class ChangeImage(DeskDoor desk, IServiceProvider services, NextChange nextChange)
    : DeskSlice<ChangeImageRequest>(desk)
{
    public override void Configure()
    {
        Patch("/v1/editorial/images/{id}");
        Does(Act.ChangeImage);
        Answers<EditorialImage>(200, ResourceRefusals.Change);
    }

    public override async Task<IResult> ExecuteAsync(ChangeImageRequest request, CancellationToken ct)
    {
        var reference = request.Id.ToString();
        return await DoAsync(
            async edit =>
            {
                var head = await Resource.Image.LockAsync(
                    edit,
                    reference,
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = await EditorialImageRow.ReadAsync(edit.Transaction, head.Id, ct);
                var input = await request.Patch.ApplyAsync(
                    current.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false)
                );
                if (Resource.IsSame(input, current.ToInput()))
                    return current.View();
                await ImageWriter.ChangeAsync(edit.Transaction, head.Id, input, edit.At, ct);
                var changed = await EditorialImageRow.ReadAsync(edit.Transaction, head.Id, ct);
                var before = current.ToInput();
                if ((before.Alt, before.Caption, before.Credit) != (input.Alt, input.Caption, input.Credit))
                    await Publisher.ImageSaysAsync(edit.Transaction, head.Id, ct);
                edit.Announcement.Changed(EntityType.Image, head.Id);
                if (changed.UsageEndedAt is null != current.UsageEndedAt is null)
                    await ImageWriter.AnnounceUsageAsync(
                        edit.Transaction,
                        edit.Announcement,
                        head.Id,
                        hasEnded: changed.UsageEndedAt is not null,
                        ct
                    );
                // Caches need not wait until the clock looks next.
                else if (changed is { UsageUntil: { } until, UsageEndedAt: null })
                    nextChange.IsAtTheLatest(until);
                return changed.View();
            },
            image => new Saved<EditorialImage>(image, image.Revision),
            ct
        );
    }
}

internal sealed record ChangeImageRequest : ChangingRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }

    [FromBody]
    public MergePatch<ImageInput> Patch { get; init; } = null!;
}
