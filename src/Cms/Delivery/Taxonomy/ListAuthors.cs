using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Images;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Taxonomy;

/// <summary>Lists authors</summary>
/// <remarks>Sorted by name.</remarks>
internal sealed class ListAuthors(DeliveryDatabase database, Cursors cursors, CachePolicy cache)
    : DeliverySlice<ListAuthorsRequest>(database)
{
    private static readonly KeysetList List = new()
    {
        Name = "authors",
        Select = AuthorRow.Select,
        Key = "a.sort_name",
        KeyType = "text",
        Id = "a.id",
        Counted = "select from published_authors",
    };

    public override void Configure()
    {
        Reads("/v1/authors");
        Answers<Paged<Author>>(200, ProblemKinds.InvalidCursor, ProblemKinds.Unauthenticated);
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        ListAuthorsRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<Author>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var (page, info) = await List.ReadAsync<AuthorRow>(
            postgres,
            cursors,
            request,
            row => (row.SortName, row.Id),
            ct
        );
        return new Document(
            Fields.WritePage(
                new Paged<Author> { Data = [.. page.Select(r => r.ToAuthor())], Page = info },
                fields
            ),
            changedAt,
            cache.For(HttpContext.FindCaller())
        )
        {
            CacheTags = ["authors", .. page.SelectMany(r => r.CacheTags())],
            Link = Paging.Link(HttpContext.Request, info),
        };
    }
}

internal sealed record ListAuthorsRequest : PageRequest;

internal sealed class ListAuthorsRules : PageRules<ListAuthorsRequest>;

/// <summary>An author as their statements give them.</summary>
internal sealed record AuthorRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string SortName { get; init; }
    public required string? JobTitle { get; init; }
    public required string? Bio { get; init; }
    public required string Social { get; init; }
    public required string? Avatar { get; init; }

    public const string Select = $"""
        select a.id, a.slug, a.name, a.sort_name, a.job_title, a.bio, a.social,
               (select {ImageJson.Object}
                from published_images i where i.id = a.avatar_image_id) avatar
        from published_authors a
        """;

    public Author ToAuthor(ImageForm images = ImageForm.Compact) =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            JobTitle = JobTitle,
            Bio = Bio,
            Social = Json.Read<Dictionary<string, string>>(Social),
            Avatar = Avatar is null ? null : Json.Read<ImageView>(Avatar).In(images),
        };

    public IEnumerable<string> CacheTags()
    {
        yield return $"author:{Id}";
        if (Avatar is not null)
            yield return $"image:{Json.Read<ImageView>(Avatar).Id}";
    }
}
