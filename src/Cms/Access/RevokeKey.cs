using Cms.Platform.Http;
using Npgsql;

namespace Cms.Access;

/// <summary>Revokes an API key</summary>
/// <remarks>It ends at once and for good. Its name stays beside what was written with it.</remarks>
internal sealed class RevokeKey(NpgsqlDataSource postgres, TimeProvider clock) : Slice<KeyRequest>
{
    public override void Configure()
    {
        Delete("/v1/editorial/keys/{id}");
        Permissions(Access.Permissions.ManageKeys);
        AnswersNothing(ProblemKinds.NotFound, ProblemKinds.Forbidden, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(KeyRequest request, CancellationToken ct) =>
        await Keys.RevokeAsync(postgres, request.Id, clock.GetUtcNow(), ct)
            ? TypedResults.NoContent()
            : throw Refused.NotFound("key", request.Id.ToString());
}
