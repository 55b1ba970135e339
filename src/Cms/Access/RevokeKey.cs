using Cms.Platform.Http;
using Npgsql;

namespace Cms.Access;

/// <summary>Revokes an API key</summary>
/// <remarks>
/// The key stops working at once and for good. Open event streams end (`event: end`), and waiting requests get 401: on this
/// node at once, on others with their next change or heartbeat at the latest. Articles keep the name of the key that wrote them.
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
