using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Lists;
using Npgsql;

namespace Cms.Editorial.Authors;

/// <summary>Lists authors with their revisions</summary>
/// <remarks>Sorted by name.</remarks>
internal sealed class ListEditorialAuthors(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ResourceListRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/authors");
        Permissions(Permission.ReadDesk);
        Answers<Paged<EditorialAuthor>>(200, ResourceRefusals.List);
    }

    public override Task<IResult> ExecuteAsync(ResourceListRequest request, CancellationToken ct) =>
        ResourceList.ReadAsync<EditorialAuthorRow, EditorialAuthor>(
            postgres,
            cursors,
            HttpContext,
            request,
            Resource.Author,
            EditorialAuthorRow.Select,
            ("r.sort_name", "text"),
            "r.name",
            row => (row.SortName, row.Id),
            row => row.View(),
            ct
        );
}
