using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;

namespace Cms.Editorial.Tags;

/// <summary>Deletes a tag</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteTag(ChangeLog changes) : Slice<DeleteResourceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/tags/{slugOrId}");
        Permissions(Access.Permissions.WriteTags);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var head = await Resource.Tag.DeleteAsync(
                    transaction,
                    request.SlugOrId,
                    HttpContext.Caller(),
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                announcement.Deleted("tag", head.Id);
                return head;
            },
            ct
        );
        return TypedResults.NoContent();
    }

    private static readonly string SelectUsage = Reach.Users("tag");
}
