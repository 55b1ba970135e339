using Cms.Platform.Http;
using Npgsql;

namespace Cms.Access;

/// <summary>Revokes an API key</summary>
/// <remarks>
/// It ends at once and for good. Event streams that were opened with it end (`event: end`), requests that wait for changes are answered with 401: on this
/// node at once, on others at the latest with their next change or heartbeat. The key's name stays beside what was written with it.
/// </remarks>
internal sealed class RevokeKey(NpgsqlDataSource postgres, KeyWatch watch, TimeProvider clock)
    : Slice<KeyRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/keys/{id}");
        Permissions(Access.Permissions.ManageKeys);
        AnswersNothing(ProblemKinds.NotFound, ProblemKinds.Forbidden, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(KeyRequest request, CancellationToken ct)
    {
        if (!await Keys.RevokeAsync(postgres, request.Id, clock.GetUtcNow(), ct))
            throw Refused.NotFound("key", request.Id.ToString());
        await watch.CheckAsync();
        return TypedResults.NoContent();
    }
}
