using Cms.Platform.Http;
using Cms.Platform.Postgres;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Access;

/// <summary>Lists API keys</summary>
/// <remarks>The oldest first, revoked and expired ones too; never their secrets.</remarks>
internal sealed class ListKeys(NpgsqlDataSource postgres, Cursors cursors) : Slice<ListKeysRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/keys");
        Permissions(Access.Permissions.ManageKeys);
        Answers<Paged<Key>>(
            200,
            ProblemKinds.InvalidCursor,
            ProblemKinds.Forbidden,
            ProblemKinds.Unauthenticated
        );
    }

    public override async Task<IResult> ExecuteAsync(ListKeysRequest request, CancellationToken ct)
    {
        const string list = "keys";
        var fields = Fields.Parse<Key>(request.Fields);
        var from = request.Cursor is null ? null : cursors.Read(list, request.Cursor);
        var rows = await postgres.ListAsync<KeyRow>(
            KeysetSql.Page(KeyRow.Select, "k.created_at", "timestamptz", "k.id", from),
            new
            {
                from?.Key,
                from?.Id,
                Take = request.Limit + 1,
            },
            ct
        );
        long? total =
            request.Count == Count.Exact
                ? await postgres.FindAsync<long>("select count(*) from api_keys", new { }, ct)
                : null;
        var (page, info) = Paging.Cut(
            cursors,
            list,
            rows,
            request.Limit,
            from,
            row => (Json.Instant(row.CreatedAt), row.Id),
            total
        );
        return new Fresh(
            Fields.WritePage(new Paged<Key> { Data = [.. page.Select(r => r.View())], Page = info }, fields),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }
}

internal sealed record ListKeysRequest
{
    /// <summary>Return only these fields, such as `name,role`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>`exact` adds `page.total`; without it nothing is counted.</summary>
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
        RuleFor(r => r.Limit).InclusiveBetween(1, Paging.MaxLimit);
        RuleFor(r => r.Cursor).MaximumLength(2_000);
    }
}
