using Cms.Access;
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

/// <summary>
/// Returns a thing that articles name, by its slug or id. A former slug redirects to the present one.
/// </summary>
/// <typeparam name="TView">What readers get.</typeparam>
/// <typeparam name="TRow">What the statement gives.</typeparam>
internal abstract class NamedSlice<TView, TRow>(DeliveryDatabase database, CachePolicy cache)
    : DeliverySlice<NamedRequest>(database)
    where TView : notnull
    where TRow : class
{
    /// <summary><c>section</c>, <c>author</c> or <c>tag</c>.</summary>
    protected abstract string Noun { get; }

    /// <summary>The statement, without its where clause.</summary>
    protected abstract string Select { get; }

    /// <summary>The alias that the thing has in it.</summary>
    protected abstract string Alias { get; }

    protected abstract TView View(TRow row);

    /// <summary>What the answer depends on.</summary>
    protected abstract IEnumerable<string> CacheTagsOf(TRow row);

    public sealed override void Configure()
    {
        Reads($"/v1/{Noun}s/{{slugOrId}}");
        Answers<TView>(200, ProblemKinds.NotFound, ProblemKinds.Unauthenticated);
        Options(b => b.WithMetadata(FormerSlugs.RedirectOf(Noun)));
    }

    protected sealed override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        NamedRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<TView>(request.Fields);
        var changedAt = await LastChange.FindAsync(postgres, ct);
        var id = SlugOrId.IdOf(request.SlugOrId);
        var row = await postgres.FindAsync<TRow>(
            $"{Select} where {Alias}.{(id is null ? "slug = @Slug" : "id = @Id")}",
            new { Slug = request.SlugOrId, Id = id },
            ct
        );
        if (row is null)
            return await FormerSlugs.AnswerAsync(
                HttpContext,
                postgres,
                cache,
                Noun,
                request.SlugOrId,
                () => AnswerAsync(postgres, request, ct),
                ct
            );
        return new Document(Fields.Write(View(row), fields), changedAt, cache.For(HttpContext.FindCaller()))
        {
            CacheTags = [.. CacheTagsOf(row)],
        };
    }
}

internal sealed record NamedRequest
{
    /// <summary>The slug, or the id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields, such as `name,slug`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }
}

internal sealed class NamedRequestRules : AbstractValidator<NamedRequest>
{
    public NamedRequestRules() => RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
}
