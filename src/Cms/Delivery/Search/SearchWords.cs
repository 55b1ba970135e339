using System.Globalization;
using System.Text;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>
/// A search as PostgreSQL's text search takes it (<c>tsquery</c>). The language makes word stems of what was typed; a word that is the name of an
/// author, or all of whose tag's words were typed, means articles by them too, which hold their ids as words.
/// </summary>
internal sealed record SearchWords
{
    /// <summary>The most authors, and tags, that a search means by their names.</summary>
    private const int MostNames = 24;

    /// <summary>The most words that one that is being typed can become: the most frequent.</summary>
    private const int MostTyped = 24;

    private const char FirstOfIdeographs = '\u2E80';

    /// <summary>What must be matched.</summary>
    public required string Whole { get; init; }

    /// <summary>The same with the words of phrases in any order: what the index can tell.</summary>
    public required string Indexed { get; init; }

    /// <summary>The words alone, without names and filters: for ranking and for marking them in a text.</summary>
    public required string Text { get; init; }

    public bool HasPhrase => Whole != Indexed;

    /// <summary>Null when there is no word to look for, such as in "the" or in "-this".</summary>
    public static async Task<SearchWords?> FindAsync(
        NpgsqlTransaction transaction,
        SearchText text,
        CancellationToken ct
    )
    {
        var terms = text.Wanted.Concat(text.Excluded).ToArray();
        if (terms.Length == 0)
            return null;
        var rows = await transaction.ListAsync<TermRow>(
            SelectTerms,
            new
            {
                Texts = terms.Select(t => t.Text).ToArray(),
                Phrases = terms.Select(t => t.IsPhrase).ToArray(),
                Wanted = terms.Select((_, i) => i < terms.Length - text.Excluded.Count).ToArray(),
                Beginnings = terms.Select(t => t.IsTyped ? Beginning(t.Text) : null).ToArray(),
                MostNames,
                MostTyped,
            },
            ct
        );
        var next = 0;
        var alternatives = text.Alternatives.Select(a => a.Select(_ => rows[next++]).ToArray()).ToArray();
        var excluded = text.Excluded.Select(_ => rows[next++]).ToArray();
        var whole = Compose(alternatives, excluded, r => r.WithNames(r.Whole));
        return whole is null
            ? null
            : new()
            {
                Whole = whole,
                // That the words of an excluded phrase stand there says nothing: only a look at the article tells.
                Indexed = Compose(
                    alternatives,
                    [.. excluded.Where(r => r.Whole == r.Loose)],
                    r => r.WithNames(r.Loose)
                )!,
                Text = Compose(alternatives, [], r => r.AllForms) ?? "",
            };
    }

    /// <summary>The words of a query, as the language makes them: its stems.</summary>
    /// <param name="query">A <c>tsquery</c>, as PostgreSQL writes it: words in quotation marks, with their own and backslashes doubled.</param>
    public static string[] Stems(string query)
    {
        var stems = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        StringBuilder? word = null;
        for (var at = 0; at < query.Length; at++)
        {
            var c = query[at];
            var isDoubled = c is '\'' or '\\' && at + 1 < query.Length && query[at + 1] == c;
            if (word is null)
                word = c == '\'' ? new() : null;
            else if (c == '\'' && !isDoubled)
            {
                if (known.Add(word.ToString()))
                    stems.Add(word.ToString());
                word = null;
            }
            else
            {
                word.Append(c);
                at += isDoubled ? 1 : 0;
            }
        }
        return [.. stems];
    }

    /// <summary>A query for any of these words; for nothing if there are none.</summary>
    public static string AnyOf(IEnumerable<string> words) => Join(" | ", words.Select(Quoted)) ?? "";

    private static string Quoted(string word) =>
        $"'{word.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    private static string? Compose(TermRow[][] alternatives, TermRow[] excluded, Func<TermRow, string?> query)
    {
        var wanted = alternatives
            .Select(terms =>
                Join(" & ", (terms.Any(t => t.HasWords) ? terms.Where(t => t.HasWords) : terms).Select(query))
            )
            .OfType<string>()
            .ToArray();
        if (wanted.Length == 0)
            return null;
        var without = excluded.Select(query).OfType<string>().Select(q => $"!({q})");
        return Join(" & ", [Join(" | ", wanted), .. without]);
    }

