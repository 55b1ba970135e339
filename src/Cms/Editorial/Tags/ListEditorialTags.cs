using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Lists;
using Npgsql;

namespace Cms.Editorial.Tags;

/// <summary>Lists tags with their revisions</summary>
/// <remarks>Sorted by name.</remarks>
internal sealed class ListEditorialTags(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ResourceListRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/tags");
        Permissions(Permission.ReadDesk);
        Answers<Paged<EditorialTag>>(200, ResourceRefusals.List);
    }

    public override Task<IResult> ExecuteAsync(ResourceListRequest request, CancellationToken ct) =>
        ResourceList.ReadAsync<EditorialTagRow, EditorialTag>(
            postgres,
            cursors,
            HttpContext,
            request,
            Resource.Tag,
            EditorialTagRow.Select,
            ("r.sort_name", "text"),
            "r.name",
            row => (row.SortName, row.Id),
            row => row.View(),
            ct
        );
}
