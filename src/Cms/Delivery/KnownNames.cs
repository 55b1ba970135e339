using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cms.Changes;
using Cms.Delivery.Caching;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery;

/// <summary>
/// The names of sections, authors and tags, which every list shows and few publications change: in this node's memory, so that no statement joins
/// them row by row. One from memory is never older than the article beside it, nor than what a writer was told is done; where that is not
/// certain they are read from the primary, which is never behind. Why this is right: decisions/0012.
/// </summary>
internal sealed class KnownNames : IDisposable
{
    /// <summary>A newsroom has a few ten thousand; beyond this (about 40 MB) memory begins anew.</summary>
    public const int Most = 100_000;

    private readonly Kind<SectionRef> _sections;
    private readonly Kind<AuthorRef> _authors;
    private readonly Kind<TagRef> _tags;
    private readonly NpgsqlDataSource _primary;
    private readonly Generations _generations;
    private readonly ChangeSignal _signal;
    private readonly Meter _meter;
    private readonly Counter<long> _reads;

    public KnownNames(
        NpgsqlDataSource primary,
        Generations generations,
        ChangeSignal signal,
        IMeterFactory meters
    )
    {
        (_primary, _generations, _signal) = (primary, generations, signal);
        (_sections, _authors, _tags) = (new(generations), new(generations), new(generations));
        _meter = meters.Create("Cms.KnownNames");
        _reads = _meter.CreateCounter<long>(
            "cms.names.reads",
            description: "Statements that read names of sections, authors and tags."
        );
        _meter.CreateObservableGauge("cms.names.kept", () => Count, description: "Names in memory.");
    }

    /// <summary>How many are kept, those that are out of date among them.</summary>
    public int Count => _sections.Count + _authors.Count + _tags.Count;

    /// <summary>
    /// Gives articles the names that they show. Where it must read it takes a connection: it is not to be called with one in hand, or those of a crowd
    /// would wait for each other's second one.
    /// </summary>
    /// <param name="rows">Of one statement.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ChangedMeanwhileException">Something that they show was deleted, or is shown no longer, since they were read.</exception>
    public async ValueTask<NamedArticle[]> OfAsync(IReadOnlyList<ArticleRow> rows, CancellationToken ct)
    {
        if (rows.Count == 0)
            return [];
        // Memory that has not heard of all that the rows know may hold names from before it.
        var isSure = _signal.HasHeard(rows[0].FeedHead);
        var missing = new HashSet<Guid>();
        var articles = new NamedArticle[rows.Count];
        for (var i = 0; i < articles.Length; i++)
            articles[i] = new(
                rows[i],
                Recall(_sections, rows[i].SectionId)!,
                RecallAll(_authors, rows[i].AuthorIds),
                RecallAll(_tags, rows[i].TagIds)
            );
        if (missing.Count == 0)
            return articles;

        var found = await ReadAsync(missing, ct);
        for (var i = 0; i < articles.Length; i++)
        {
            Fill(articles[i].Authors, rows[i].AuthorIds);
            Fill(articles[i].Tags, rows[i].TagIds);
            if (articles[i].Section is null)
                articles[i] = articles[i] with { Section = Found<SectionRef>(rows[i].SectionId) };
        }
        return articles;

        Name<T>? Recall<T>(Kind<T> kind, Guid id)
        {
            var name = isSure ? kind.Find(id) : null;
            if (name is null)
                missing.Add(id);
            return name;
        }

        // Those that are missing are null until they are filled in.
        Name<T>[] RecallAll<T>(Kind<T> kind, Guid[] ids)
        {
            var names = new Name<T>[ids.Length];
            for (var i = 0; i < ids.Length; i++)
                names[i] = Recall(kind, ids[i])!;
            return names;
        }

        void Fill<T>(Name<T>[] names, Guid[] ids)
        {
            for (var i = 0; i < ids.Length; i++)
                names[i] ??= Found<T>(ids[i]);
        }

        Name<T> Found<T>(Guid id) =>
            found.TryGetValue(id, out var name) ? (Name<T>)name : throw new ChangedMeanwhileException();
    }

    public void Dispose() => _meter.Dispose();

    private async Task<Dictionary<Guid, object>> ReadAsync(HashSet<Guid> ids, CancellationToken ct)
    {
        // Before the query: what changes from now on is news to what it finds.
        var asOf = _generations.Now;
        _reads.Add(1);
        var rows = await _primary.ListAsync<Row>(Select, new { Ids = ids.ToArray() }, ct);
        if (Count + rows.Count > Most)
        {
            _sections.Clear();
            _authors.Clear();
            _tags.Clear();
        }
        var found = new Dictionary<Guid, object>(rows.Count);
        foreach (var row in rows)
            found[row.Id] = row.Kind switch
            {
                "section" => _sections.Keep(
                    row,
                    asOf,
                    new()
                    {
                        Id = row.Id,
                        Slug = row.Slug,
                        Name = row.Name,
                    }
                ),
                "author" => _authors.Keep(
                    row,
                    asOf,
                    new()
                    {
                        Id = row.Id,
                        Slug = row.Slug,
                        Name = row.Name,
                    }
                ),
                _ => _tags.Keep(row, asOf, new() { Slug = row.Slug, Name = row.Name }),
            };
        return found;
    }

    private const string Select = """
        select 'section' kind, id, slug::text, name from published_sections where id = any(@Ids)
        union all select 'author', id, slug::text, name from published_authors where id = any(@Ids)
        union all select 'tag', id, slug::text, name from published_tags where id = any(@Ids)
        """;

    private sealed record Row
    {
        public required string Kind { get; init; }
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
    }

    /// <summary>Those of one kind.</summary>
    private sealed class Kind<T>(Generations generations)
    {
        private readonly ConcurrentDictionary<Guid, Name<T>> _kept = new();

        public int Count => _kept.Count;

        /// <summary>A name, if it is known and nothing has changed it since.</summary>
        public Name<T>? Find(Guid id) =>
            _kept.TryGetValue(id, out var name) && generations.IsCurrent(name.Slot, name.AsOf) ? name : null;

        public Name<T> Keep(Row row, long asOf, T value)
        {
            var tag = $"{row.Kind}:{row.Id}";
            // Of two that were read at once the older may come last: it knows how old it is, and is read again.
            return _kept[row.Id] = new(value, tag, Generations.SlotOf(tag), asOf);
        }

        public void Clear() => _kept.Clear();
    }
}

/// <summary>What an article shows of something that it names.</summary>
/// <param name="Value">What is shown.</param>
/// <param name="CacheTag">The thing's cache tag.</param>
/// <param name="Slot">That tag's slot in <see cref="Generations"/>.</param>
/// <param name="AsOf">The time by <see cref="Generations"/> before it was read.</param>
internal sealed record Name<T>(T Value, string CacheTag, int Slot, long AsOf);

/// <summary>An article with the names that it shows: its section's, its authors' and its tags', in its own order.</summary>
internal sealed record NamedArticle(
    ArticleRow Row,
    Name<SectionRef> Section,
    Name<AuthorRef>[] Authors,
    Name<TagRef>[] Tags
);
