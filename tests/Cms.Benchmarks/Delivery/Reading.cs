using System.Globalization;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Delivery.Articles;
using Cms.Platform.Http.Answers;
using Cms.Platform.Lists;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Benchmarks.Delivery;

/// <summary>What readers ask for.</summary>
internal static class Reading
{
    public const string FirstPage = "/v1/articles";
    private const int Different = 1_000;

    /// <summary>A third of each kind: the smaller newsroom has no more sections and authors with a full page.</summary>
    public const int FullFronts = 300;

    /// <summary>Articles from everywhere in the newsroom, the same ones each time.</summary>
    public static Task<IReadOnlyList<string>> ArticlesAsync(Newsroom newsroom, CancellationToken ct) =>
        newsroom.Postgres.ListAsync<string>(
            "select '/v1/articles/' || slug from published_articles order by md5(id::text) limit @Different",
            new { Different },
            ct
        );

    /// <summary>Fronts of sections, tags and authors, long ones and short ones.</summary>
    public static Task<IReadOnlyList<string>> FrontsAsync(Newsroom newsroom, CancellationToken ct) =>
        newsroom.Postgres.ListAsync<string>(
            """
            select target from (
                select '/v1/articles?section=' || slug target from published_sections
                union all select '/v1/articles?tag=' || slug from published_tags
                union all select '/v1/articles?author=' || slug from published_authors) fronts
            order by md5(target) limit @Different
            """,
            new { Different },
            ct
        );

    /// <summary>
    /// As many fronts of each kind, each with a full page: the same question in a newsroom of any size.
    /// </summary>
    public static Task<IReadOnlyList<string>> FullFrontsAsync(Newsroom newsroom, CancellationToken ct) =>
        newsroom.Postgres.ListAsync<string>(
            """
            select target from (
                select kind || slug target, row_number() over (partition by kind order by md5(slug)) n from (
                    select '/v1/articles?section=' kind, slug::text, (select count(*)
                        from published_article_sections u where u.section_id = s.id) articles
                    from published_sections s
                    union all select '/v1/articles?tag=', slug::text, (select count(*)
                        from published_article_tags u where u.tag_id = t.id) from published_tags t
                    union all select '/v1/articles?author=', slug::text, (select count(*)
                        from published_article_authors u where u.author_id = a.id) from published_authors a) f
                where articles > @Page) fronts
            where n <= @Each order by md5(target)
            """,
            new { Each = FullFronts / 3, Page = Paging.DefaultLimit },
            ct
        );

    /// <summary>
    /// The address of a page of the list, the newest first. It is found by counting, once, and checked: nobody would
    /// page there 10,000 times to take one measurement.
    /// </summary>
    public static async Task<string> PageAsync(
        Newsroom newsroom,
        IMeasured node,
        int number,
        CancellationToken ct
    )
    {
        var edge = await newsroom.Postgres.ListAsync<Edge>(
            """
            select id, published_at from published_articles order by published_at desc, id desc
            offset @Before limit 2
            """,
            new { Before = ((number - 1) * Paging.DefaultLimit) - 1 },
            ct
        );
        var cursors = await CursorsAsync(newsroom.Postgres, ct);
        var cursor = cursors.Write(
            new ListArticlesRequest().Name(),
            new() { Key = Json.Instant(edge[0].PublishedAt), Id = edge[0].Id }
        );
        var target = $"{FirstPage}?cursor={cursor}";
        var answer = await RecordedAnswer.FetchAsync(
            string.Create(CultureInfo.InvariantCulture, $"page {number}"),
            node.Address,
            target,
            [],
            ct
        );
        var page = Json.Read<Paged<Beginning>>(System.Text.Encoding.UTF8.GetString(answer.Require(200).Body));
        return page.Data.Count == Paging.DefaultLimit && page.Data[0].Id == edge[1].Id
            ? target
            : throw new InvalidOperationException($"{target} is not page {number}.");
    }

    public static async Task<Cursors> CursorsAsync(NpgsqlDataSource postgres, CancellationToken ct)
    {
        var cursors = new Cursors();
        cursors.UseKey(
            (
                await postgres.FindAsync<string>(
                    "select value from settings where name = 'cursor-key'",
                    new { },
                    ct
                )
            )!
        );
        return cursors;
    }

    private sealed record Edge
    {
        public required Guid Id { get; init; }
        public required DateTimeOffset PublishedAt { get; init; }
    }

    /// <summary>Of an article, its id.</summary>
    [System.Text.Json.Serialization.JsonUnmappedMemberHandling(
        System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip
    )]
    private sealed record Beginning
    {
        public required Guid Id { get; init; }
    }
}
