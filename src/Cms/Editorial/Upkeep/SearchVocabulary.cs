using Cms.Changes;
using Cms.Platform;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.PlainText;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Keeps the vocabulary of what is published (<c>search_vocabulary</c>) beside the publications, not in them. New words
/// are added at once: an article has few. In how many articles each word stands is counted later, for many articles
/// together: one publication alone would rewrite some 400 rows. Any number of nodes may run it: one works at a time.
/// </summary>
internal sealed class SearchVocabulary(
    NpgsqlDataSource postgres,
    ChangeSignal signal,
    TimeProvider clock,
    ILogger<SearchVocabulary> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private const int LearntAtOnce = 100;

    /// <summary>So many articles are counted together.</summary>
    private const int CountedAtOnce = 500;

    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);

    // One look serves all publications of this time.
    private static readonly TimeSpan BeforeNextLook = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Without a publication for this long, what is left is counted although it is less than a batch.
    /// </summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    protected override async Task WorkAsync(CancellationToken stoppingToken)
    {
        var uncounted = 0;
        await RepeatAsync(
            log,
            clock,
            "The vocabulary cannot be kept up",
            BeforeNextTry,
            async ct =>
            {
                var head = signal.Head;
                int learnt;
                do uncounted += learnt = await LearnAsync(postgres, ct);
                while (learnt == LearntAtOnce);
                if (uncounted >= CountedAtOnce)
                {
                    await CountAsync(postgres, ct);
                    uncounted = 0;
                }
                if (head is null)
                    await Task.Delay(BeforeNextTry, clock, ct);
                else if (await HasMovedAsync(head, ct))
                    await Task.Delay(BeforeNextLook, clock, ct);
                else
                {
                    await CountAsync(postgres, ct);
                    uncounted = 0;
                    await signal.MovedFrom(head).WaitAsync(ct);
                }
                return true;
            },
            stoppingToken
        );
    }

    /// <summary>Adds words that are not known yet.</summary>
    public static Task AddAsync(
        NpgsqlTransaction transaction,
        IEnumerable<string> words,
        CancellationToken ct
    ) =>
        transaction.ExecuteAsync(
            Add,
            new { Words = string.Join(' ', words.Distinct(StringComparer.Ordinal)) },
            ct
        );

    /// <summary>Whether the feed moves before it has been quiet for <see cref="Quiet"/>.</summary>
    private async Task<bool> HasMovedAsync(FeedHead head, CancellationToken ct)
    {
        try
        {
            await signal.MovedFrom(head).WaitAsync(Quiet, clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Adds the new words of the next published articles. Returns how many articles there were.</summary>
    private static Task<int> LearnAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        WithNextAsync(
            postgres,
            "search-vocabulary",
            LearntAtOnce,
            (transaction, texts) => AddAsync(transaction, texts.SelectMany(t => t), ct),
            ct
        );

    /// <summary>Counts the words of all articles that have been published since they were last counted.</summary>
    public static async Task CountAsync(NpgsqlDataSource postgres, CancellationToken ct)
    {
        int counted;
        do counted = await WithNextAsync(
            postgres,
            "search-vocabulary-counted",
            CountedAtOnce,
            (transaction, texts) =>
                transaction.ExecuteAsync(
                    Count,
                    new
                    {
                        Texts = texts
                            .Select(t => string.Join(' ', t.Distinct(StringComparer.Ordinal)))
                            .ToArray(),
                    },
                    ct
                ),
            ct
        );
        while (counted == CountedAtOnce);
    }

    /// <summary>
    /// Does something with the words of the articles that were published after what a setting says, and moves the
    /// setting on.
    /// </summary>
    private static Task<int> WithNextAsync(
        NpgsqlDataSource postgres,
        string setting,
        int atMost,
        Func<NpgsqlTransaction, IReadOnlyList<IEnumerable<string>>, Task> work,
        CancellationToken ct
    ) =>
        postgres.InTransactionAsync(
            async transaction =>
            {
                if (!await transaction.FindAsync<bool>(TryLock, new { }, ct))
                    return 0;
                var articles = await transaction.ListAsync<ArticleRow>(
                    SelectNext,
                    new { setting, atMost },
                    ct
                );
                if (articles.Count == 0)
                    return 0;
                await work(
                    transaction,
                    [
                        .. articles.Select(a =>
                            IndexText.Vocabulary([a.Words, .. BodyText.Blocks(Body.Parse(a.Body))])
                        ),
                    ]
                );
                await transaction.ExecuteAsync(
                    "update settings set value = @Through::text where name = @setting",
                    new { setting, Through = articles[^1].Sequence },
                    ct
                );
                return articles.Count;
            },
            ct
        );

    private const string TryLock =
        "select pg_try_advisory_xact_lock(hashtextextended('cms:search-vocabulary', 0))";

    private const string SelectNext = """
        select c.sequence, p.body, concat_ws(E'\n', p.headline, p.kicker, p.deck,
               (select string_agg(name, E'\n') from published_authors a where a.id = any(p.author_ids)),
               (select string_agg(name, E'\n') from published_tags t where t.id = any(p.tag_ids))) words
        from changes c join published_articles p on p.id = c.entity_id
        where c.entity_type = 'article' and c.op = 'upsert'
          and c.sequence > (select value::bigint from settings where name = @setting)
        order by c.sequence limit @atMost
        """;

    // Words as one writes them (IndexText.Vocabulary), without accents.
    private const string Add = """
        insert into search_vocabulary (word, articles)
        select w.lexeme, 0 from unnest(to_tsvector('search_simple', @Words)) w
        where length(w.lexeme) between 2 and 40 order by w.lexeme
        on conflict do nothing
        """;

    // Nearly all are known. To update them by "on conflict" would lock each first, and write that to the log.
    private const string Count = """
        with counted as materialized (
            select w.lexeme word, count(*) articles
            from unnest(@Texts) t(text), unnest(to_tsvector('search_simple', t.text)) w
            where length(w.lexeme) between 2 and 40 group by w.lexeme),
        known as (
            update search_vocabulary v set articles = v.articles + c.articles from counted c where v.word = c.word
            returning v.word)
        insert into search_vocabulary as known (word, articles)
        select word, articles from counted where word not in (select word from known) order by word
        on conflict (word) do update set articles = known.articles + excluded.articles
        """;

    private sealed record ArticleRow
    {
        public required long Sequence { get; init; }
        public required string Body { get; init; }
        public required string Words { get; init; }
    }
}
