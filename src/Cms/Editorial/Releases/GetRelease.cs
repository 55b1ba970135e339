using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>Returns a release</summary>
/// <remarks>`ETag` is its revision: send it back as `If-Match` with a change.</remarks>
internal sealed class GetRelease(NpgsqlDataSource postgres) : Slice<ReleaseRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/releases/{releaseId}");
        Permissions(Permission.ReadDesk);
        Answers<Release>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(ReleaseRequest request, CancellationToken ct)
    {
        var row =
            await postgres.FindAsync<ReleaseRow>(
                $"{ReleaseRow.Select} where r.id = @ReleaseId and {ReleaseRow.Sees}",
                new { request.ReleaseId, Reach = Reach.Of(HttpContext.Caller()) },
                ct
            ) ?? throw Refused.NotFound("release", request.ReleaseId.ToString());
        return new Saved<Release>(row.View(), row.Revision);
    }
}

internal sealed record ReleaseRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }
}
