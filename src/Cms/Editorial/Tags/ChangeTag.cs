using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;

namespace Cms.Editorial.Tags;

/// <summary>Changes a tag</summary>
/// <remarks>A merge patch (RFC 7396); readers see the change at once, wherever the tag is named. `If-Match` must carry
/// the `ETag` that it starts from.</remarks>
internal sealed class ChangeTag(DeskDoor desk, IServiceProvider services)
    : DeskSlice<ChangeResourceRequest<TagInput>>(desk)
{
    public override void Configure()
    {
        Patch("/v1/editorial/tags/{slugOrId}");
        Does(Act.ChangeTag);
        Answers<EditorialTag>(200, [.. ResourceRefusals.Change, ProblemKinds.NameTaken]);
    }

    public override async Task<IResult> ExecuteAsync(
        ChangeResourceRequest<TagInput> request,
        CancellationToken ct
    )
    {
        return await DoAsync(
            async edit =>
            {
                var head = await Resource.Tag.LockAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    exclusive: false,
                    ct
                );
                var current = await EditorialTagRow.ReadAsync(edit.Transaction, head.Id, ct);
                var input = await request.Patch.ApplyAsync(
                    current.ToInput(),
                    merged => Rules.Check(services, merged, parameters: false)
                );
                if (Resource.IsSame(input, current.ToInput()))
                    return current.View();
                await TagWriter.ChangeAsync(edit.Transaction, head.Id, input, edit.Caller, edit.At, ct);
                var changed = await EditorialTagRow.ReadAsync(edit.Transaction, head.Id, ct);
                edit.Announcement.Changed(EntityType.Tag, head.Id);
                return changed.View();
            },
            tag => new Saved<EditorialTag>(tag, tag.Revision),
            ct
        );
    }
}
