using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Keys;

/// <summary>Returns an API key</summary>
/// <remarks>Without its secret, which cannot be shown again.</remarks>
internal sealed class GetKey(NpgsqlDataSource postgres) : Slice<KeyRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/keys/{id}");
        Permissions(Permission.ManageKeys);
        Answers<Key>(200, ProblemKinds.NotFound);
    }

    public override async Task<IResult> ExecuteAsync(KeyRequest request, CancellationToken ct) =>
        await postgres.FindAsync<KeyRow>($"{KeyRow.Select} where k.id = @Id", new { request.Id }, ct)
            is { } row
            ? Fresh.Of(row.View())
            : throw Refused.NotFound("key", request.Id.ToString());
}

internal sealed record KeyRequest
{
    /// <summary>The key's id: the part between the underscores.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}
