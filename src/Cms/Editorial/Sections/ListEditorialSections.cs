using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Lists;
using Npgsql;

namespace Cms.Editorial.Sections;

/// <summary>Lists sections with their revisions</summary>
/// <remarks>In the order of their positions.</remarks>
internal sealed class ListEditorialSections(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ResourceListRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/sections");
        Permissions(Permission.ReadDesk);
        Answers<Paged<EditorialSection>>(200, ResourceRefusals.List);
    }

    public override Task<IResult> ExecuteAsync(ResourceListRequest request, CancellationToken ct) =>
        ResourceList.ReadAsync<EditorialSectionRow, EditorialSection>(
            postgres,
            cursors,
            HttpContext,
            request,
            Resource.Section,
            EditorialSectionRow.Select,
            ("r.position", "int"),
            "r.name",
            row => (row.Position.ToString(System.Globalization.CultureInfo.InvariantCulture), row.Id),
            row => row.View(),
            ct
        );
}
