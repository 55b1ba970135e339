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

/// <summary>Returns a section</summary>
/// <remarks>By slug or id. A former slug redirects (308) to the present one, until another section takes it. Its
/// articles are at `/v1/articles?section={slug}`.</remarks>
internal sealed class GetSection(DeliveryDatabase database, CachePolicy cache)
    : DeliverySlice<GetSectionRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/sections/{slugOrId}");
        Answers<Section>(200, ProblemKinds.NotFound, ProblemKinds.Unauthenticated);
        Options(b => b.WithMetadata(FormerSlugs.RedirectOf("section")));
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        GetSectionRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<Section>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var id = SlugOrId.IdOf(request.SlugOrId);
        var row = await postgres.FindAsync<SectionRow>(
            id is null
                ? $"{SectionRow.Select} where s.slug = @Slug"
                : $"{SectionRow.Select} where s.id = @Id",
            new { Slug = request.SlugOrId, Id = id },
            ct
        );
        if (row is null)
            return await FormerSlugs.AnswerAsync(
                HttpContext,
                postgres,
                cache,
                "section",
                request.SlugOrId,
                () => AnswerAsync(postgres, request, ct),
                ct
            );
        return new Document(
            Fields.Write(row.ToSection(), fields),
            changedAt,
            cache.For(HttpContext.FindCaller())
        )
        {
            CacheTags = row.ParentId is { } parent
                ? [$"section:{row.Id}", $"section:{parent}"]
                : [$"section:{row.Id}"],
        };
    }
}

internal sealed record GetSectionRequest
{
    /// <summary>The section's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `name,slug`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetSectionRules : AbstractValidator<GetSectionRequest>
{
    public GetSectionRules() => RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
}
