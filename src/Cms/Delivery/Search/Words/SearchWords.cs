using System.Globalization;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Search.Words;

/// <summary>
/// A search as PostgreSQL's text search takes it (<c>tsquery</c>). The language makes word stems of what was typed; a
/// word that is the name of an author, or all of whose tag's words were typed, means articles by them too, which hold
/// their ids as words.
/// </summary>
internal sealed record SearchWords
{
    /// <summary>The most authors, and tags, that a search means by their names.</summary>
    private const int MaxNames = 24;

    /// <summary>The most words that one that is being typed can become: the most frequent.</summary>
    private const int MaxTyped = 24;

    /// <summary>What must be matched.</summary>
    public required string Whole { get; init; }

    /// <summary>The same with the words of phrases in any order: what the index can tell.</summary>
    public required string Indexed { get; init; }

    /// <summary>The same query without positions, for ranking.</summary>
    public required string Ranked { get; init; }

    /// <summary>The words alone, without names and filters, for highlights.</summary>
    public required string Text { get; init; }

    public required bool HasPhrase { get; init; }

    /// <summary>Null when there is no word to look for, such as in "the" or in "-this".</summary>
    /// <param name="reach">What the reader may read; phrases and unfinished words match nothing else.</param>
    /// <param name="openOnly">Whether plain words match nothing else either.</param>
    public static async Task<SearchWords?> FindAsync(
        NpgsqlTransaction transaction,
        SearchText text,
        WallReach reach,
        bool openOnly,
        CancellationToken ct
    )
    {
        var pieces = new List<(string Text, bool IsInRow)>();
        var alternatives = text
            .Alternatives.Select(a => a.Select(t => new TermWords(t, pieces)).ToArray())
            .ToArray();
        var excluded = text.Excluded.Select(t => new TermWords(t, pieces, isExcluded: true)).ToArray();
        var wanted = alternatives.SelectMany(a => a).ToArray();
        if (wanted.Length == 0)
            return null;
        var beginnings = wanted.SelectMany(t => t.Beginnings).Distinct(StringComparer.Ordinal).ToArray();
        var found = (
            await transaction.FindAsync<FoundRow>(
                SelectWords,
                new
                {
                    Pieces = pieces.Select(p => p.Text).ToArray(),
                    AreInRow = pieces.Select(p => p.IsInRow).ToArray(),
                    Beginnings = beginnings,
                    Alls = wanted.Select(t => t.All).ToArray(),
                    Rows = wanted.Select(t => t.Row).ToArray(),
                    Wholes = wanted.Select(t => t.Whole).ToArray(),
                    Lasts = wanted.Select(t => t.Last).ToArray(),
                    MaxNames,
                    MaxTyped,
                },
                ct
            )
        )!;
        var stemmed = new Stemmed(
            found.Queries,
            beginnings.Zip(found.Typed).ToDictionary(t => t.First, t => t.Second, StringComparer.Ordinal)
        );
        var terms = wanted
            .Select((t, i) => t.Queries(stemmed) with { Names = found.NamesOf(i + 1) })
            .ToArray();
        var next = 0;
        var asked = alternatives.Select(a => a.Select(_ => terms[next++]).ToArray()).ToArray();
        var without = excluded.Select(t => t.Queries(stemmed)).ToArray();
        // An excluded phrase reveals as much as a found one, and no reader needs it to find an article.
        string[] Excluded(IEnumerable<TermQueries> excluded) =>
            [.. excluded.Select(q => q.Exactly(reach.Open, openOnly: true)).OfType<string>()];
        var whole = Compose(asked, Excluded(without), q => q.Exactly(reach.Open, openOnly));
        return whole is null
            ? null
            : new()
            {
                Whole = whole,
                // That the words of an excluded phrase stand there says nothing: only a look at the article tells.
                Indexed = Compose(
                    asked,
                    Excluded(without.Where(q => !q.IsPhrase)),
                    q => q.Indexed(reach.Open, openOnly)
                )!,
                Ranked = Compose(asked, [], q => q.Exactly(o => o, openOnly))!,
                Text = Compose(asked, [], q => q.WithoutNames) ?? "",
                HasPhrase = terms.Concat(without).Any(q => q.IsPhrase),
            };
    }

    /// <summary>A query for any of these words; for nothing if there are none.</summary>
    public static string AnyOf(IEnumerable<string> words) =>
        Query.Join(" | ", words.Select(w => Query.Of(w))) ?? "";

