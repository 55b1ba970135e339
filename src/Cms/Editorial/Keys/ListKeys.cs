using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;
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

internal sealed record ListKeysRequest : IPageRequest
{
    /// <summary>Return only these fields, such as `name,role`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>
    /// `exact` counts the list into `page.total`, for at most two seconds; where these are not enough, it is estimated,
    /// and `page.totalIsExact` is false. `estimated` counts up to 10,000 and estimates beyond, which costs little in
    /// any list. Without it nothing is counted.
    /// </summary>
    [QueryParam]
    public Count Count { get; init; }

    /// <summary>How many items a page holds.</summary>
    [QueryParam]
    public int Limit { get; init; } = Paging.DefaultLimit;

    /// <summary>Where to read on: `page.next` or `page.previous` of another page of the same list.</summary>
    [QueryParam]
    public string? Cursor { get; init; }
}

internal sealed class ListKeysRules : AbstractValidator<ListKeysRequest>
{
    public ListKeysRules()
    {
        this.HasPage();
    }
}
