using Cms.Access;
using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http;

namespace Cms.Editorial.Tags;

/// <summary>Deletes a tag</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteTag(DeskDoor desk) : Slice<DeleteResourceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/tags/{slugOrId}");
        Permissions(Permission.WriteTags);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        await desk.DoAsync(
            Act.DeleteTag,
            HttpContext.Caller(),
            async edit =>
            {
                var head = await Resource.Tag.DeleteAsync(
                    edit.Transaction,
                    request.SlugOrId,
                    edit.Caller,
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                edit.Announcement.Deleted(EntityType.Tag, head.Id);
                return head;
            },
            ct
        );
        return TypedResults.NoContent();
    }

    private static readonly string SelectUsage = Reach.Users("tag");
}
