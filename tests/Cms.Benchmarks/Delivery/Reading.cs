using System.Globalization;
using Cms.Benchmarks.Corpus;
using Cms.Benchmarks.Harness;
using Cms.Delivery;
using Cms.Platform.Http;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Benchmarks.Delivery;

/// <summary>What readers ask for.</summary>
internal static class Reading
{
    public const string FirstPage = "/v1/articles";
    private const int Different = 1_000;

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
    /// The address of a page of the list, the newest first. It is found by counting, once, and checked: nobody would page there 10,000 times to
    /// take one measurement.
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
