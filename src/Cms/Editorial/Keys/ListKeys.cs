using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Keys;

/// <summary>Lists API keys</summary>
/// <remarks>The oldest come first. Includes revoked and expired keys, but never their secrets.</remarks>
internal sealed class ListKeys(NpgsqlDataSource postgres, Cursors cursors) : Slice<ListKeysRequest>
{
    private static readonly KeysetList List = new()
    {
        Name = "keys",
        Select = KeyRow.Select,
        Key = "k.created_at",
        KeyType = "timestamptz",
        Id = "k.id",
    };

    public override void Configure()
    {
        Get("/v1/editorial/keys");
        Permissions(Permission.ManageKeys);
        Answers<Paged<Key>>(200, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListKeysRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<Key>(request.Fields);
        var (page, info) = await List.ReadAsync<KeyRow>(
            postgres,
            cursors,
            request,
            row => (Json.Instant(row.CreatedAt), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(new Paged<Key> { Data = [.. page.Select(r => r.View())], Page = info }, fields),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }
}

internal sealed record ListKeysRequest : PageRequest
{
    /// <summary>Return only these fields, such as `name,role`.</summary>
    [QueryParam]
    public override string[]? Fields { get; init; }
}

internal sealed class ListKeysRules : PageRules<ListKeysRequest>;
