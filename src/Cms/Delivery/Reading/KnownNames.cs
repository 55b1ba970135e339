using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cms.Changes;
using Cms.Delivery.Articles;
using Cms.Delivery.Caching;
using Cms.Platform.Postgres;
using Cms.Publishing;
using Npgsql;

namespace Cms.Delivery.Reading;

/// <summary>
/// The names of sections, authors and tags, which every list shows and few publications change: in this node's memory,
/// so that no statement joins them row by row. One from memory is never older than the article beside it, nor than what
/// a writer was told is done; where that is not certain they are read from the primary, which never is behind. Why this
/// is right: decisions/0012.
/// </summary>
internal sealed class KnownNames : IDisposable
{
    /// <summary>A newsroom has a few ten thousand; beyond this (about 40 MB) memory begins anew.</summary>
    public const int Max = 100_000;

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
        _sections = new(
            "section",
            generations,
            row =>
                new()
                {
                    Id = row.Id,
                    Slug = row.Slug,
                    Name = row.Name,
                }
        );
        _authors = new(
            "author",
            generations,
            row =>
                new()
                {
                    Id = row.Id,
                    Slug = row.Slug,
                    Name = row.Name,
                }
        );
        _tags = new("tag", generations, row => new() { Slug = row.Slug, Name = row.Name });
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
    /// Gives articles the names that they show. Where it must read it takes a connection: it is not to be called with
    /// one in hand, or those of a crowd would wait for each other's second one. An author or tag that is gone, a moment
    /// after the row was read, is left out: the article itself has changed then, and with that all that is made of it
    /// is forgotten.
    /// </summary>
    /// <param name="rows">Of one statement.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ChangedMeanwhileException">The section of one is gone.</exception>
    /// <exception cref="PrimaryException">They could not be read.</exception>
    public ValueTask<NamedArticle[]> OfAsync(IReadOnlyList<ArticleRow> rows, CancellationToken ct) =>
        OfAsync(rows, within: null, ct);

    /// <summary>The same within a transaction, whose names are neither known yet nor remembered.</summary>
    public async ValueTask<NamedArticle[]> OfAsync(
        IReadOnlyList<ArticleRow> rows,
        NpgsqlTransaction? within,
        CancellationToken ct
    )
    {
        if (rows.Count == 0)
            return [];
        // Memory that has not heard of all that the rows know may hold names from before it.
        var isSure = within is null && _signal.HasInvalidated(rows[0].FeedHead);
        var sections = new Look<SectionRef>(_sections, isSure);
        var authors = new Look<AuthorRef>(_authors, isSure);
        var tags = new Look<TagRef>(_tags, isSure);
        foreach (var row in rows)
        {
            sections.Add(row.SectionId);
            authors.Add(row.AuthorIds);
            tags.Add(row.TagIds);
        }
        if (sections.Missing.Count + authors.Missing.Count + tags.Missing.Count > 0)
            await ReadAsync(sections, authors, tags, within, ct);

        var articles = new NamedArticle[rows.Count];
        for (var i = 0; i < articles.Length; i++)
            articles[i] = new(
                rows[i],
                sections.Of(rows[i].SectionId)
                    ?? throw new ChangedMeanwhileException($"The section {rows[i].SectionId} is gone."),
                authors.Of(rows[i].AuthorIds),
                tags.Of(rows[i].TagIds)
            );
        return articles;
    }

    public void Dispose() => _meter.Dispose();

