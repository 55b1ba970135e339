using Cms.Changes;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Authors;

/// <summary>Deletes an author</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteAuthor(DeskDoor desk) : DeskSlice<DeleteResourceRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/authors/{slugOrId}");
        Does(Act.DeleteAuthor);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                // Their picture may have been seen with them only.
                var avatar = await edit.Transaction.FindAsync<Guid?>(
                    $"select avatar_image_id from authors r where {Resource.Author.Where("r", request.SlugOrId)}",
                    Resource.Address(request.SlugOrId, edit.Caller),
                    ct
                );
                var head = await Resource.Author.DeleteAsync(
                    edit,
                    request.SlugOrId,
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                edit.Announcement.Deleted(EntityType.Author, head.Id);
                if (avatar is { } image)
                    edit.Announcement.Touched(EntityType.Image, image);
                return head;
            },
            _ => new Done(),
            ct
        );
    }

    private static readonly string SelectUsage = Reach.Users("author");
}
