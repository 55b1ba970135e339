using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Returns an image with its revision</summary>
/// <remarks>By id. `ETag` is the revision: send it back as `If-Match` with a change.</remarks>
internal sealed class GetEditorialImage(NpgsqlDataSource postgres) : Slice<ImageRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/images/{id}");
        Permissions(Permission.ReadDesk);
        Answers<EditorialImage>(200, ResourceRefusals.Read);
    }

    public override async Task<IResult> ExecuteAsync(ImageRequest request, CancellationToken ct)
    {
        var reference = request.Id.ToString();
        var row =
            await postgres.FindAsync<EditorialImageRow>(
                $"{EditorialImageRow.Select} where {Resource.Image.Where("r", reference)}",
                Resource.Address(reference, HttpContext.Caller()),
                ct
            ) ?? throw Refused.NotFound("image", reference);
        return new Saved<EditorialImage>(row.View(), row.Revision);
    }
}

internal sealed record ImageRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}
