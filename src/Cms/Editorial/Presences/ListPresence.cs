using Cms.Access;
using Cms.Editorial.Revisions;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Presences;

/// <summary>Lists who has an article open</summary>
/// <remarks>The first to come first.</remarks>
internal sealed class ListPresence(NpgsqlDataSource postgres) : Slice<PresenceRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/articles/{slugOrId}/presence");
        Permissions(Permission.ReadDesk);
        Answers<PresenceList>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(PresenceRequest request, CancellationToken ct) =>
        Fresh.Of(
            await PresenceList.ReadAsync(
                postgres,
                await RevisionReader.FindArticleAsync(postgres, request.SlugOrId, HttpContext.Caller(), ct),
                ct
            )
        );
}

/// <summary>Names an article.</summary>
internal sealed record PresenceRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";
}

/// <summary>Who has an article open.</summary>
internal sealed record PresenceList
{
    public required IReadOnlyList<Presence> Data { get; init; }

    public static async Task<PresenceList> ReadAsync(
        NpgsqlDataSource postgres,
        Guid article,
        CancellationToken ct
    ) =>
        new()
        {
            Data = Json.Read<Presence[]>(
                (
                    await postgres.FindAsync<string>(
                        $"select {PresenceTable.Of("@article")}::text",
                        new { article },
                        ct
                    )
                )!
            ),
        };
}
