using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using FastEndpoints;

namespace Cms.Editorial.Keys;

/// <summary>Creates an API key</summary>
/// <remarks>Only this answer contains the key itself: the server stores a hash of it.</remarks>
internal sealed class CreateKey(DeskDoor desk) : Slice<CreateKeyRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/keys");
        Permissions(Permission.ManageKeys);
        Answers<NewKey>(201, ProblemKinds.Forbidden, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(CreateKeyRequest request, CancellationToken ct)
    {
        var key = await desk.DoAsync(
            Act.CreateKey,
            HttpContext.Caller(),
            edit => Access.Keys.CreateAsync(edit.Transaction, request.Key, edit.At, ct),
            ct
        );
        HttpContext.Response.Headers.Location = $"/v1/editorial/keys/{key.Id}";
        return Fresh.Of(key, StatusCodes.Status201Created);
    }
}

internal sealed record CreateKeyRequest
{
    [FromBody]
    public KeyInput Key { get; init; } = null!;
}
