using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Cms.Delivery.Search.Words;

/// <summary>
/// The place of a text where most of a search's words stand together: to mark words takes PostgreSQL time by the length
/// of what it is given (20 bodies of 2,000 characters 10 ms, 20 passages 3). It is a guess, by how words begin, since
/// only PostgreSQL knows the language.
/// </summary>
internal static class Passage
{
    /// <summary>The most characters of a passage.</summary>
    public const int MaxLength = 600;

    /// <summary>What stands before the first of the words, so that it is read in its sentence.</summary>
    private const int Lead = 100;

    /// <summary>Words within so many characters stand together.</summary>
    private const int Together = 400;

    /// <summary>Where the scripts without spaces begin, and others whose words have no other forms.</summary>
    private const char FirstSpaceless = '\u0E00';

    private const int Same = 3;
    private const int Inflected = 2;
    private const int Alike = 1;
    private const int MaxEndingLength = 3;

    /// <summary>The first place with the most of the words; the beginning if none is seen.</summary>
    /// <param name="text">In pieces, of which no more are asked for than are needed.</param>
    /// <param name="stems">What to look for, in small letters without accents (<see cref="Query.Stems"/>).</param>
    /// <param name="longest">Beyond so many characters nothing is looked for.</param>
    /// <returns>The passage, and whether there is more text than that.</returns>
    public static (string Text, bool IsPart) Find(
        IEnumerable<string> text,
        IReadOnlyList<string> stems,
        int longest
    )
    {
        var read = new StringBuilder();
        var places = new Places(stems);
        var isPart = false;
        foreach (var piece in text)
        {
            // What comes after the passage is not needed once nothing better can be found.
            var room = longest - read.Length;
            isPart = room <= 0 || (places.IsOver && read.Length >= places.Start + MaxLength);
            if (isPart)
                break;
            if (read.Length > 0)
                read.Append("\n\n");
            var seen = piece.AsSpan(0, Math.Min(piece.Length, room));
            places.Look(seen, read.Length);
            read.Append(seen);
            isPart = seen.Length < piece.Length;
            if (isPart)
                break;
        }
        var end = Math.Min(read.Length, places.Start + MaxLength);
        return (Cut(read, places.Start, end), isPart || places.Start > 0 || end < read.Length);
    }

    /// <summary>Whole words, where there are spaces. Half a character cannot be sent to the database.</summary>
    private static string Cut(StringBuilder text, int start, int end)
    {
        var cut = text.ToString(start, end - start);
        var (from, to) = (0, cut.Length);
        if (start > 0 && cut.AsSpan(0, Math.Min(Lead, to)).IndexOfAny(' ', '\n') is var space and >= 0)
            from = space + 1;
        // No further than what the words need not: of a script without spaces the last may be far before them.
        var tail = Math.Max(from, to - Lead);
        if (end < text.Length && cut.AsSpan(tail).LastIndexOfAny(' ', '\n') is var last and >= 0)
            to = tail + last;
        if (from < to && char.IsLowSurrogate(cut[from]))
            from++;
        if (from < to && char.IsHighSurrogate(cut[to - 1]))
            to--;
        return cut[from..to];
    }

    private static bool IsOfWord(char c) =>
        char.IsLetterOrDigit(c) || CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    /// <summary>
    /// Goes through a text and keeps the best place so far. Each word costs the same, however many others stand around
    /// it.
    /// </summary>
    private sealed class Places
    {
        /// <summary>Of a word that stands everywhere, any place will do.</summary>
        private const int MaxHits = 1_000;

        private readonly IReadOnlyList<string> _stems;
        private readonly Dictionary<char, int[]> _byLetter;
        private readonly Queue<Hit> _near = new();

        // How many near words there are of each stem, by how alike they are.
        private readonly int[] _counts;
        private int _score;
        private int _best;
        private int _place;
        private int _hits;

        public Places(IReadOnlyList<string> stems)
        {
            _stems = stems;
            _counts = new int[stems.Count * (Same + 1)];
            _byLetter = Enumerable
                .Range(0, stems.Count)
                .Where(i => stems[i].Length > 0)
                .GroupBy(i => stems[i][0])
                .ToDictionary(g => g.Key, g => g.ToArray());
        }

        /// <summary>Whether nothing better can be found.</summary>
        public bool IsOver => (_best > 0 && _best == _stems.Count * Same) || _hits >= MaxHits;

        /// <summary>Where the best passage begins.</summary>
        public int Start => Math.Max(0, _place - Lead);

        public void Look(ReadOnlySpan<char> piece, int offset)
        {
            for (var at = 0; at < piece.Length && !IsOver; )
            {
                var next = at;
                while (next < piece.Length && IsOfWord(piece[next]))
                    next++;
                if (next > at)
                    if (piece[at] >= FirstSpaceless)
                        AddWithin(piece[at..next], offset + at);
                    else if (Likest(piece[at..next]) is { Likeness: > 0 } like)
                        Add(like with { At = offset + at });
                at = next == at ? next + 1 : next;
            }
        }

        /// <summary>A script without spaces: anything may stand anywhere.</summary>
        private void AddWithin(ReadOnlySpan<char> run, int offset)
        {
            for (var stem = 0; stem < _stems.Count; stem++)
                if (
                    _stems[stem].Length > 0
                    && _stems[stem][0] >= FirstSpaceless
                    && run.IndexOf(_stems[stem], StringComparison.Ordinal) is >= 0 and var at
                )
                    Add(new(offset + at, stem, Same));
        }

        private void Add(Hit hit)
        {
            _hits++;
            _near.Enqueue(hit);
            Count(hit, 1);
            while (_near.Peek().At < hit.At - Together)
                Count(_near.Dequeue(), -1);
            if (_score > _best)
                (_best, _place) = (_score, _near.Peek().At);
        }

        private void Count(Hit hit, int change)
        {
            _score -= Top(hit.Stem);
            _counts[(hit.Stem * (Same + 1)) + hit.Likeness] += change;
            _score += Top(hit.Stem);
        }

        private int Top(int stem)
        {
            for (var likeness = Same; likeness > 0; likeness--)
                if (_counts[(stem * (Same + 1)) + likeness] > 0)
                    return likeness;
            return 0;
        }

        /// <summary>
        /// The stem that a word has, to all appearance: it is the word, or with an ending the word, or, since a stem is
        /// not always the beginning of its word (company, compani), all but a letter of it are. Two letters begin too
        /// many words to be more than themselves.
        /// </summary>
        private Hit Likest(ReadOnlySpan<char> word)
        {
            var plain = Ascii.IsValid(word) ? word : SearchText.Plain(word.ToString());
            var likest = new Hit(0, 0, 0);
            if (
                plain.Length == 0
                || !_byLetter.TryGetValue(char.ToLowerInvariant(plain[0]), out var candidates)
            )
                return likest;
            foreach (var i in candidates)
            {
                var stem = _stems[i].AsSpan();
                var begins = plain.StartsWith(stem, StringComparison.OrdinalIgnoreCase);
                var likeness =
                    begins && plain.Length == stem.Length ? Same
                    : stem.Length < 3 ? 0
                    : begins && plain.Length <= stem.Length + MaxEndingLength ? Inflected
                    : plain.StartsWith(stem[..^1], StringComparison.OrdinalIgnoreCase) ? Alike
                    : 0;
                if (likeness > likest.Likeness)
                    likest = new(0, i, likeness);
            }
            return likest;
        }
    }

    /// <param name="At">Where in the text.</param>
    /// <param name="Stem">Which one.</param>
    /// <param name="Likeness">How surely.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Hit(int At, int Stem, int Likeness);
}
