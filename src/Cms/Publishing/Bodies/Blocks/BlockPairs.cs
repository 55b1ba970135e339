using Cms.Publishing.Bodies.PlainText;

namespace Cms.Publishing.Bodies.Blocks;

/// <summary>Finds for each block of a new body the block of the old one that it goes on from.</summary>
/// <param name="next">The new blocks. Those with an id need no partner.</param>
/// <param name="before">The old blocks.</param>
/// <param name="taken">Ids that new blocks have already: their old blocks are nobody's partner.</param>
internal sealed class BlockPairs(
    IReadOnlyList<Block> next,
    IReadOnlyList<Block> before,
    IReadOnlySet<string> taken
)
{
    // How many old blocks a changed one is compared with, so that a body of 2,000 rewritten blocks takes no second.
    private const int Window = 12;

    // Half of the words: an edited paragraph has most of them, another paragraph of the same article a fifth.
    private const double Alike = 0.5;

    private readonly int?[] _partners = new int?[next.Count];
    private readonly bool[] _used = [.. before.Select(block => taken.Contains(block.Id!))];
    private readonly Dictionary<Block, HashSet<int>> _words = new(ReferenceEqualityComparer.Instance);

    /// <summary>The index of the partner of each new block; null for those that have none.</summary>
    public int?[] Find()
    {
        PairEqual();
        var from = 0;
        while (from < next.Count)
        {
            if (!IsFree(from))
            {
                from++;
                continue;
            }
            var to = from;
            while (to < next.Count && IsFree(to))
                to++;
            PairSimilar(from, to);
            from = to;
        }
        return _partners;
    }

    private bool IsFree(int n) => next[n].Id is null && _partners[n] is null;

    private void PairEqual()
    {
        var byContent = new Dictionary<ulong, Queue<int>>();
        for (var i = 0; i < before.Count; i++)
            if (!_used[i])
            {
                var hash = BlockHash.Of(before[i]);
                if (!byContent.TryGetValue(hash, out var same))
                    byContent.Add(hash, same = new());
                same.Enqueue(i);
            }
        for (var n = 0; n < next.Count; n++)
            if (
                next[n].Id is null
                && byContent.TryGetValue(BlockHash.Of(next[n]), out var same)
                && same.TryDequeue(out var partner)
            )
                Pair(n, partner);
    }

    /// <summary>Pairs new blocks that stand together with the old ones between the same neighbours.</summary>
    private void PairSimilar(int from, int to)
    {
        var start = from == 0 ? 0 : IndexBefore(from - 1) + 1;
        var end = to == next.Count ? before.Count : IndexBefore(to);
        // One of the neighbours was moved: the old form may be anywhere.
        if (end < start)
            (start, end) = (0, before.Count);
        var free = Enumerable.Range(start, Math.Max(0, end - start)).Where(i => !_used[i]).ToList();
        // One block in place of another of its type is that block, however much of it was rewritten.
        if (to - from == 1 && free is [var only] && next[from].GetType() == before[only].GetType())
        {
            Pair(from, only);
            return;
        }
        var first = 0;
        for (var n = from; n < to; n++)
        {
            var best = -1;
            var most = Alike;
            for (var i = first; i < Math.Min(free.Count, first + Window); i++)
                if (
                    next[n].GetType() == before[free[i]].GetType()
                    && Likeness(next[n], before[free[i]]) is var alike
                    && alike >= most
                    && (alike > most || best < 0)
                )
                    (best, most) = (i, alike);
            if (best < 0)
                continue;
            Pair(n, free[best]);
            first = best + 1;
        }
    }

    /// <summary>Where the old form of a new block stands; before everything if it has none.</summary>
    private int IndexBefore(int n)
    {
        if (_partners[n] is { } partner)
            return partner;
        for (var i = 0; i < before.Count; i++)
            if (before[i].Id == next[n].Id)
                return i;
        return -1;
    }

    private void Pair(int n, int partner)
    {
        _partners[n] = partner;
        _used[partner] = true;
    }

    // Dice's coefficient of the sets of words.
    private double Likeness(Block one, Block other)
    {
        var (a, b) = (WordsOf(one), WordsOf(other));
        if (a.Count + b.Count == 0)
            return 0;
        var (few, many) = a.Count < b.Count ? (a, b) : (b, a);
        return 2.0 * few.Count(many.Contains) / (a.Count + b.Count);
    }

    private HashSet<int> WordsOf(Block block)
    {
        if (_words.TryGetValue(block, out var words))
            return words;
        words = [];
        foreach (var piece in BodyText.Pieces(block))
        foreach (var word in piece.AsSpan().Split(' '))
            words.Add(string.GetHashCode(piece.AsSpan(word), StringComparison.Ordinal));
        _words.Add(block, words);
        return words;
    }
}
