using Cms.Publishing.Search;

namespace Cms.Delivery.Search.Words;

/// <summary>The words of a search after PostgreSQL's stemming.</summary>
/// <param name="Pieces">For each piece the query for it; empty where it has stop words only.</param>
/// <param name="Typed">For the beginning of a word a query for the words that begin so; empty if none is known.</param>
internal sealed record Stemmed(IReadOnlyList<string> Pieces, IReadOnlyDictionary<string, string> Typed);

/// <summary>A term of a search as words, and the queries for it once PostgreSQL has stemmed them.</summary>
internal sealed class TermWords
{
    private readonly List<GroupWords> _groups = [];
    private readonly List<Func<Stemmed, string?>> _inRow = [];
    private readonly List<Func<Stemmed, string?>> _anywhere = [];

    /// <param name="term">As it was typed.</param>
    /// <param name="pieces">Receives the texts to stem, and whether their words must follow one another.</param>
    /// <param name="isExcluded">Whether the term is excluded: then articles with only a part of it stay.</param>
    public TermWords(SearchTerm term, List<(string Text, bool IsInRow)> pieces, bool isExcluded = false)
    {
        var groups = term.IsPhrase ? TextAnalysis.Read(term.Text) : TextAnalysis.ReadTyped(term.Text);
        All = string.Join(' ', groups.SelectMany(g => g.Parts.Concat(g.Beside)).Select(w => w.Text));
        var row = groups.SelectMany(InRow).ToArray();
        IsPhrase = term.IsPhrase && row.Length > 1;
        if (IsPhrase)
            AddPhrase(groups, pieces);
        else
            _groups.AddRange(
                groups.Select(
                    (g, i) => new GroupWords(g, pieces, term.IsTyped && i == groups.Count - 1, isExcluded)
                )
            );

        Row = string.Join(' ', row.Select(w => w.Text));
        Whole = groups.Count == 1 ? string.Join(' ', groups[0].Whole.Take(1)) : "";
        if (groups.Count == 0 || !(term.IsTyped || (groups[^1].IsSpaceless && groups[^1].Parts.Count == 1)))
            return;
        Last = groups[^1].IsSpaceless ? row[^1].Text : Beginning(row[^1].Text);
        Row = Last is null ? Row : string.Join(' ', row[..^1].Select(w => w.Text));
    }

    public bool IsPhrase { get; }

    /// <summary>All words that it is written with.</summary>
    public string All { get; }

    /// <summary>The words in a row, as a name has them; without the last one if that is unfinished.</summary>
    public string Row { get; }

    /// <summary>All of them as one word.</summary>
    public string Whole { get; }

    /// <summary>How the last word begins, if it is unfinished.</summary>
    public string? Last { get; }

    public IEnumerable<string> Beginnings => _groups.SelectMany(g => g.Beginnings);

    public TermQueries Queries(Stemmed stemmed)
    {
        if (IsPhrase)
            return new()
            {
                Words = Query.Join(" <-> ", _inRow.Select(p => p(stemmed))),
                Loose = Query.Join(" & ", _anywhere.Select(p => p(stemmed))),
                Typed = null,
                IsPhrase = true,
            };
        var queries = _groups.ConvertAll(g => g.Queries(stemmed));
        var strong = queries.Exists(q => q.HasWords) ? queries.FindAll(q => q.HasWords) : queries;
        var words = Query.Join(" & ", strong.Select(q => q.Words));
        var typed = queries.Count == 0 ? null : queries[^1].Typed;
        return new()
        {
            Words = words,
            Loose = words,
            Typed = typed is null
                ? null
                : Query.Join(
                    " & ",
                    [.. queries.SkipLast(1).Where(q => q.HasWords).Select(q => q.Words), typed]
                ),
            IsPhrase = false,
            IsBeginning = _groups.Exists(g => g.IsBeginning),
            HasWords = queries.Exists(q => q.HasWords),
        };
    }

    /// <summary>Only longer prefixes are completed: too many words share a single letter.</summary>
    internal static string? Beginning(string word) => word.Length < 2 ? null : word;

    private static IEnumerable<TextWord> InRow(WordGroup group) =>
        group.IsSpaceless && group.Parts.Count > 1 ? group.Parts.SkipLast(1) : group.Parts;

    private void AddPhrase(List<WordGroup> groups, List<(string Text, bool IsInRow)> pieces)
    {
        var words = new List<string>();
        foreach (var group in groups)
        {
            if (!group.IsSpaceless)
            {
                words.AddRange(group.Parts.Select(w => w.Text));
                continue;
            }
            Flush();
            // What follows comes after the last sign, which stands in a pair with whatever comes next.
            foreach (var (word, i) in group.Parts.Select((w, i) => (w.Text, i)))
                Add(_ => Query.Of(word, isBeginning: i == group.Parts.Count - 1));
        }
        Flush();

        void Flush()
        {
            if (words.Count == 0)
                return;
            var text = string.Join(' ', words);
            words.Clear();
            var (inRow, anywhere) = (pieces.Count, pieces.Count + 1);
            pieces.Add((text, true));
            pieces.Add((text, false));
            _inRow.Add(s => s.Pieces[inRow]);
            _anywhere.Add(s => s.Pieces[anywhere]);
        }

        void Add(Func<Stemmed, string?> query)
        {
            _inRow.Add(query);
            _anywhere.Add(query);
        }
    }

