using Cms.Delivery.Reading;
using Cms.Platform.Http;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Articles;

/// <summary>Addresses at which no article is published, and what there was.</summary>
internal static class FormerArticles
{
    /// <summary>For the endpoints that answer so.</summary>
    public static readonly RedirectMetadata Redirect = new(
        "The article is published under another slug now; `Location` has it."
    );

    /// <summary>Leads on to where the article is now.</summary>
    /// <param name="below">What the address has after the article's own, such as <c>/related</c>.</param>
    /// <param name="again">Answers as if nothing had been asked yet.</param>
    /// <exception cref="Refused">404: there never was one; 410: it was withdrawn.</exception>
    public static async Task<IResult> AnswerAsync(
        HttpContext context,
        NpgsqlDataSource postgres,
        CachePolicy cache,
        string slugOrId,
        string below,
        Func<Task<IResult>> again,
        CancellationToken ct
    )
    {
        var id = SlugOrId.IdOf(slugOrId);
        var history = await postgres.ListAsync<History>(SelectHistory, new { Slug = slugOrId, Id = id }, ct);
        if (history.Count == 0)
            throw Refused.NotFound("published article", slugOrId);
        if (history[0].Slug is not { } slug)
            throw new Refused(ProblemKinds.Withdrawn, $"The article '{slugOrId}' has been withdrawn.");
        // Published between the two looks.
        if (slug == slugOrId || id is not null)
            return await again();
        return Moved.To(
            $"/v1/articles/{slug}{below}",
            context.Request,
            cache,
            [$"article:{history[0].ArticleId}"]
        );
    }

    private const string SelectHistory = """
        select h.article_id, p.slug
        from published_slugs h left join published_articles p on p.id = h.article_id
        where h.slug = @Slug or h.article_id = @Id
        limit 1
        """;

    private sealed record History
    {
        public required Guid ArticleId { get; init; }
        public required string? Slug { get; init; }
    }
}
