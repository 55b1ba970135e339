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
                    Resource.Address(request.SlugOrId),
                    ct
                );
                var head = await Resource.Author.DeleteAsync(
                    transaction,
                    request.SlugOrId,
                    request.IfMatch,
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

    private const string SelectUsage = """
        select type, id, name from (
            select 'article' type, a.id, a.headline name from article_authors u join articles a on a.id = u.article_id where u.author_id = @Id
            union
            select 'article', p.id, p.headline from published_article_authors u join published_articles p on p.id = u.article_id
            where u.author_id = @Id and p.id not in (select article_id from article_authors where author_id = @Id)) users
        """;
}
