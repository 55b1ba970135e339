using Cms.Access;
using Cms.Editorial;
using Cms.Editorial.Releases;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Previews.Releases;

/// <summary>Lists a release's previews</summary>
/// <remarks>The newest come first, without their tokens. Those that have ended are left out.</remarks>
internal sealed class ListReleasePreviews(NpgsqlDataSource postgres, Cursors cursors, TimeProvider clock)
    : Slice<ListReleasePreviewsRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/releases/{releaseId}/previews");
        Permissions(Permission.ReadDesk);
        Answers<Paged<Preview>>(200, ProblemKinds.NotFound, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListReleasePreviewsRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Preview>(request.Fields);
        if (
            !await postgres.FindAsync<bool>(
                $"select exists (select from releases r where r.id = @ReleaseId and {ReleaseRow.Sees})",
                new { request.ReleaseId, Reach = Reach.Of(HttpContext.Caller()) },
                ct
            )
        )
            throw Refused.NotFound("release", request.ReleaseId.ToString());
        var list = new KeysetList
        {
            Name = $"previews|{request.ReleaseId}",
            Select = PreviewRow.Select,
            Key = "v.created_at",
            KeyType = "timestamptz",
            Id = "v.id",
            Descending = true,
            Where = "v.release_id = @ReleaseId and v.expires_at > @Now",
            Arguments = new { request.ReleaseId, Now = clock.GetUtcNow() },
        };
        return await PreviewRow.ListAsync(list, postgres, cursors, HttpContext, request, fields, ct);
    }
}

internal sealed record ListReleasePreviewsRequest : PageRequest
{
    /// <summary>The release's id.</summary>
    [RouteParam]
    public Guid ReleaseId { get; init; }
}

internal sealed class ListReleasePreviewsRules : PageRules<ListReleasePreviewsRequest>;