    private static string? Compose(
        TermQueries[][] alternatives,
        string[] excluded,
        Func<TermQueries, string?> query
    )
    {
        var wanted = Query.Join(
            " | ",
            alternatives.Select(terms =>
                Query.Join(
                    " & ",
                    (terms.Any(t => t.IsAsked) ? terms.Where(t => t.IsAsked) : terms).Select(query)
                )
            )
        );
        return wanted is null ? null : Query.Join(" & ", [wanted, .. excluded.Select(q => $"!({q})")]);
    }

    private static readonly string PlainBeginning = SearchText.Unaccented("b.beginning");

    // The words that a tag's name is looked up by are shorter by a letter than their stems, which are no beginnings
    // always (company, compani).
    private static readonly string SelectWords = $$"""
        with language as materialized (select search_configuration() cut),
        terms as materialized (
            select n, tsvector_to_array(to_tsvector(cut, everything)) stems,
                   case when unfinished is null
                        then phraseto_tsquery('search_simple', in_row) || plainto_tsquery('search_simple', whole)
                        when in_row = '' then (quote_literal(unfinished) || ':*')::tsquery
                        else phraseto_tsquery('search_simple', in_row)
                            <-> (quote_literal(unfinished) || ':*')::tsquery end name
            from unnest(@Alls, @Rows, @Wholes, @Lasts)
                with ordinality t(everything, in_row, whole, unfinished, n), language),
        named_authors as materialized (
            select a.id, array_agg(t.n) terms from terms t join published_authors a on a.name_words @@ t.name
            group by a.id order by count(*) desc, a.id limit @MaxNames),
        wanted as materialized (
            select array_agg(distinct stem) stems,
                   string_agg(distinct quote_literal(left(stem, greatest(2, length(stem) - 1)))
                       || case when length(stem) > 1 then ':*' else '' end, ' | ')::tsquery beginnings
            from terms t, unnest(t.stems) stem),
        named_tags as materialized (
            select g.id, g.stems || g.besides stems
            from wanted w, language l cross join lateral (
                select id, tsvector_to_array(to_tsvector(l.cut, split_part(name_text, E'\n', 1))) stems,
                       tsvector_to_array(to_tsvector(l.cut, split_part(name_text, E'\n', 2))) besides
                from published_tags where name_words @@ w.beginnings) g
            where g.stems <@ w.stems and g.stems <> '{}' or g.besides <@ w.stems and g.besides <> '{}'
            order by cardinality(g.stems) desc, g.id limit @MaxNames),
        meant_authors as (select a.id, n from named_authors a, unnest(a.terms) n),
        meant_tags as (select g.id, t.n from named_tags g join terms t on g.stems && t.stems)
        select array(select (case when in_row then phraseto_tsquery(cut, piece)
            else plainto_tsquery(cut, piece) end)::text
                     from unnest(@Pieces, @AreInRow) with ordinality p(piece, in_row, n), language order by n) queries,
               array(select coalesce((
                         select string_agg(distinct nullif(plainto_tsquery(cut, v.word)::text, ''), ' | ')
                         from language, (select word from search_vocabulary
                             where word >= {{PlainBeginning}} and word < {{PlainBeginning}} || U&'\+10FFFF'
                             order by articles desc, word limit @MaxTyped) v), '')
                     from unnest(@Beginnings) with ordinality b(beginning, n) order by n) typed,
               array(select id from meant_authors order by id, n) author_ids,
               array(select n::int from meant_authors order by id, n) author_terms,
               array(select id from meant_tags order by id, n) tag_ids,
               array(select n::int from meant_tags order by id, n) tag_terms
        """;

    private sealed record FoundRow
    {
        public required string[] Queries { get; init; }
        public required string[] Typed { get; init; }
        public required Guid[] AuthorIds { get; init; }
        public required int[] AuthorTerms { get; init; }
        public required Guid[] TagIds { get; init; }
        public required int[] TagTerms { get; init; }

        /// <summary>The authors and tags that a term matches.</summary>
        public string[] NamesOf(int term) =>
            [
                .. AuthorIds.Where((_, i) => AuthorTerms[i] == term).Select(id => Name('a', id)),
                .. TagIds.Where((_, i) => TagTerms[i] == term).Select(id => Name('t', id)),
            ];

        private static string Name(char kind, Guid id) =>
            Query.Of(string.Create(CultureInfo.InvariantCulture, $"{kind} {id}"));
    }
}
