using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Authors;

/// <summary>Returns an author with its revision</summary>
/// <remarks>By slug or id. `ETag` is the revision: send it back as `If-Match` with a change.</remarks>
internal sealed class GetEditorialAuthor(NpgsqlDataSource postgres) : Slice<ResourceRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/authors/{slugOrId}");
        Permissions(Permission.ReadDesk);
        Answers<EditorialAuthor>(200, ResourceRefusals.Read);
    }

    public override async Task<IResult> ExecuteAsync(ResourceRequest request, CancellationToken ct)
    {
        var row =
            await postgres.FindAsync<EditorialAuthorRow>(
                $"{EditorialAuthorRow.Select} where {Resource.Author.Where("r", request.SlugOrId)}",
                Resource.Address(request.SlugOrId, HttpContext.Caller()),
                ct
            ) ?? throw Refused.NotFound("author", request.SlugOrId);
        return new Saved<EditorialAuthor>(row.View(), row.Revision);
    }
}
