using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;

namespace Cms.Editorial.Keys;

/// <summary>Revokes an API key</summary>
/// <remarks>
/// The key stops working at once and for good. Open event streams end (`event: end`), and waiting requests get 401: on
/// this node at once, on others with their next change or heartbeat at the latest. Articles keep the name of the key
/// that wrote them.
/// </remarks>
internal sealed class RevokeKey(DeskDoor desk, KeyWatch watch) : DeskSlice<KeyRequest>(desk)
{
    public override void Configure()
    {
        Delete("/v1/editorial/keys/{id}");
        Does(Act.RevokeKey);
        AnswersNothing(ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(KeyRequest request, CancellationToken ct)
    {
        var answer = await DoAsync(
            async edit =>
            {
                if (!await Access.Keys.RevokeAsync(edit.Transaction, request.Id, edit.At, ct))
                    throw Refused.NotFound("key", request.Id.ToString());
                edit.Wrote(request.Id, revision: null);
                return true;
            },
            _ => new Done(),
            ct
        );
        await watch.CheckAsync();
        return answer;
    }
}