    /// <summary>What was typed without a space.</summary>
    private sealed class GroupWords
    {
        private readonly WordGroup _group;
        private readonly int _first;
        private readonly bool _isExcluded;
        private readonly bool _isTyped;
        private readonly string? _last;
        private readonly string? _joined;

        public GroupWords(
            WordGroup group,
            List<(string Text, bool IsInRow)> pieces,
            bool isTyped,
            bool isExcluded
        )
        {
            (_group, _first, _isTyped, _isExcluded) = (group, pieces.Count, isTyped, isExcluded);
            if (group.IsSpaceless)
                return;
            pieces.AddRange(group.Parts.Select(p => (p.Text, false)));
            pieces.AddRange(group.Whole.Select(w => (w, false)));
            if (!isTyped)
                return;
            _last = Beginning(group.Parts[^1].Text);
            _joined = group.Whole.FirstOrDefault(w => w.Any(char.IsAsciiDigit));
        }

        /// <summary>One sign of a script without spaces finds whatever goes on with it.</summary>
        public bool IsBeginning => _group is { IsSpaceless: true, Parts.Count: 1 };

        public IEnumerable<string> Beginnings => new[] { _last, _joined }.OfType<string>();

        public (string? Words, bool HasWords, string? Typed) Queries(Stemmed stemmed)
        {
            if (_group.IsSpaceless)
                return (Neighbours(), true, null);
            var parts = _group.Parts.Select((_, i) => stemmed.Pieces[_first + i]).ToArray();
            var whole = Query.Join(
                " | ",
                _group.Whole.Select((_, i) => stemmed.Pieces[_first + parts.Length + i])
            );
            var all = Query.Join(" & ", parts);
            var isMissing = parts.Any(string.IsNullOrEmpty);
            var words =
                whole is null ? all
                : _group.IsPrecise || (_isExcluded && isMissing) ? whole
                : Query.Join(" | ", [whole, all]);
            return (words, _group.IsPrecise ? words is not null : all is not null, Typed(stemmed, parts));
        }

        private string? Typed(Stemmed stemmed, string[] parts) =>
            !_isTyped
                ? null
                : Query.Join(
                    " | ",
                    [
                        _joined is null ? null : stemmed.Typed.GetValueOrDefault(_joined),
                        _last is not null && stemmed.Typed.GetValueOrDefault(_last) is { Length: > 0 } typed
                            ? Query.Join(" & ", [.. parts.SkipLast(1), "(" + typed + ")"])
                            : null,
                    ]
                );

        // Marks that are still to come belong to the last sign.
        private string? Neighbours()
        {
            var words = _group.Parts.Count == 1 ? _group.Parts : [.. _group.Parts.SkipLast(1)];
            return Query.Join(
                " & ",
                words.Select(
                    (w, i) =>
                        Query.Of(
                            w.Text,
                            isBeginning: IsBeginning
                                || (i == words.Count - 1 && (_isTyped || !w.Text.All(char.IsLetter)))
                                || (i == words.Count - 1 && IsMarked(w.Text))
                        )
                )
            );
        }

        // Thai, Lao, Burmese and Khmer write vowels and tones as marks.
        private static bool IsMarked(string word) =>
            word[0] is >= '\u0E00' and <= '\u19DF' and not (>= '\u1100' and <= '\u11FF');
    }
}

/// <summary>The queries for a term; null where there is nothing to look for.</summary>
internal sealed record TermQueries
{
    public required string? Words { get; init; }

    /// <summary>The same, in any order.</summary>
    public required string? Loose { get; init; }

    /// <summary>For words that the last one can become.</summary>
    public required string? Typed { get; init; }

    public required bool IsPhrase { get; init; }

    /// <summary>Whether the words are only prefixes of others.</summary>
    public bool IsBeginning { get; init; }

    /// <summary>
    /// Whether the language has words in it: not in "the", "von" or "will", which may be part of a name all the same.
    /// </summary>
    public bool HasWords { get; init; } = true;

    /// <summary>The authors and tags that it matches, as conditions on words.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public bool IsAsked => (HasWords && Words is not null) || Typed is not null;

    public string? WithoutNames => Query.Join(" | ", [Words, Typed]);

    /// <param name="open">Restricts a query to what its reader may read.</param>
    /// <param name="openOnly">Whether plain words must not match behind the wall either.</param>
    public string? Exactly(Func<string?, string?> open, bool openOnly) =>
        Query.Join(" | ", [IsPhrase || IsBeginning || openOnly ? open(Words) : Words, open(Typed), .. Names]);

    /// <summary>The part that the index can check.</summary>
    public string? Indexed(Func<string?, string?> open, bool openOnly) =>
        IsPhrase ? Query.Join(" | ", [Loose, .. Names]) : Exactly(open, openOnly);
}
