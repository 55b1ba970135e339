using Cms.Changes;
using Cms.Editorial.ForReaders;
using Cms.Platform;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Determines which pictures of walled articles are before the wall, where an older build published them: once in
/// newsrooms from before that was stored, and again while nodes of that build still publish beside this one. Any number
/// of nodes may run it: each batch is one transaction of one of them.
/// </summary>
internal sealed class TeaserPictures(
    NpgsqlDataSource postgres,
    ChangeLog changes,
    TimeProvider clock,
    ILogger<TeaserPictures> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private const int Batch = 100;
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BeforeNextLook = TimeSpan.FromMinutes(1);

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        RepeatAsync(
            log,
            clock,
            "Pictures of teasers cannot be looked for",
            BeforeNextTry,
            async ct =>
            {
                await FindOutAsync(postgres, changes, ct);
                await Task.Delay(BeforeNextLook, clock, ct);
                return true;
            },
            stoppingToken
        );

    /// <summary>
    /// Goes through all walled articles without that information, and writes the resulting changes to the feed.
    /// </summary>
    public static async Task FindOutAsync(NpgsqlDataSource postgres, ChangeLog changes, CancellationToken ct)
    {
        if (await postgres.ExecuteAsync(Begin, new { }, ct) == 0)
            return;
        for (Guid? last = Guid.Empty; last is { } from; )
            last = await changes.InTransactionAsync(
                async (transaction, announcement) =>
                {
                    var articles = await transaction.ListAsync<BodyRow>(
                        SelectUnknown,
                        new { from, Batch },
                        ct
                    );
                    foreach (var article in articles)
                    {
                        await Publisher.MarkTeaserAsync(
                            transaction,
                            article.Id,
                            Body.Parse(article.Body),
                            ct
                        );
                        announcement.Touched(EntityType.Image, article.ImageIds);
                    }
                    return articles.Count == 0 ? (Guid?)null : articles[^1].Id;
                },
                ct
            );
        await postgres.ExecuteAsync(End, new { }, ct);
    }

    // Empty again (migration 0015): an older build has published meanwhile, perhaps an article that this run had
    // already passed.
    private const string Begin =
        "update settings set value = 'looking' where name = 'teaser-pictures' and value <> 'known'";
    private const string End =
        "update settings set value = 'known' where name = 'teaser-pictures' and value = 'looking'";

    // Locked, so that no publication comes between reading an article and writing the result.
    private const string SelectUnknown = """
        select p.id, p.body, array(select u.image_id from published_article_images u
            where u.article_id = p.id) image_ids
        from published_articles p
        where p.id > @from and p.access <> 'public'
          and exists (select from published_article_images u where u.article_id = p.id and u.in_teaser is null)
        order by p.id limit @Batch for no key update of p
        """;

    private sealed record BodyRow
    {
        public required Guid Id { get; init; }
        public required string Body { get; init; }
        public required Guid[] ImageIds { get; init; }
    }
}
