using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;

namespace Cms.Editorial.Authors;

/// <summary>Deletes an author</summary>
/// <remarks>Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteAuthor(ChangeLog changes) : Slice<DeleteResourceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/authors/{slugOrId}");
        Permissions(Access.Permissions.WriteAuthors);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                // Their picture may have been seen with them only.
                var avatar = await transaction.FindAsync<Guid?>(
                    $"select avatar_image_id from authors r where {Resource.Author.Where("r", request.SlugOrId)}",
                    Resource.Address(request.SlugOrId, HttpContext.Caller()),
                    ct
                );
                var head = await Resource.Author.DeleteAsync(
                    transaction,
                    request.SlugOrId,
                    HttpContext.Caller(),
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                announcement.Deleted("author", head.Id);
                if (avatar is { } image)
                    announcement.Touched("image", image);
                return head;
            },
            ct
        );
        return TypedResults.NoContent();
    }

    private static readonly string SelectUsage = Reach.Users("author");
}
