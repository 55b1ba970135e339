using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Returns an image with its revision</summary>
/// <remarks>By id. `ETag` is the revision: send it back as `If-Match` with a change.</remarks>
internal sealed class GetEditorialImage(NpgsqlDataSource postgres) : Slice<ResourceRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/images/{slugOrId}");
        Permissions(Access.Permissions.ReadDesk);
        Answers<EditorialImage>(200, ResourceRefusals.Read);
    }

    public override async Task<IResult> ExecuteAsync(ResourceRequest request, CancellationToken ct)
    {
        var row =
            await postgres.FindAsync<EditorialImageRow>(
                $"{EditorialImageRow.Select} where {Resource.Image.Where("r", request.SlugOrId)}",
                Resource.Address(request.SlugOrId, HttpContext.Caller()),
                ct
            ) ?? throw Refused.NotFound("image", request.SlugOrId);
        return new Saved<EditorialImage>(row.View(), row.Revision);
    }
}
