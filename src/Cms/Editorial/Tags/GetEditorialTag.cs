using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Tags;

/// <summary>Returns a tag with its revision</summary>
/// <remarks>By slug or id. `ETag` is the revision: send it back as `If-Match` with a change.</remarks>
internal sealed class GetEditorialTag(NpgsqlDataSource postgres) : Slice<ResourceRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/tags/{slugOrId}");
        Permissions(Permission.ReadDesk);
        Answers<EditorialTag>(200, ResourceRefusals.Read);
    }

    public override async Task<IResult> ExecuteAsync(ResourceRequest request, CancellationToken ct)
    {
        var row =
            await postgres.FindAsync<EditorialTagRow>(
                $"{EditorialTagRow.Select} where {Resource.Tag.Where("r", request.SlugOrId)}",
                Resource.Address(request.SlugOrId, HttpContext.Caller()),
                ct
            ) ?? throw Refused.NotFound("tag", request.SlugOrId);
        return new Saved<EditorialTag>(row.View(), row.Revision);
    }
}
