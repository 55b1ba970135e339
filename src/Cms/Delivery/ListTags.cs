using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery;

/// <summary>Lists tags</summary>
/// <remarks>By name. Only tags that a published article carries: the tags of a draft are words of the draft.</remarks>
internal sealed class ListTags(NpgsqlDataSource postgres, Cursors cursors, CachePolicy cache)
    : Slice<ListTagsRequest>
{
    public override void Configure()
    {
        Get("/v1/tags");
        AllowAnonymous();
        Answers<Paged<Tag>>(200, ProblemKinds.InvalidCursor, ProblemKinds.Unauthenticated);
    }

    public override async Task<IResult> ExecuteAsync(ListTagsRequest request, CancellationToken ct)
    {
        const string list = "tags";
        var fields = Fields.Parse<Tag>(request.Fields);
        var from = request.Cursor is null ? null : cursors.Read(list, request.Cursor);
        var rows = await postgres.ListAsync<TagRow>(
            KeysetSql.Page(
                "select t.id, t.slug, t.name, t.sort_name from published_tags t",
                "t.sort_name",
                "text",
                "t.id",
                from
            ),
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
                ? await postgres.FindAsync<long>("select count(*) from published_tags", new { }, ct)
                : null;
        var (page, info) = Paging.Cut(
            cursors,
            list,
            rows,
            request.Limit,
            from,
            row => (row.SortName, row.Id),
            total
        );
        return new Document(
            Fields.WritePage(
                new Paged<Tag>
                {
                    Data =
                    [
                        .. page.Select(r => new Tag
                        {
                            Id = r.Id,
                            Slug = r.Slug,
                            Name = r.Name,
                        }),
                    ],
                    Page = info,
                },
                fields
            ),
            await postgres.FindAsync<DateTimeOffset>(LastChange.Select, new { }, ct),
            cache.For(HttpContext.FindCaller())
        )
        {
            // Which tags there are depends on which articles there are.
            CacheTags = ["tags", "articles"],
            Link = Paging.Link(HttpContext.Request, info),
        };
    }

    private sealed record TagRow
    {
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
        public required string SortName { get; init; }
    }
}

internal sealed record ListTagsRequest : PagedListRequest;

internal sealed class ListTagsRules : PagedListRules<ListTagsRequest>;
