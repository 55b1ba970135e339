using System.Globalization;
using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Taxonomy;

/// <summary>Lists sections</summary>
/// <remarks>In the order of their positions, for a site's navigation. `parent` puts them into a tree.</remarks>
internal sealed class ListSections(DeliveryDatabase database, Cursors cursors, CachePolicy cache)
    : DeliverySlice<ListSectionsRequest>(database)
{
    private static readonly KeysetList List = new()
    {
        Name = "sections",
        Select = SectionRow.Select,
        Key = "s.position",
        KeyType = "int",
        Id = "s.id",
        Counted = "select from published_sections",
    };

    public override void Configure()
    {
        Reads("/v1/sections");
        Answers<Paged<Section>>(200, ProblemKinds.InvalidCursor, ProblemKinds.Unauthenticated);
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        ListSectionsRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<Section>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var (page, info) = await List.ReadAsync<SectionRow>(
            postgres,
            cursors,
            request,
            row => (row.Position.ToString(CultureInfo.InvariantCulture), row.Id),
            ct
        );
        return new Document(
            Fields.WritePage(
                new Paged<Section> { Data = [.. page.Select(r => r.ToSection())], Page = info },
                fields
            ),
            changedAt,
            cache.For(HttpContext.FindCaller())
        )
        {
            CacheTags = ["sections", .. page.Select(r => $"section:{r.Id}")],
            Link = Paging.Link(HttpContext.Request, info),
        };
    }
}

internal sealed record ListSectionsRequest : PageRequest;

internal sealed class ListSectionsRules : PageRules<ListSectionsRequest>;

/// <summary>A section as its statements give it.</summary>
internal sealed record SectionRow
{
    public required Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; init; }
    public required string? Description { get; init; }
    public required int Position { get; init; }
    public required Guid? ParentId { get; init; }
    public required string? ParentSlug { get; init; }
    public required string? ParentName { get; init; }

    public const string Select = """
        select s.id, s.slug, s.name, s.description, s.position, p.id parent_id, p.slug parent_slug, p.name parent_name
        from published_sections s left join published_sections p on p.id = s.parent_id
        """;

    public Section ToSection() =>
        new()
        {
            Id = Id,
            Slug = Slug,
            Name = Name,
            Description = Description,
            Position = Position,
            Parent = ParentId is { } parent
                ? new SectionRef
                {
                    Id = parent,
                    Slug = ParentSlug!,
                    Name = ParentName!,
                }
                : null,
        };
}