    private async Task ReadAsync(
        Look<SectionRef> sections,
        Look<AuthorRef> authors,
        Look<TagRef> tags,
        NpgsqlTransaction? within,
        CancellationToken ct
    )
    {
        var arguments = new
        {
            Sections = sections.Missing.ToArray(),
            Authors = authors.Missing.ToArray(),
            Tags = tags.Missing.ToArray(),
        };
        if (within is not null)
        {
            Take(await within.ListAsync<Row>(Select, arguments, ct), asOf: 0, isKept: false);
            return;
        }
        // Before the query: what changes from now on is news to what it finds.
        var asOf = _generations.Now;
        _reads.Add(1);
        IReadOnlyList<Row> rows;
        try
        {
            rows = await _primary.ListAsync<Row>(Select, arguments, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new PrimaryException(e);
        }
        if (Count + rows.Count > Max)
        {
            _sections.Clear();
            _authors.Clear();
            _tags.Clear();
        }
        Take(rows, asOf, isKept: true);

        void Take(IReadOnlyList<Row> rows, long asOf, bool isKept)
        {
            foreach (var row in rows)
                if (row.Kind == "section")
                    sections.Take(row, asOf, isKept);
                else if (row.Kind == "author")
                    authors.Take(row, asOf, isKept);
                else
                    tags.Take(row, asOf, isKept);
        }
    }

    /// <summary>Their names, by their ids.</summary>
    public const string Select = """
        select 'section' kind, id, slug::text, name from published_sections where id = any(@Sections)
        union all select 'author', id, slug::text, name from published_authors where id = any(@Authors)
        union all select 'tag', id, slug::text, name from published_tags where id = any(@Tags)
        """;

    private sealed record Row
    {
        public required string Kind { get; init; }
        public required Guid Id { get; init; }
        public required string Slug { get; init; }
        public required string Name { get; init; }
    }

    /// <summary>What is remembered of one kind.</summary>
    private sealed class Kind<T>(string name, Generations generations, Func<Row, T> make)
    {
        private readonly ConcurrentDictionary<Guid, Name<T>> _kept = new();

        public int Count => _kept.Count;

        /// <summary>A name, if it is known and nothing has changed it since.</summary>
        public Name<T>? Find(Guid id) =>
            _kept.TryGetValue(id, out var found) && generations.IsCurrent(found.Slot, found.AsOf)
                ? found
                : null;

        public Name<T> Make(Row row, long asOf)
        {
            var tag = $"{name}:{row.Id}";
            return new(make(row), tag, Generations.SlotOf(tag), asOf);
        }

        // Of two that were read at once the older may come last: it knows how old it is, and is read again.
        public Name<T> Keep(Row row, long asOf) => _kept[row.Id] = Make(row, asOf);

        public void Clear() => _kept.Clear();
    }

    /// <summary>
    /// What one answer needs of one kind: each name is looked at once, so that it is the same throughout.
    /// </summary>
    private sealed class Look<T>(Kind<T> kind, bool isSure)
    {
        private readonly Dictionary<Guid, Name<T>?> _found = [];

        public HashSet<Guid> Missing { get; } = [];

        public void Add(params ReadOnlySpan<Guid> ids)
        {
            foreach (var id in ids)
            {
                if (_found.ContainsKey(id))
                    continue;
                var known = isSure ? kind.Find(id) : null;
                _found.Add(id, known);
                if (known is null)
                    Missing.Add(id);
            }
        }

        public void Take(Row row, long asOf, bool isKept) =>
            _found[row.Id] = isKept ? kind.Keep(row, asOf) : kind.Make(row, asOf);

        public Name<T>? Of(Guid id) => _found[id];

        public Name<T>[] Of(Guid[] ids)
        {
            var names = new Name<T>[ids.Length];
            var count = 0;
            foreach (var id in ids)
                if (_found[id] is { } name)
                    names[count++] = name;
            return count == names.Length ? names : names[..count];
        }
    }
}

/// <summary>What an article shows of something that it names.</summary>
/// <param name="Value">What is shown.</param>
/// <param name="CacheTag">The thing's cache tag.</param>
/// <param name="Slot">That tag's slot in <see cref="Generations"/>.</param>
/// <param name="AsOf">The time by <see cref="Generations"/> before it was read.</param>
internal sealed record Name<T>(T Value, string CacheTag, int Slot, long AsOf);

/// <summary>
/// An article with the names that it shows: its section's, its authors' and its tags', in its own order.
/// </summary>
internal sealed record NamedArticle(
    ArticleRow Row,
    Name<SectionRef> Section,
    Name<AuthorRef>[] Authors,
    Name<TagRef>[] Tags
);
