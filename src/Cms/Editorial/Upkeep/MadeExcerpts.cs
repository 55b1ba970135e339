using Cms.Changes;
using Cms.Editorial.Articles;
using Cms.Editorial.ForReaders;
using Cms.Platform;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Regenerates the excerpts of walled articles once, in newsrooms from before the teaser was limited, since they
/// revealed all of a short article. Excerpts of public articles are regenerated when they are published next. Any
/// number of nodes may run it: each batch is one transaction of one of them.
/// </summary>
internal sealed class MadeExcerpts(
    NpgsqlDataSource postgres,
    ChangeLog changes,
    TimeProvider clock,
    ILogger<MadeExcerpts> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private const int Batch = 100;
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        RepeatAsync(
            log,
            clock,
            "Excerpts cannot be made anew",
            BeforeNextTry,
            async ct =>
            {
                await RenewAsync(postgres, changes, ct);
                return false;
            },
            stoppingToken
        );

    /// <summary>
    /// Goes through all walled articles with a generated excerpt, and writes the changes to the feed.
    /// </summary>
    public static async Task RenewAsync(NpgsqlDataSource postgres, ChangeLog changes, CancellationToken ct)
    {
        if (
            await postgres.FindAsync<string>(
                "select value from settings where name = 'made-excerpts'",
                new { },
                ct
            )
            is not ""
        )
            return;
        for (Guid? last = Guid.Empty; last is { } from; )
            last = await changes.InTransactionAsync(
                async (transaction, announcement) =>
                {
                    var articles = await transaction.ListAsync<ExcerptRow>(
                        SelectMade,
                        new { from, Batch },
                        ct
                    );
                    foreach (var article in articles)
                    {
                        var excerpt = Body.Parse(article.Body)
                            .Excerpt(ArticleLimits.MadeExcerpt, walled: true);
                        if (string.Equals(excerpt, article.Excerpt, StringComparison.Ordinal))
                            continue;
                        await Publisher.RenewExcerptAsync(transaction, announcement, article.Id, excerpt, ct);
                    }
                    return articles.Count == 0 ? (Guid?)null : articles[^1].Id;
                },
                ct
            );
        await postgres.ExecuteAsync(
            "update settings set value = 'renewed' where name = 'made-excerpts'",
            new { },
            ct
        );
    }

    // Locked, so that no publication comes between reading an article and writing the result.
    private const string SelectMade = """
        select p.id, p.body, p.excerpt
        from published_articles p
        join article_revisions r on r.article_id = p.id and r.number = p.revision
        where p.id > @from and p.access <> 'public' and nullif(r.excerpt, '') is null
        order by p.id limit @Batch for no key update of p
        """;

    private sealed record ExcerptRow
    {
        public required Guid Id { get; init; }
        public required string Body { get; init; }
        public required string Excerpt { get; init; }
    }
}
