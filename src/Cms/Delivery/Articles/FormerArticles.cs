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
        "The article is published under another slug now, or another one has taken its place; `Location` has it."
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
        var (asked, end) = (history[0], history[^1]);
        if (end.Slug is not { } slug)
            throw new Refused(ProblemKinds.Withdrawn, $"The article '{slugOrId}' has been withdrawn.")
            {
                Notice = asked.Notice,
            };
        // Published between the two looks.
        if (end == asked && (slug == slugOrId || id is not null))
            return await again();
        return Moved.To(
            $"/v1/articles/{slug}{below}",
            context.Request,
            cache,
            [.. history.Select(h => $"article:{h.ArticleId}")]
        );
    }

    // The article that had the address, and those that took its place, one after the other. Only a withdrawn one has
    // been replaced, so the last is the only one that can be published; a circle of withdrawn ones ends nowhere.
    private const string SelectHistory = """
        with recursive asked as (
            select article_id from published_slugs where slug = @Slug or article_id = @Id limit 1),
        chain(article_id, n) as (
            select article_id, 0 from asked
            union all
            select w.replaced_by, c.n + 1 from chain c join published_withdrawals w on w.article_id = c.article_id
            where w.replaced_by is not null and c.n < 10)
        select c.article_id, p.slug, w.notice
        from chain c left join published_articles p on p.id = c.article_id
            left join published_withdrawals w on w.article_id = c.article_id
        order by c.n
        """;

    private sealed record History
    {
        public required Guid ArticleId { get; init; }
        public required string? Slug { get; init; }
        public required string? Notice { get; init; }
    }
}
