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

/// <summary>Returns an author</summary>
/// <remarks>By slug or id. A former slug redirects (308) to the present one, until another author takes it. Their
/// articles are at `/v1/articles?author={slug}`.</remarks>
internal sealed class GetAuthor(DeliveryDatabase database, CachePolicy cache)
    : DeliverySlice<GetAuthorRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/authors/{slugOrId}");
        Answers<Author>(200, ProblemKinds.NotFound, ProblemKinds.Unauthenticated);
        Options(b => b.WithMetadata(FormerSlugs.RedirectOf("author")));
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        GetAuthorRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<Author>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var id = SlugOrId.IdOf(request.SlugOrId);
        var row = await postgres.FindAsync<AuthorRow>(
            id is null ? $"{AuthorRow.Select} where a.slug = @Slug" : $"{AuthorRow.Select} where a.id = @Id",
            new { Slug = request.SlugOrId, Id = id },
            ct
        );
        if (row is null)
            return await FormerSlugs.AnswerAsync(
                HttpContext,
                postgres,
                cache,
                "author",
                request.SlugOrId,
                () => AnswerAsync(postgres, request, ct),
                ct
            );
        return new Document(
            Fields.Write(row.ToAuthor(ImageForm.Full), fields),
            changedAt,
            cache.For(HttpContext.FindCaller())
        )
        {
            CacheTags = [.. row.CacheTags()],
        };
    }
}

internal sealed record GetAuthorRequest
{
    /// <summary>The author's slug, or their id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `name,slug`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class GetAuthorRules : AbstractValidator<GetAuthorRequest>
{
    public GetAuthorRules() => RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
}
