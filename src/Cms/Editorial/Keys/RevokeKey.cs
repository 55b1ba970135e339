using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;

namespace Cms.Editorial.Keys;

/// <summary>Revokes an API key</summary>
/// <remarks>
/// The key stops working at once and for good. Open event streams end (`event: end`), and waiting requests get 401: on
/// this node at once, on others with their next change or heartbeat at the latest. Articles keep the name of the key
/// that wrote them.
/// </remarks>
internal sealed class RevokeKey(DeskDoor desk, KeyWatch watch) : Slice<KeyRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/keys/{id}");
        Permissions(Permission.ManageKeys);
        AnswersNothing(ProblemKinds.NotFound, ProblemKinds.Forbidden, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(KeyRequest request, CancellationToken ct)
    {
        await desk.DoAsync(
            Act.RevokeKey,
            HttpContext.Caller(),
            async edit =>
                await Access.Keys.RevokeAsync(edit.Transaction, request.Id, edit.At, ct)
                    ? true
                    : throw Refused.NotFound("key", request.Id.ToString()),
            ct
        );
        await watch.CheckAsync();
        return TypedResults.NoContent();
    }
}
