using Cms.Platform.Http;
using FastEndpoints;
using Npgsql;

namespace Cms.Access;

/// <summary>Creates an API key</summary>
/// <remarks>Only this answer contains the key itself: the server stores a hash of it.</remarks>
internal sealed class CreateKey(NpgsqlDataSource postgres, TimeProvider clock) : Slice<CreateKeyRequest>
{
    public override void Configure()
    {
        Post("/v1/editorial/keys");
        Permissions(Access.Permissions.ManageKeys);
        Answers<NewKey>(201, ProblemKinds.Forbidden, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(CreateKeyRequest request, CancellationToken ct)
    {
        var key = await Keys.CreateAsync(postgres, request.Key, clock.GetUtcNow(), ct);
        HttpContext.Response.Headers.Location = $"/v1/editorial/keys/{key.Id}";
        return Fresh.Of(key, StatusCodes.Status201Created);
    }
}

internal sealed record CreateKeyRequest
{
    [FromBody]
    public KeyInput Key { get; init; } = null!;
}
