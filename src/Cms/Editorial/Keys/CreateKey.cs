using Cms.Access;
using Cms.Desk;
using Cms.Platform.Http.Answers;
using FastEndpoints;

namespace Cms.Editorial.Keys;

/// <summary>Creates an API key</summary>
/// <remarks>Only this answer contains the key itself: the server stores a hash of it.</remarks>
internal sealed class CreateKey(DeskDoor desk) : DeskSlice<CreateKeyRequest>(desk)
{
    public override void Configure()
    {
        Post("/v1/editorial/keys");
        Does(Act.CreateKey);
        Answers<NewKey>(201);
    }

    public override async Task<IResult> ExecuteAsync(CreateKeyRequest request, CancellationToken ct)
    {
        return await DoAsync(
            async edit =>
            {
                var key = await Access.Keys.CreateAsync(edit.Transaction, request.Key, edit.At, ct);
                edit.Wrote(key.Id, revision: null);
                return key;
            },
            key => Fresh.Of(key, StatusCodes.Status201Created, $"/v1/editorial/keys/{key.Id}"),
            ct
        );
    }
}

internal sealed record CreateKeyRequest
{
    [FromBody]
    public KeyInput Key { get; init; } = null!;
}
