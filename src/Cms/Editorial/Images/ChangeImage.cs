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
/// carry the `ETag` that it starts from. A key that is limited to sections may change `usageUntil` and `licence` only
/// if all articles that use the image are in its sections (403).</remarks>
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
        DateTimeOffset? ahead = null;
        var answer = await DoAsync(
            async edit =>
            {
                ahead = null;
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
                var before = current.ToInput();
                if ((before.UsageUntil, before.Licence) != (input.UsageUntil, input.Licence))
                    await ImageReach.RequireAllAsync(
                        edit,
                        head.Id,
                        "change its 'usageUntil' or 'licence'",
                        ct
                    );
                await ImageWriter.ChangeAsync(edit.Transaction, head.Id, input, edit.At, ct);
                var changed = await EditorialImageRow.ReadAsync(edit.Transaction, head.Id, ct);
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
                else if (changed is { UsageUntil: { } until, UsageEndedAt: null })
                    ahead = until;
                return changed.View();
            },
            image => new Saved<EditorialImage>(image, image.Revision),
            ct
        );
        // Caches need not wait until the clock looks next. Told before the commit, a look might not find it.
        if (ahead is { } at)
            nextChange.IsAtTheLatest(at);
        return answer;
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
