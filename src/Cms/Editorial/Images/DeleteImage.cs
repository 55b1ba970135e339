using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Deletes an image</summary>
/// <remarks>And its file, unless another image has the same. Refused (409) while something uses it; `usedBy` names what does.</remarks>
internal sealed class DeleteImage(NpgsqlDataSource postgres, ChangeLog changes, ImageLibrary library)
    : Slice<DeleteResourceRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/images/{slugOrId}");
        Permissions(Access.Permissions.WriteImages);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteResourceRequest request, CancellationToken ct)
    {
        var sha256 = await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var file = await transaction.FindAsync<byte[]>(
                    $"select sha256 from images r where {Resource.Image.Where("r", request.SlugOrId)}",
                    Resource.Address(request.SlugOrId),
                    ct
                );
                var head = await Resource.Image.DeleteAsync(
                    transaction,
                    request.SlugOrId,
                    request.IfMatch,
                    SelectUsage,
                    ct
                );
                announcement.Deleted("image", head.Id);
                return Convert.ToHexStringLower(file!);
            },
            ct
        );
        await library.SweepAsync(postgres, sha256, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private const string SelectUsage = """
        select type, id, name from (
            select 'article' type, a.id, a.headline name from article_images u join articles a on a.id = u.article_id where u.image_id = @Id
            union
            select 'article', p.id, p.headline from published_article_images u join published_articles p on p.id = u.article_id
            where u.image_id = @Id and p.id not in (select article_id from article_images where image_id = @Id)
            union
            select 'author', id, name from authors where avatar_image_id = @Id) users
        """;
}
