using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Releases;

/// <summary>Lists releases</summary>
/// <remarks>The newest come first, without their articles. A key that is limited to sections sees those whose articles
/// it all reaches.</remarks>
internal sealed class ListReleases(NpgsqlDataSource postgres, Cursors cursors) : Slice<ListReleasesRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/releases");
        Permissions(Permission.ReadDesk);
        Answers<Paged<ReleaseSummary>>(200, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListReleasesRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<ReleaseSummary>(request.Fields);
        var caller = HttpContext.Caller();
        var list = new KeysetList
        {
            Name = $"releases|{request.Status}|{CursorName.Of(caller.SectionIds)}",
            Select = ReleaseRow.SelectSummary,
            Key = "r.created_at",
            KeyType = "timestamptz",
            Id = "r.id",
            Descending = true,
            Where =
                request.Status switch
                {
                    ReleaseStatus.Open => "r.published_at is null and r.due_at is null",
                    ReleaseStatus.Scheduled => "r.try_at is not null",
                    ReleaseStatus.Published => "r.published_at is not null",
                    _ => "true",
                } + $" and {ReleaseRow.Sees}",
            Arguments = new { Reach = Reach.Of(caller) },
        };
        var (page, info) = await list.ReadAsync<ReleaseRow>(
            postgres,
            cursors,
            request,
            row => (Json.Instant(row.CreatedAt), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<ReleaseSummary> { Data = [.. page.Select(r => r.Summary())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }
}

internal sealed record ListReleasesRequest : PageRequest
{
    /// <summary>Only those that stand so.</summary>
    [QueryParam]
    public ReleaseStatus? Status { get; init; }
}

internal sealed class ListReleasesRules : PageRules<ListReleasesRequest>;
