using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Taxonomy;

/// <summary>Lists tags</summary>
/// <remarks>Sorted by name. Only tags that a published article carries: a tag of a draft could reveal the
/// draft.</remarks>
internal sealed class ListTags(DeliveryDatabase database, Cursors cursors, CachePolicy cache)
    : DeliverySlice<ListTagsRequest>(database)
{
    private static readonly KeysetList List = new()
    {
        Name = "tags",
        Select = $"select {TagRow.Columns} from published_tags t",
        Key = "t.sort_name",
        KeyType = "text",
        Id = "t.id",
        Counted = "select from published_tags",
    };

    public override void Configure()
    {
        Reads("/v1/tags");
        Answers<Paged<Tag>>(200, ProblemKinds.InvalidCursor, ProblemKinds.Unauthenticated);
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        ListTagsRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<Tag>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var (page, info) = await List.ReadAsync<TagRow>(
            postgres,
            cursors,
            request,
            row => (row.SortName, row.Id),
            ct
        );
        return new Document(
            Fields.WritePage(new Paged<Tag> { Data = [.. page.Select(r => r.ToTag())], Page = info }, fields),
            changedAt,
            cache.For(HttpContext.FindCaller())
        )
        {
            CacheTags = ["tags"],
            Link = Paging.Link(HttpContext.Request, info),
        };
    }
}

internal sealed record ListTagsRequest : PageRequest;

internal sealed class ListTagsRules : PageRules<ListTagsRequest>;
