using Cms.Access;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Previews;

/// <summary>Lists an article's previews</summary>
/// <remarks>The newest come first, without their tokens. Those that have ended are left out.</remarks>
internal sealed class ListPreviews(NpgsqlDataSource postgres, Cursors cursors, TimeProvider clock)
    : Slice<ListPreviewsRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/previews");
        Permissions(Permission.ReadDesk);
        Answers<Paged<Preview>>(200, ProblemKinds.NotFound, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListPreviewsRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Preview>(request.Fields);
        var article = await RevisionReader.FindArticleAsync(
            postgres,
            request.SlugOrId,
            HttpContext.Caller(),
            ct
        );
        var list = new KeysetList
        {
            Name = $"previews|{article}",
            Select = PreviewRow.Select,
            Key = "v.created_at",
            KeyType = "timestamptz",
            Id = "v.id",
            Descending = true,
            Where = "v.article_id = @article and v.expires_at > @Now",
            Arguments = new { article, Now = clock.GetUtcNow() },
        };
        return await PreviewRow.ListAsync(list, postgres, cursors, HttpContext, request, fields, ct);
    }
}

internal sealed record ListPreviewsRequest : PageRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `url,expiresAt`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}

internal sealed class ListPreviewsRules : PageRules<ListPreviewsRequest>;
