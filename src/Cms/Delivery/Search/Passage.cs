using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Cms.Delivery.Search;

/// <summary>
/// The place of a text where most of a search's words stand together: to mark words takes PostgreSQL time by the length of what it is given (20 bodies
/// of 2,000 characters 10 ms, 20 passages 3). It is a guess, by how words begin, since only PostgreSQL knows the language.
/// </summary>
internal static class Passage
{
    /// <summary>The most characters of a passage.</summary>
    public const int Longest = 600;

    /// <summary>What stands before the first of the words, so that it is read in its sentence.</summary>
    private const int Lead = 100;

    /// <summary>Words within so many characters stand together.</summary>
    private const int Together = 400;

    private const int Same = 3;
    private const int Inflected = 2;
    private const int Alike = 1;
    private const int LongestEnding = 3;

    private const string Quote = "\0";

    /// <summary>The words of a query, as the language makes them: its stems.</summary>
    /// <param name="query">A <c>tsquery</c>, as PostgreSQL writes it.</param>
    public static string[] Stems(string query) =>
        [
            // Every other piece stands between quotation marks, of which a word has its own doubled.
            .. query
                .Replace("''", Quote, StringComparison.Ordinal)
                .Split('\'')
                .Where((_, i) => i % 2 == 1)
                .Select(word => word.Replace(Quote, "'", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal),
        ];

    /// <summary>The first place with the most of the words; the beginning if none is seen.</summary>
    /// <param name="text">In pieces, of which no more are asked for than are needed.</param>
    /// <param name="stems">What to look for, in small letters without accents (<see cref="Stems"/>).</param>
    /// <param name="longest">Beyond so many characters nothing is looked for.</param>
    /// <returns>The passage, and whether there is more text than that.</returns>
    public static (string Text, bool IsPart) Find(
        IEnumerable<string> text,
        IReadOnlyList<string> stems,
        int longest
    )
    {
        var read = new StringBuilder();
        var near = new Queue<Hit>();
        var (best, place) = (0, 0);
        var isPart = false;
        foreach (var piece in text)
        {
            // What comes after the passage is not needed once nothing better can be found.
            isPart = read.Length > 0 && (read.Length >= longest || (IsFound() && read.Length >= End()));
            if (isPart)
                break;
            if (read.Length > 0)
                read.Append("\n\n");
            if (!IsFound())
                Look(piece, read.Length);
            read.Append(piece);
        }
        var start = Math.Max(0, place - Lead);
        var end = Math.Min(read.Length, start + Longest);
        return (Cut(read, start, end), isPart || start > 0 || end < read.Length);

        bool IsFound() => best > 0 && best == stems.Count * Same;

        int End() => Math.Max(0, place - Lead) + Longest;

        void Look(string piece, int offset)
        {
            for (var at = 0; at < piece.Length && !IsFound(); )
            {
                var next = at;
                while (next < piece.Length && IsOfWord(piece[next]))
                    next++;
                if (next > at && Likest(piece.AsSpan(at, next - at), stems) is { Likeness: > 0 } like)
                {
                    near.Enqueue(like with { At = offset + at });
                    while (near.Peek().At < offset + at - Together)
                        near.Dequeue();
                    var score = near.GroupBy(n => n.Stem).Sum(words => words.Max(w => w.Likeness));
                    if (score > best)
                        (best, place) = (score, near.Peek().At);
                }
                at = next == at ? next + 1 : next;
            }
        }
    }

    /// <summary>
    /// The stem that a word has, to all appearance: it is the word, or with an ending the word, or, since a stem is not always the beginning of its word (company,
    /// compani), all but a letter of it are.
    /// </summary>
    private static Hit Likest(ReadOnlySpan<char> word, IReadOnlyList<string> stems)
    {
        var plain = Ascii.IsValid(word) ? word : SearchText.Plain(word.ToString());
        var likest = new Hit(0, 0, 0);
        for (var i = 0; i < stems.Count; i++)
        {
            var stem = stems[i].AsSpan();
            var shorter = stem[..Math.Min(stem.Length, Math.Max(2, stem.Length - 1))];
            if (!plain.StartsWith(shorter, StringComparison.OrdinalIgnoreCase))
                continue;
            var likeness =
                !plain.StartsWith(stem, StringComparison.OrdinalIgnoreCase) ? Alike
                : plain.Length == stem.Length ? Same
                : plain.Length <= stem.Length + LongestEnding ? Inflected
                : Alike;
            if (likeness > likest.Likeness)
                likest = new(0, i, likeness);
        }
        return likest;
    }

    /// <summary>Whole words, where there are spaces. Half a character cannot be sent to the database.</summary>
    private static string Cut(StringBuilder text, int start, int end)
    {
        var cut = text.ToString(start, end - start);
        var (from, to) = (0, cut.Length);
        if (
            start > 0
            && cut.AsSpan(0, Math.Min(Lead, cut.Length)).IndexOfAny(' ', '\n') is var space and >= 0
        )
            from = space + 1;
        if (end < text.Length && cut.AsSpan().LastIndexOfAny(' ', '\n') is var last && last > from)
            to = last;
        if (from < to && char.IsLowSurrogate(cut[from]))
            from++;
        if (from < to && char.IsHighSurrogate(cut[to - 1]))
            to--;
        return cut[from..to];
    }

    private static bool IsOfWord(char c) =>
        char.IsLetterOrDigit(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    /// <param name="At">Where in the text.</param>
    /// <param name="Stem">Which one.</param>
    /// <param name="Likeness">How surely.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Hit(int At, int Stem, int Likeness);
}
