using Cms.Access;
using Cms.Delivery.Articles;
using Cms.Delivery.Reading;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Http.Validation;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Cms.Publishing.Articles;
using Cms.Publishing.Search;
using FastEndpoints;
using FluentValidation;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>Lists articles similar to a published one</summary>
/// <remarks>
/// What a reader may want to read next, the most similar first: articles that share its tags (a rare one tells more
/// than a frequent one), its authors, its
/// section and the rare words of its headline and deck; those of the same time before others. For what the desk
/// itself chose to go with it
/// see `related` of the article. A slug that the article once had redirects (308).
/// </remarks>
internal sealed class ListRelatedArticles(DeliveryDatabase database, KnownNames names, CachePolicy cache)
    : DeliverySlice<ListRelatedArticlesRequest>(database)
{
    public override void Configure()
    {
        Reads("/v1/articles/{slugOrId}/related");
        Answers<RelatedArticles>(
            200,
            ProblemKinds.NotFound,
            ProblemKinds.Withdrawn,
            ProblemKinds.Unauthenticated
        );
        Options(b => b.WithMetadata(FormerArticles.Redirect));
    }

    protected override async Task<IResult> AnswerAsync(
        NpgsqlDataSource postgres,
        ListRelatedArticlesRequest request,
        CancellationToken ct
    )
    {
        var fields = Fields.Parse<ArticleSummary>(request.Fields);
        var id = SlugOrId.IdOf(request.SlugOrId);
        var article = await postgres.FindAsync<SubjectRow>(
            $"select id, headline, deck from published_articles where {(id is null ? "slug = @Slug" : "id = @Id")}",
            new { Slug = request.SlugOrId, Id = id },
            ct
        );
        if (article is null)
            return await FormerArticles.AnswerAsync(
                HttpContext,
                postgres,
                cache,
                request.SlugOrId,
                "/related",
                () => AnswerAsync(postgres, request, ct),
                ct
            );

        // Before the words are used.
        var state = await SearchState.FindAsync(postgres, ct);
        var rows = await postgres.InBoundsAsync(
            transaction =>
                transaction.ListAsync<ArticleRow>(
                    SelectRelated,
                    new
                    {
                        article = article.Id,
                        Words = IndexText
                            .Vocabulary([article.Headline, article.Deck])
                            .Distinct(StringComparer.Ordinal)
                            .ToArray(),
                        Take = request.Limit,
                    },
                    ct
                ),
            ct
        );
        var caller = HttpContext.FindCaller();
        var named = await names.OfAsync(rows, ct);
        var related = new RelatedArticles
        {
            Data = Array.ConvertAll(named, a => ArticleRows.Summary(a, [BodyForm.None], caller)),
        };
        return new Document(Fields.WriteData(related, fields), state.ChangedAt, cache.For(caller))
        {
            // Any article that comes or changes may be liker than these.
            CacheTags = ["articles", $"article:{article.Id}", .. ArticleRows.CacheTags(named, caller)],
            VariesByKey = true,
            IsPassing = state.IsIndexing || state.IsLearning,
        };
    }

    /// <remarks>
    /// The newest of each tag, of each author, of the section, and of those that share a rare word; no more, so that
    /// an article about everything costs
    /// what one about nothing does. (A rare word may have the stem of frequent ones: of those it finds, only so many
    /// are looked at.) What there is of a tag within those bounds says how rare it is.
    /// </remarks>
    private static readonly string SelectRelated = $"""
        with article as materialized (
            select id, section_id, author_ids, tag_ids, published_at from published_articles where id = @article),
        language as materialized (select search_configuration() cut),
        rare as materialized (
            select plainto_tsquery(cut, v.word)::text word
            from language, unnest(to_tsvector('search_simple', array_to_string(@Words, ' '))) w
            join search_vocabulary v on v.word = w.lexeme
            where v.articles <= 2000 and length(v.word) > 3 and v.word !~ '^[0-9]+$'
                and numnode(plainto_tsquery(cut, v.word)) > 0
            order by v.articles, v.word limit 8),
        query as materialized (select coalesce(string_agg(word, ' | '), '')::tsquery words from rare),
        by_tag as materialized (
            select t.id tag_id, n.article_id from article, unnest(tag_ids) t(id) cross join lateral (
                select article_id from published_article_tags where tag_id = t.id
                order by published_at desc, article_id desc limit 100) n),
        rarity as materialized (select tag_id, 1 / (1 + ln(count(*))) weight from by_tag group by tag_id),
        by_author as (
            select n.article_id from article, unnest(author_ids) a(id) cross join lateral (
                select article_id from published_article_authors where author_id = a.id
                order by published_at desc, article_id desc limit 30) n),
        by_section as (
            select article_id from published_article_sections where section_id = (select section_id from article)
            order by published_at desc, article_id desc limit 30),
        by_words as (
            select article_id from (
                (select article_id, published_at from published_article_words
                 where not waits and words @@ (select words from query) limit 16000)
                union all
                select article_id, published_at from published_article_words
                where waits and words @@ (select words from query)) w
            order by published_at desc, article_id desc limit 100),
        candidates as materialized (
            select article_id from by_tag union select article_id from by_author union select article_id from by_section
            union select article_id from by_words),
        page as materialized (
            select c.id, c.published_at,
                   (3 * coalesce((select sum(weight) from rarity where tag_id = any(c.tag_ids)), 0)
                       + case when c.author_ids && a.author_ids then 0.7 else 0 end
                       + case when c.section_id = a.section_id then 0.3 else 0 end
                       + 4 * coalesce((select ts_rank(w.words, q.words, 1) from published_article_words w
                           where w.article_id = c.id), 0))
                   * (1 + 1 / (1 + abs(extract(epoch from c.published_at - a.published_at)::float8) / 7776000)) score
            from candidates n join published_articles c on c.id = n.article_id, article a, query q
            where c.id <> a.id
            order by score desc, c.published_at desc, c.id desc limit @Take)
        select {ArticleRows.Columns}
        from page join published_articles p on p.id = page.id {ArticleRows.Joins}
        order by page.score desc, page.published_at desc, page.id desc
        """;

    private sealed record SubjectRow
    {
        public required Guid Id { get; init; }
        public required string Headline { get; init; }
        public required string? Deck { get; init; }
    }
}

/// <summary>Articles like another.</summary>
internal sealed record RelatedArticles
{
    /// <summary>The likest first.</summary>
    public required IReadOnlyList<ArticleSummary> Data { get; init; }
}

internal sealed record ListRelatedArticlesRequest
{
    /// <summary>The article's slug, or its id.</summary>
    [RouteParam]
    public string SlugOrId { get; init; } = "";

    /// <summary>Return only these fields of each article, such as `headline,url`.</summary>
    [QueryParam]
    public string[]? Fields { get; init; }

    /// <summary>How many articles.</summary>
    [QueryParam]
    public int Limit { get; init; } = ListRelatedArticlesRules.Usual;
}

internal sealed class ListRelatedArticlesRules : AbstractValidator<ListRelatedArticlesRequest>
{
    public const int Usual = 5;
    private const int Max = 20;

    public ListRelatedArticlesRules()
    {
        RuleFor(r => r.SlugOrId).NotEmpty().HasAtMost(120);
        RuleFor(r => r.Limit).InclusiveBetween(1, Max);
    }
}
