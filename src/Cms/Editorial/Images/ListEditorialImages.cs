using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Lists images with their revisions</summary>
/// <remarks>The oldest come first.</remarks>
internal sealed class ListEditorialImages(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ResourceListRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/images");
        Permissions(Permission.ReadDesk);
        Answers<Paged<EditorialImage>>(200, ResourceRefusals.List);
    }

    public override Task<IResult> ExecuteAsync(ResourceListRequest request, CancellationToken ct) =>
        ResourceList.ReadAsync<EditorialImageRow, EditorialImage>(
            postgres,
            cursors,
            HttpContext,
            request,
            Resource.Image,
            EditorialImageRow.Select,
            ("r.created_at", "timestamptz"),
            "coalesce(r.file_name, '') || ' ' || coalesce(r.alt, '') || ' ' || coalesce(r.caption, '') "
                + "|| ' ' || coalesce(r.credit, '')",
            row => (Json.Instant(row.CreatedAt), row.Id),
            row => row.View(),
            ct
        );
}
