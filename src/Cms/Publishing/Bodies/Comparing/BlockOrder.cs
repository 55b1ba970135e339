namespace Cms.Publishing.Bodies.Comparing;

/// <summary>The order of blocks, by their ids.</summary>
internal static class BlockOrder
{
    /// <summary>
    /// The fewest blocks that must be moved to bring those that both orders have from the first into the second: all
    /// that are not in a longest sequence that keeps its order.
    /// </summary>
    public static HashSet<string> Moved(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var index = before
            .Select((id, i) => (id, i))
            .ToDictionary(b => b.id, b => b.i, StringComparer.Ordinal);
        var common = after.Where(index.ContainsKey).ToArray();
        // Longest increasing subsequence, by patience sorting.
        var ends = new List<int>();
        var previous = new int[common.Length];
        for (var i = 0; i < common.Length; i++)
        {
            var (low, high) = (0, ends.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (index[common[ends[middle]]] < index[common[i]])
                    low = middle + 1;
                else
                    high = middle;
            }
            previous[i] = low > 0 ? ends[low - 1] : -1;
            if (low == ends.Count)
                ends.Add(i);
            else
                ends[low] = i;
        }
        var moved = common.ToHashSet(StringComparer.Ordinal);
        for (var i = ends.Count > 0 ? ends[^1] : -1; i >= 0; i = previous[i])
            moved.Remove(common[i]);
        return moved;
    }
}
