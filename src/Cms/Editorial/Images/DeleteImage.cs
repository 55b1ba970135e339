using Cms.Access;
using Cms.Changes;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Deletes an image</summary>
/// <remarks>Deletes its file too, unless another image has the same one. Refused (409) while something uses it;
/// `usedBy` names what does.</remarks>
internal sealed class DeleteImage(NpgsqlDataSource postgres, ChangeLog changes, ImageLibrary library)
    : Slice<DeleteImageRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/images/{id}");
        Permissions(Access.Permissions.WriteImages);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteImageRequest request, CancellationToken ct)
    {
        var reference = request.Id.ToString();
        var sha256 = await changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var file = await transaction.FindAsync<byte[]>(
                    $"select sha256 from images r where {Resource.Image.Where("r", reference)}",
                    Resource.Address(reference, HttpContext.Caller()),
                    ct
                );
                var head = await Resource.Image.DeleteAsync(
                    transaction,
                    reference,
                    HttpContext.Caller(),
                    request.Preconditions,
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

    private static readonly string SelectUsage = $"""
        {Reach.Users("image")}
        union
        select 'author', id, name from authors where avatar_image_id = @Id
        """;
}

internal sealed record DeleteImageRequest : ChangingRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}
