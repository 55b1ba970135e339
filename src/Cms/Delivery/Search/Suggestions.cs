using Cms.Delivery.Search.Words;
using Cms.Platform.Postgres;
using Cms.Publishing.Search;
using Npgsql;

namespace Cms.Delivery.Search;

/// <summary>
/// What may have been meant by words that nothing published holds: known words that are written much like them.
/// </summary>
internal static class Suggestions
{
    /// <summary>How often another reading is tried.</summary>
    private const int MaxReadings = 3;

    private const int MaxWords = 8;
    private const int ShortestWord = 3;
    private const int MaxWordLength = 40;

    /// <summary>
    /// What was meant goes into the cursors of its pages, which are no longer than an address can hold.
    /// </summary>
    private const int MaxTextLength = 200;

    /// <summary>
    /// Other readings of the text, the likeliest first; none if all its words are known, or one is like no other.
    /// </summary>
    public static async Task<IReadOnlyList<Reading>> FindAsync(
        NpgsqlTransaction transaction,
        string text,
        CancellationToken ct
    )
    {
        if (text.Length > MaxTextLength)
            return [];
        var words = SearchText
            .Parse(text, asYouType: false)
            .Wanted.SelectMany(t => SearchText.Words(t.Text))
            .Where(w =>
                w.Length is >= ShortestWord and <= MaxWordLength
                && !TextAnalysis.Read(w).Exists(g => g.IsSpaceless)
            )
            .Distinct(StringComparer.Ordinal)
            .Take(MaxWords)
            .ToArray();
        if (words.Length == 0)
            return [];
        var plain = words.Select(SearchText.Plain).ToArray();
        var unknown = await transaction.ListAsync<UnknownRow>(SelectUnknown, new { words, plain }, ct);
        var likely = unknown.ToDictionary(
            u => u.Word,
            u =>
                u.Likely.Where(w => Distance(u.Plain, w) <= Math.Max(1, u.Plain.Length / 3))
                    .OrderBy(w => Distance(u.Plain, w))
                    .ToArray(),
            StringComparer.Ordinal
        );
        if (likely.Count == 0 || likely.Values.Any(l => l.Length == 0))
            return [];
        return
        [
            .. Enumerable
                .Range(0, Math.Min(MaxReadings, likely.Values.Max(l => l.Length)))
                .Select(i =>
                {
                    var known = likely.ToDictionary(
                        l => l.Key,
                        l => l.Value[Math.Min(i, l.Value.Length - 1)],
                        StringComparer.Ordinal
                    );
                    return new Reading(SearchText.Replace(text, known), known.Values);
                }),
        ];
    }

    /// <summary>
    /// How many slips of a finger lie between two words: letters left out, put in, mistaken or exchanged with their
    /// neighbour (optimal string alignment; Damerau, "A technique for computer detection and correction of spelling
    /// errors", Communications of the ACM 7 (1964)).
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var (beforeLast, last) = (new int[b.Length + 1], Enumerable.Range(0, b.Length + 1).ToArray());
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(
                    Math.Min(row[j - 1], last[j]) + 1,
                    last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                );
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last) = (last, row);
        }
        return last[b.Length];
    }

    // Stop words are no words to look for, so they are not unknown.
    private static readonly string SelectUnknown = $"""
        select u.word, u.plain, array(
            select v.word from search_vocabulary v
            where v.word % u.plain and v.word !~ '[0-9]' and abs(length(v.word) - length(u.plain)) <= 2
            order by similarity(v.word, u.plain) desc, v.articles desc limit 30) likely
        from (select word, {SearchText.Unaccented(
            "plain"
        )} plain from unnest(@words, @plain) t(word, plain)) u
        where not exists (select from search_vocabulary v where v.word = u.plain)
          and numnode(plainto_tsquery(search_configuration(), u.word)) > 0
        """;

    private sealed record UnknownRow
    {
        public required string Word { get; init; }
        public required string Plain { get; init; }
        public required string[] Likely { get; init; }
    }
}

/// <summary>Another reading of what was typed.</summary>
/// <param name="Text">What was typed, with known words in the place of unknown ones.</param>
/// <param name="Words">The known words.</param>
internal sealed record Reading(string Text, IReadOnlyCollection<string> Words);
