using Cms.Changes;
using Cms.Images.Renditions;
using Cms.Platform;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Makes the usual renditions of hero images after their articles are published, so that the first reader does not wait
/// for them. Each node does so: it may keep renditions on a disk of its own.
/// </summary>
internal sealed class HeroRenditions(
    NpgsqlDataSource postgres,
    UsualRenditions renditions,
    ChangeSignal signal,
    TimeProvider clock,
    ILogger<HeroRenditions> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    // After an import of thousands of articles only the latest matter. All others are made when they are asked for.
    private const int MaxAtOnce = 100;
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        FeedHead? done = null;
        await RepeatAsync(
            log,
            clock,
            "Renditions of new hero images cannot be made",
            BeforeNextTry,
            async ct =>
            {
                if (signal.Head is not { } head)
                {
                    await Task.Delay(BeforeNextTry, clock, ct);
                    return true;
                }
                // What fails is left out: it is made when it is asked for.
                var last = done;
                done = null;
                if (last?.Epoch == head.Epoch)
                    await MakeAsync(last.Sequence, head.Sequence, ct);
                done = head;
                await signal.MovedFrom(head).WaitAsync(ct);
                return true;
            },
            stoppingToken
        );
    }

    /// <summary>Makes those of articles that were published between two positions of the feed.</summary>
    public async Task MakeAsync(long after, long through, CancellationToken ct)
    {
        foreach (
            var image in (
                await postgres.ListAsync<Guid>(
                    SelectHeroes,
                    new
                    {
                        after,
                        through,
                        MaxAtOnce,
                    },
                    ct
                )
            ).Distinct()
        )
            await renditions.MakeAsync(image, hasCrops: false, ct);
    }

    private const string SelectHeroes = """
        select p.hero_image_id from changes c join published_articles p on p.id = c.entity_id
        where c.entity_type = 'article' and c.op = 'upsert' and c.sequence > @after and c.sequence <= @through
          and p.hero_image_id is not null
        order by c.sequence desc limit @MaxAtOnce
        """;
}
