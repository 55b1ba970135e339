using Cms.Access;
using Cms.Platform.Http;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using Npgsql;

namespace Cms.Editorial.Images;

/// <summary>Lists the articles that use an image</summary>
/// <remarks>
/// Those whose working copy shows it, and those of which readers see a revision that does. The newest come first. A key
/// that is limited to sections sees those that it may name. For an image whose rights end, these are the articles that
/// lose their picture.
/// </remarks>
internal sealed class ListImageArticles(NpgsqlDataSource postgres, Cursors cursors)
    : Slice<ListImageArticlesRequest>
{
    public override void Configure()
    {
        Get("/v1/editorial/images/{id}/articles");
        Permissions(Permission.ReadDesk);
        Answers<Paged<ImageArticle>>(200, ProblemKinds.NotFound, ProblemKinds.InvalidCursor);
    }

    public override async Task<IResult> ExecuteAsync(ListImageArticlesRequest request, CancellationToken ct)
    {
        var fields = Fields.Parse<ImageArticle>(request.Fields);
        var caller = HttpContext.Caller();
        var reference = request.Id.ToString();
        if (
            await postgres.FindAsync<Guid?>(
                $"select r.id from images r where {Resource.Image.Where("r", reference)}",
                Resource.Address(reference, caller),
                ct
            )
            is null
        )
            throw Refused.NotFound("image", reference);
        var list = new KeysetList
        {
            Name = $"articles of the image {request.Id}|{CursorName.Of(caller.SectionIds)}",
            Select = Select,
            Key = "a.created_at",
            KeyType = "timestamptz",
            Id = "a.id",
            Descending = true,
            Where = $"{IsUser} and {Reach.MayName("a")}",
            Arguments = new { Image = request.Id, Reach = Reach.Of(caller) },
        };
        var (page, info) = await list.ReadAsync<Row>(
            postgres,
            cursors,
            request,
            row => (Json.Instant(row.CreatedAt), row.Id),
            ct
        );
        return new Fresh(
            Fields.WritePage(
                new Paged<ImageArticle> { Data = [.. page.Select(row => row.View())], Page = info },
                fields
            ),
            Link: Paging.Link(HttpContext.Request, info)
        );
    }

    private static readonly string Select = $"""
        select a.id, a.created_at, a.status,
               case when {Reach.Sees("a.section_id")} then a.slug else p.slug end slug,
               case when {Reach.Sees("a.section_id")} then a.headline else p.headline end headline,
               exists (select from published_article_images u where u.article_id = a.id and u.image_id = @Image)
                   is_published_with_it,
               coalesce(p.hero_image_id = @Image, false) is_hero
        from articles a left join published_articles p on p.id = a.id
        """;

    private const string IsUser = """
        a.id in (select article_id from article_images where image_id = @Image
            union select article_id from published_article_images where image_id = @Image)
        """;

    private sealed record Row
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required ArticleStatus Status { get; init; }
        public required string Slug { get; init; }
        public required string Headline { get; init; }
        public required bool IsPublishedWithIt { get; init; }
        public required bool IsHero { get; init; }

        public ImageArticle View() =>
            new()
            {
                Id = Id,
                Slug = Slug,
                Headline = Headline,
                Status = Status,
                IsPublishedWithIt = IsPublishedWithIt,
                IsHero = IsHero,
            };
    }
}

/// <summary>An article that uses an image.</summary>
internal sealed record ImageArticle
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Its slug.</summary>
    public required string Slug { get; init; }

    /// <summary>Its headline.</summary>
    public required string Headline { get; init; }

    /// <summary>Where it is in the workflow.</summary>
    public required ArticleStatus Status { get; init; }

    /// <summary>
    /// Whether the revision that readers see uses the image: while its rights last, they see it there. Otherwise only
    /// the working copy does.
    /// </summary>
    public required bool IsPublishedWithIt { get; init; }

    /// <summary>Whether readers see it on top of the article.</summary>
    public required bool IsHero { get; init; }
}

internal sealed record ListImageArticlesRequest : PageRequest
{
    /// <summary>The image's id.</summary>
    [RouteParam]
    public Guid Id { get; init; }
}

internal sealed class ListImageArticlesRules : PageRules<ListImageArticlesRequest>;
