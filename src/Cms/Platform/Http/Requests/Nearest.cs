namespace Cms.Platform.Http.Requests;

/// <summary>Suggests the intended name for a misspelt one.</summary>
internal static class Nearest
{
    private const int MaxNames = 3;
    private const int MaxNameLength = 60;

    /// <summary> Did you mean 'headline'?</summary>
    /// <returns>A sentence with a leading space; empty if no name is near.</returns>
    public static string Hint(string given, IEnumerable<string> known)
    {
        var near = To(given, known);
        return near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?";
    }

    /// <summary>
    /// The nearest names by edit distance, the nearest first; at most a third of the letters may differ.
    /// </summary>
    public static IReadOnlyList<string> To(string given, IEnumerable<string> known)
    {
        if (given.Length is 0 or > MaxNameLength)
            return [];
        return
        [
            .. known
                .Where(name => name.Length <= MaxNameLength)
                // So many letters differ at least.
                .Where(name => Math.Abs(name.Length - given.Length) <= Allowed(given, name))
                .Select(name => (name, distance: Distance(given.ToUpperInvariant(), name.ToUpperInvariant())))
                .Where(n => n.distance <= Allowed(given, n.name))
                .OrderBy(n => n.distance)
                .ThenBy(n => n.name, StringComparer.Ordinal)
                .Take(MaxNames)
                .Select(n => n.name),
        ];
    }

    private static int Allowed(string a, string b) => Math.Max(1, Math.Min(a.Length, b.Length) / 3);

    /// <summary>How many letters must be changed, added, left out or swapped with their neighbour.</summary>
    internal static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        for (var j = 1; j <= b.Length; j++)
        {
            var cost = a[i - 1] == b[j - 1] ? 0 : 1;
            rows[i, j] = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
        }
        return rows[a.Length, b.Length];
    }
}
