using Cms.Publishing.Bodies.Blocks;
using DiffPlex;

namespace Cms.Publishing.Bodies.Comparing;

/// <summary>Compares sequences, within a budget of work that all texts of a comparison share.</summary>
internal sealed class TextComparison
{
    // Steps of Myers' algorithm in its worst case, about half a second. A text that would take more than is left is
    // shown as replaced. Articles with hundreds of edited paragraphs are far from it.
    private const long Steps = 100_000_000;

    private long _left = Steps;

    /// <summary>Inline HTML: pieces with marks.</summary>
    public IReadOnlyList<TextPiece> OfHtml(string before, string after)
    {
        var (a, b) = (Read(before), Read(after));
        return
        [
            .. Pieces(a, b)
                .Select(p => new TextPiece
                {
                    Change = p.Change,
                    Html = new Inline([.. p.Tokens.Select(t => new Run(t.Text, t.Style))]).ToHtml(),
                }),
        ];

        static List<Token> Read(string html) =>
            BodyReader.ReadInline(html) is { } inline ? TextTokens.Of(inline) : [];
    }

    /// <summary>Plain text.</summary>
    public IReadOnlyList<TextPiece> OfPlain(string before, string after) =>
        [
            .. Pieces(TextTokens.Of(before), TextTokens.Of(after))
                .Select(p => new TextPiece
                {
                    Change = p.Change,
                    Text = string.Concat(p.Tokens.Select(t => t.Text)),
                }),
        ];

    /// <summary>The stretches in which two sequences differ, from the start: so many there, so many here.</summary>
    public IReadOnlyList<(int FromA, int CountA, int FromB, int CountB)> Differences(
        IReadOnlyList<string> a,
        IReadOnlyList<string> b
    )
    {
        var start = 0;
        while (start < a.Count && start < b.Count && a[start] == b[start])
            start++;
        var end = 0;
        while (end < a.Count - start && end < b.Count - start && a[^(end + 1)] == b[^(end + 1)])
            end++;
        var (lengthA, lengthB) = (a.Count - start - end, b.Count - start - end);
        if (lengthA + lengthB == 0)
            return [];
        var steps = (long)(lengthA + lengthB) * (lengthA + lengthB);
        if (lengthA == 0 || lengthB == 0 || steps > _left)
            return [(start, lengthA, start, lengthB)];
        _left -= steps;
        var found = Differ.Instance.CreateDiffs(
            "a",
            "b",
            ignoreWhiteSpace: false,
            ignoreCase: false,
            new Given([.. a.Skip(start).Take(lengthA)], [.. b.Skip(start).Take(lengthB)])
        );
        return
        [
            .. found.DiffBlocks.Select(d =>
                (start + d.DeleteStartA, d.DeleteCountA, start + d.InsertStartB, d.InsertCountB)
            ),
        ];
    }

    private IEnumerable<(PieceChange Change, IEnumerable<Token> Tokens)> Pieces(List<Token> a, List<Token> b)
    {
        var styles = new Dictionary<Style, int>();
        var at = 0;
        foreach (var (fromA, countA, fromB, countB) in Joined(Differences(Keys(a), Keys(b)), a))
        {
            if (fromA > at)
                yield return (PieceChange.Equal, a[at..fromA]);
            if (countA > 0)
                yield return (PieceChange.Deleted, a[fromA..(fromA + countA)]);
            if (countB > 0)
                yield return (PieceChange.Inserted, b[fromB..(fromB + countB)]);
            at = fromA + countA;
        }
        if (at < a.Count)
            yield return (PieceChange.Equal, a[at..]);

        string[] Keys(List<Token> tokens) =>
            [
                .. tokens.Select(t =>
                {
                    if (!styles.TryGetValue(t.Style, out var style))
                        styles.Add(t.Style, style = styles.Count);
                    return $"{style} {t.Text}";
                }),
            ];
    }

    // Words that were rewritten in a row read as one change, not as one for each space between them.
    private static List<(int FromA, int CountA, int FromB, int CountB)> Joined(
        IReadOnlyList<(int FromA, int CountA, int FromB, int CountB)> differences,
        List<Token> a
    )
    {
        var joined = new List<(int FromA, int CountA, int FromB, int CountB)>();
        foreach (var next in differences)
        {
            if (
                joined is [.., var last]
                && a.Skip(last.FromA + last.CountA)
                    .Take(next.FromA - last.FromA - last.CountA)
                    .All(t => t.Text == " ")
            )
                joined[^1] = (
                    last.FromA,
                    next.FromA + next.CountA - last.FromA,
                    last.FromB,
                    next.FromB + next.CountB - last.FromB
                );
            else
                joined.Add(next);
        }
        return joined;
    }

    // DiffPlex cuts texts itself; ours are cut already.
    private sealed class Given(string[] a, string[] b) : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => text == "a" ? a : b;
    }
}
