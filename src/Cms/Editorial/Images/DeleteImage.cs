using Cms.Changes;
using Cms.Desk;
using Cms.Editorial.Upkeep;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;
using FastEndpoints;

namespace Cms.Editorial.Images;

/// <summary>Deletes an image</summary>
/// <remarks>Deletes its file too, unless another image has the same one. Refused (409) while something uses it;
/// `usedBy` names what does.</remarks>
internal sealed class DeleteImage(DeskDoor desk, FileSweep files) : DeskSlice<DeleteImageRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/images/{id}");
        Does(Act.DeleteImage);
        AnswersNothing(ResourceRefusals.Delete);
    }

    public override async Task<IResult> ExecuteAsync(DeleteImageRequest request, CancellationToken ct)
    {
        var reference = request.Id.ToString();
        var sha256 = "";
        var answer = await DoAsync(
            async edit =>
            {
                var file = await edit.Transaction.FindAsync<byte[]>(
                    $"select sha256 from images r where {Resource.Image.Where("r", reference)}",
                    Resource.Address(reference, edit.Caller),
                    ct
                );
                var head = await Resource.Image.DeleteAsync(
                    edit,
                    reference,
                    request.Preconditions,
                    SelectUsage,
                    ct
                );
                edit.Announcement.Deleted(EntityType.Image, head.Id);
                sha256 = Convert.ToHexStringLower(file!);
                return head;
            },
            _ => new Done(),
            ct
        );
        await files.RemoveUnusedAsync(sha256, CancellationToken.None);
        return answer;
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