    /// <summary>Null when there is nothing to join: a term of stop words only asks for nothing.</summary>
    private static string? Join(string operation, IEnumerable<string?> queries)
    {
        var all = queries.Where(q => !string.IsNullOrEmpty(q)).ToArray();
        return all.Length == 0 ? null : "(" + string.Join(operation, all) + ")";
    }

    // Letters and digits; whatever else there is makes it no beginning of a word.
    private static string? Beginning(string text)
    {
        var plain = new StringBuilder();
        foreach (var c in SearchText.Plain(text))
            if (char.IsLetterOrDigit(c))
                plain.Append(c);
            else
                return null;
        // With one letter half the words of a language begin, but a single sign may be a word of another script.
        return plain.Length == 0 || (plain.Length == 1 && plain[0] < FirstOfIdeographs)
            ? null
            : plain.ToString();
    }

    private static readonly string PlainBeginning = SearchText.Unaccented("beginning");

    // The words that a tag's name is looked up by are shorter by a letter than their stems, which are no beginnings always (company, compani).
    private static readonly string SelectTerms = $$"""
        with language as materialized (select search_configuration() cut),
        terms as materialized (
            select t.*, case when is_phrase or text !~ '-' then phraseto_tsquery(cut, text)
                             else plainto_tsquery(cut, translate(text, '-', ' ')) end whole,
                   plainto_tsquery(cut, case when is_phrase then text else translate(text, '-', ' ') end) loose,
                   case when beginning is null then phraseto_tsquery('search_simple', text) else (quote_literal(beginning) || ':*')::tsquery end name,
                   tsvector_to_array(to_tsvector(cut, text)) stems
            from (select search_text(typed) text, is_phrase, is_wanted, {{PlainBeginning}} beginning, n
                  from unnest(@Texts, @Phrases, @Wanted, @Beginnings) with ordinality t(typed, is_phrase, is_wanted, beginning, n)) t, language),
        named_authors as materialized (
            select a.id, array_agg(t.n) terms from terms t join published_authors a on a.name_words @@ t.name
            where t.is_wanted group by a.id order by count(*) desc, a.id limit @MostNames),
        wanted as materialized (
            select array_agg(distinct stem) stems,
                   string_agg(distinct quote_literal(left(stem, greatest(2, length(stem) - 1))) || case when length(stem) > 1 then ':*' else '' end, ' | ')::tsquery beginnings
            from terms t, unnest(t.stems) stem where t.is_wanted),
        named_tags as materialized (
            select g.id, g.stems
            from wanted w, language l cross join lateral (
                select id, tsvector_to_array(to_tsvector(l.cut, search_text(name))) stems from published_tags where name_words @@ w.beginnings) g
            where g.stems <@ w.stems and g.stems <> '{}' order by cardinality(g.stems) desc, g.id limit @MostNames)
        select t.whole::text, t.loose::text, t.is_wanted,
               (select string_agg(distinct nullif(plainto_tsquery(cut, v.word)::text, ''), ' | ')
                from language, (select word from search_vocabulary
                    where word >= t.beginning and word < t.beginning || U&'\+10FFFF' order by articles desc, word limit @MostTyped) v
                where t.beginning is not null) typed,
               array(select id from named_authors where t.n = any(terms)) authors,
               array(select id from named_tags g where t.is_wanted and g.stems && t.stems) tags
        from terms t order by t.n
        """;

    private sealed record TermRow
    {
        public required string Whole { get; init; }
        public required string Loose { get; init; }
        public required bool IsWanted { get; init; }
        public required string? Typed { get; init; }
        public required Guid[] Authors { get; init; }
        public required Guid[] Tags { get; init; }

        /// <summary>Whether the language has words in it: not in "the", "von" or "will", which may be part of a name all the same.</summary>
        public bool HasWords => Whole.Length > 0 || !string.IsNullOrEmpty(Typed);

        public string? AllForms => Join(" | ", [Whole, Typed]);

        public string? WithNames(string words) =>
            Join(
                " | ",
                [
                    words,
                    Typed,
                    .. Authors.Select(id => string.Create(CultureInfo.InvariantCulture, $"'a {id}'")),
                    .. Tags.Select(id => string.Create(CultureInfo.InvariantCulture, $"'t {id}'")),
                ]
            );
    }
}
