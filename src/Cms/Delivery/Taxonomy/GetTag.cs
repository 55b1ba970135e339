using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Delivery.Taxonomy;

/// <summary>Returns a tag</summary>
/// <remarks>
/// By slug or id, if a published article carries it. A former slug redirects (308) to the present one, and so does the
/// slug of a tag that was merged into another, until another tag takes it. Its articles are at
/// `/v1/articles?tag={slug}`.
/// </remarks>
internal sealed class GetTag(DeliveryDatabase database, CachePolicy cache)
    : DeliverySlice<GetTagRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/tags/{slugOrId}");
        Answers<CountedTag>(200, ProblemKinds.NotFound, ProblemKinds.Unauthenticated);
        Options(b => b.WithMetadata(FormerSlugs.RedirectOf("tag")));
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        GetTagRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<CountedTag>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var id = SlugOrId.IdOf(request.SlugOrId);
        var row = await postgres.FindAsync<TagRow>(
            id is null ? $"{Select} where t.slug = @Slug" : $"{Select} where t.id = @Id",
            new { Slug = request.SlugOrId, Id = id },
            ct
        );
        if (row is null)
            return await FormerSlugs.AnswerAsync(
                HttpContext,
                postgres,
                cache,
                "tag",
                request.SlugOrId,
                () => AnswerAsync(postgres, request, ct),
                ct
            );
        return new Document(
            Fields.Write(row.ToPage(), fields),
            changedAt,
            cache.For(HttpContext.FindCaller())
        )
        {
            // Each publication may change the count.
            CacheTags = ["tags", $"tag:{row.Id}", "articles"],
        };
    }

    private const string Select = $"""
        select {TagRow.Columns}, (select count(*) from published_article_tags u where u.tag_id = t.id)::int
            article_count
        from published_tags t
        """;
}

internal sealed record GetTagRequest
{
    /// <summary>The tag's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `name,articleCount`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetTagRules : AbstractValidator<GetTagRequest>
{
    public GetTagRules() => RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
}
