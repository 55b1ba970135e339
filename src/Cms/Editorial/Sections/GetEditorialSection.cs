using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Sections;

/// <summary>Returns a section with its revision</summary>
/// <remarks>By slug or id. `ETag` is the revision: send it back as `If-Match` with a change.</remarks>
internal sealed class GetEditorialSection(NpgsqlDataSource postgres) : Slice<ResourceRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/sections/{slugOrId}");
        Permissions(Permission.ReadDesk);
        Answers<EditorialSection>(200, ResourceRefusals.Read);
    }

    public override async Task<IResult> ExecuteAsync(ResourceRequest request, CancellationToken ct)
    {
        var row =
            await postgres.FindAsync<EditorialSectionRow>(
                $"{EditorialSectionRow.Select} where {Resource.Section.Where("r", request.SlugOrId)}",
                Resource.Address(request.SlugOrId, HttpContext.Caller()),
                ct
            ) ?? throw Refused.NotFound("section", request.SlugOrId);
        return new Saved<EditorialSection>(row.View(), row.Revision);
    }
}
