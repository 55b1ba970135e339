using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;

namespace Cms.Editorial.Tags;

/// <summary>Deletes a tag</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteTag(DeskDoor desk) : DeskSlice<DeleteResourceRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/tags/{slugOrId}");
        Does(Act.DeleteTag);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var head = await Resource.Tag.DeleteAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                edit.Announcement.Deleted(EntityType.Tag, head.Id);
                return head;
            },
            _ => new Done(),
            ct
        );
    }

    private static readonly string SelectUsage = Reach.Users("tag");
}
