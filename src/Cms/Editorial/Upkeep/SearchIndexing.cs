using Cms.Changes;
using Cms.Editorial.ForReaders;
using Cms.Platform;
using Cms.Platform.Postgres;
using Cms.Publishing.Bodies;
using Cms.Publishing.Bodies.PlainText;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// What search needs besides the words that are written with each publication: it goes through all articles again when
/// the language or the analysis of text has changed (or they are from before there was a search), through those that
/// nodes of an older build have written since, and through those whose pictures say something else. Any number of nodes
/// may run it: each batch is one transaction of one of them.
/// </summary>
internal sealed class SearchIndexing(
    NpgsqlDataSource postgres,
    ChangeLog changes,
    ChangeSignal signal,
    TimeProvider clock,
    ILogger<SearchIndexing> log,
    IHostApplicationLifetime lifetime
) : BackgroundWork(lifetime)
{
    private const int Batch = 100;
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(5);

    // One look serves all publications of this time.
    private static readonly TimeSpan BeforeNextLook = TimeSpan.FromMilliseconds(250);

    /// <summary>Sets the language that words are cut by from now on, for all nodes.</summary>
    /// <exception cref="SettingException">PostgreSQL does not know it.</exception>
    public static async Task UseLanguageAsync(
        NpgsqlDataSource postgres,
        ChangeLog changes,
        string language,
        CancellationToken ct
    )
    {
        var known = (
            await postgres.FindAsync<string[]>(
                """
                select array_agg(substr(cfgname::text, 8) order by cfgname) from pg_ts_config
                where cfgname ~ '^search_'
                """,
                new { },
                ct
            )
        )!;
        if (!known.Contains(language))
            throw new SettingException(
                $"Cms:SearchLanguage is '{language}'. PostgreSQL knows {string.Join(", ", known)}."
            );
        await ExecuteAsync(changes, SetLanguage, new { language }, ct);
    }

    protected override Task WorkAsync(CancellationToken stoppingToken) =>
        RepeatAsync(
            log,
            clock,
            "Search cannot be kept up",
            BeforeNextTry,
            async ct =>
            {
                var head = signal.Head;
                await UseAnalysisAsync(ct);
                await IndexAsync(ct);
                await RenewAsync(ct);
                await RefreshAsync(ct);
                await IndexNamesAsync(ct);
                await IndexDeskAsync(ct);
                // Where the head is not known it is looked for again in a while.
                if (head is not null)
                    await signal.MovedFrom(head).WaitAsync(ct);
                await Task.Delay(head is null ? BeforeNextTry : BeforeNextLook, clock, ct);
                return true;
            },
            stoppingToken
        );

    /// <summary>What is indexed by an older analysis than this build's is to be gone through again.</summary>
    private async Task UseAnalysisAsync(CancellationToken ct)
    {
        const string isOlder =
            "select exists (select from settings where name = 'search-analysis' and value::int < @Version)";
        if (await postgres.FindAsync<bool>(isOlder, new { TextAnalysis.Version }, ct))
            await postgres.ExecuteAsync(SetAnalysis, new { TextAnalysis.Version }, ct);
    }

    /// <summary>
    /// Writes the words of those articles whose pictures say something else now. Until it is done no answer of a search
    /// is kept (<c>search_state</c>).
    /// </summary>
    private async Task RefreshAsync(CancellationToken ct)
    {
        while (
            await postgres.FindAsync<bool>("select exists (select from search_stale)", new { }, ct)
            && await postgres.InTransactionAsync(
                async transaction =>
                {
                    var articles = await transaction.ListAsync<BodyRow>(SelectStale, new { Batch }, ct);
                    foreach (var article in articles)
                        await Publisher.IndexAsync(transaction, article.Id, Body.Parse(article.Body), ct);
                    return articles.Count > 0;
                },
                ct
            )
        )
            await WaitingWords.MergeAsync(postgres, ct);
    }

    /// <summary>Writes the words of names that came without them.</summary>
    private async Task IndexNamesAsync(CancellationToken ct)
    {
        foreach (var table in new[] { "authors", "tags" })
        {
            IReadOnlyList<NameRow> names;
            do
            {
                names = await postgres.ListAsync<NameRow>(
                    $"select id, name from {table} where name_text is null limit @Batch",
                    new { Batch },
                    ct
                );
                if (names.Count > 0)
                    await postgres.ExecuteAsync(
                        $"""
                        update {table} t set name_text = n.text from unnest(@Ids, @Names, @Texts) n(id, name, text)
                        where t.id = n.id and t.name = n.name and t.name_text is null
                        """,
                        new
                        {
                            Ids = names.Select(n => n.Id).ToArray(),
                            Names = names.Select(n => n.Name).ToArray(),
                            Texts = names.Select(n => IndexText.OfName(n.Name)).ToArray(),
                        },
                        ct
                    );
            } while (names.Count == Batch);
        }
    }

    /// <summary>
    /// Writes the words of working copies again that are of an older analysis: those from before this build, and those
    /// that nodes of an older build have saved since.
    /// </summary>
    private async Task IndexDeskAsync(CancellationToken ct)
    {
        const string anyOlder =
            "select coalesce((select min(analysis) from article_words) < @Version, false)";
        while (
            await postgres.FindAsync<bool>(anyOlder, new { TextAnalysis.Version }, ct)
            && await postgres.InTransactionAsync(
                async transaction =>
                {
                    await transaction.ExecuteAsync(TakeTurn, new { }, ct);
                    // Held, and read afterwards: so that no save comes between what is read of a copy and what is
                    // written of it.
                    var ids = await transaction.ListAsync<Guid>(
                        HoldCopies,
                        new { TextAnalysis.Version, Batch },
                        ct
                    );
                    var copies = await transaction.ListAsync<CopyRow>(
                        SelectCopies,
                        new { Ids = ids.ToArray() },
                        ct
                    );
                    await transaction.ExecuteAsync(
                        UpdateCopies,
                        new
                        {
                            Ids = copies.Select(c => c.Id).ToArray(),
                            Texts = copies
                                .Select(c => IndexText.Of([c.Headline, c.Kicker, c.Deck, c.Slug]))
                                .ToArray(),
                            TextAnalysis.Version,
                        },
                        ct
                    );
                    return ids.Count > 0;
                },
                ct
            )
        ) { }
    }

    /// <summary>
    /// Writes the words again that nodes of an older build, or a publication that was under way while the language
    /// changed, have written since all articles were gone through. Until it is done no answer of a search is kept
    /// (<c>search_state</c>).
    /// </summary>
    private async Task RenewAsync(CancellationToken ct)
    {
        while (
            await postgres.FindAsync<bool>(
                $"select exists ({SelectOlder})",
                new { TextAnalysis.Version, Batch = 1 },
                ct
            )
            && await postgres.InTransactionAsync(
                async transaction =>
                {
                    await transaction.ExecuteAsync(TakeTurn, new { }, ct);
                    var articles = await transaction.ListAsync<BodyRow>(
                        $"""
                        select p.id, p.headline, p.deck, p.body from published_articles p
                        where p.id in ({SelectOlder}) order by p.id for share of p
                        """,
                        new { TextAnalysis.Version, Batch },
                        ct
                    );
                    foreach (var article in articles)
                        await Publisher.IndexAsync(transaction, article.Id, Body.Parse(article.Body), ct);
                    return articles.Count > 0;
                },
                ct
            )
        )
            await WaitingWords.MergeAsync(postgres, ct);
    }

    /// <summary>
    /// Goes through all articles whose words are missing, or of another language or an older analysis.
    /// </summary>
    private async Task IndexAsync(CancellationToken ct)
    {
        var language = await postgres.FindAsync<string>(
            """
            select l.value from settings l, settings i
            where l.name = 'search-language' and i.name = 'search-indexed' and l.value <> i.value
            """,
            new { },
            ct
        );
        if (language is null)
            return;
        Guid? last = Guid.Empty;
        var any = false;
        while (last is not null)
        {
            var from = last.Value;
            last = await postgres.InTransactionAsync(
                async transaction =>
                {
                    await transaction.ExecuteAsync(TakeTurn, new { }, ct);
                    // Held, so that no publication comes between what is read of an article and what is written of it.
                    var articles = await transaction.ListAsync<BodyRow>(
                        SelectOthers,
                        new
                        {
                            from,
                            language,
                            TextAnalysis.Version,
                            Batch,
                        },
                        ct
                    );
                    foreach (var article in articles)
                        await Publisher.IndexAsync(transaction, article.Id, Body.Parse(article.Body), ct);
                    // What an older analysis made no word of. How often the others stand there has been counted.
                    await SearchVocabulary.AddAsync(
                        transaction,
                        articles.SelectMany(a =>
                            IndexText.Vocabulary([a.Headline, a.Deck, .. BodyText.Blocks(Body.Parse(a.Body))])
                        ),
                        ct
                    );
                    any |= articles.Count > 0;
                    return articles.Count == 0 ? (Guid?)null : articles[^1].Id;
                },
                ct
            );
            await WaitingWords.MergeAsync(postgres, ct);
        }
        const string setIndexed = "update settings set value = @language where name = 'search-indexed'";
        if (any)
            await ExecuteAsync(changes, setIndexed, new { language }, ct);
        else
            await postgres.ExecuteAsync(setIndexed, new { language }, ct);
    }

    /// <summary>
    /// Changes a setting that decides what searches find: answers from before, kept by whomever, are old if it did.
    /// </summary>
    private static Task<int> ExecuteAsync(ChangeLog changes, string sql, object args, CancellationToken ct) =>
        changes.InTransactionAsync(
            async (transaction, announcement) =>
            {
                var changed = await transaction.ExecuteAsync(sql, args, ct);
                if (changed > 0)
                    announcement.Everything();
                return changed;
            },
            ct
        );

    // Of articles that were being gone through for another language some are in that: none counts as done.
    private const string SetLanguage = """
        with changed as (
            update settings set value = @language where name = 'search-language' and value <> @language returning name)
        update settings set value = '' from changed where settings.name = 'search-indexed'
        """;

    private const string SetAnalysis = """
        with newer as (
            update settings set value = @Version::text where name = 'search-analysis' and value::int < @Version
            returning name)
        update settings set value = '' from newer where settings.name = 'search-indexed'
        """;

    // Held like those below. One that another node has taken is passed over.
    private const string SelectStale = """
        with taken as (
            delete from search_stale where article_id in (
                select article_id from search_stale order by article_id limit @Batch for update skip locked)
            returning article_id)
        select p.id, p.headline, p.deck, p.body from published_articles p
        where p.id in (select article_id from taken) order by p.id for share of p
        """;

    private const string HoldCopies = """
        select id from articles where id in (select article_id from article_words where analysis < @Version
            order by analysis limit @Batch)
        order by id for no key update
        """;

    private const string SelectCopies = """
        select a.id, r.headline, r.kicker, r.deck, r.slug
        from articles a join article_revisions r on r.article_id = a.id and r.number = a.revision where a.id = any(@Ids)
        """;

    private const string UpdateCopies = """
        update article_words w set words = to_tsvector('search_simple', c.text), analysis = @Version
        from unnest(@Ids, @Texts) c(id, text) where w.article_id = c.id
        """;

    // One node after the other: two would find and write the same ones.
    private const string TakeTurn =
        "select pg_advisory_xact_lock(hashtextextended('cms:search-indexing', 0))";

    // Each of the three is a range of the index.
    private const string SelectOlder = """
        select article_id from (
            (select article_id from published_article_words where analysis < @Version order by analysis, language
                limit @Batch)
            union all
            (select article_id from published_article_words
             where analysis = @Version and language < (select value from settings where name = 'search-language')
             order by analysis, language limit @Batch)
            union all
            (select article_id from published_article_words
             where analysis = @Version and language > (select value from settings where name = 'search-language')
             order by analysis, language limit @Batch)) older
        limit @Batch
        """;

    private const string SelectOthers = """
        select p.id, p.headline, p.deck, p.body from published_articles p
        where p.id > @from
          and not exists (select from published_article_words w
              where w.article_id = p.id and w.language = @language and w.analysis >= @Version)
        order by p.id limit @Batch for share of p
        """;

    private sealed record NameRow(Guid Id, string Name);

    private sealed record CopyRow
    {
        public required Guid Id { get; init; }
        public required string Headline { get; init; }
        public required string? Kicker { get; init; }
        public required string? Deck { get; init; }
        public required string Slug { get; init; }
    }

    private sealed record BodyRow
    {
        public required Guid Id { get; init; }
        public required string Headline { get; init; }
        public required string? Deck { get; init; }
        public required string Body { get; init; }
    }
}
