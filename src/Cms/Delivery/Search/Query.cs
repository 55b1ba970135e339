using System.Text;

namespace Cms.Delivery.Search;

/// <summary>
/// Queries of PostgreSQL's text search (<c>tsquery</c>) as text: words in quotation marks, with their own and
/// backslashes doubled.
/// </summary>
internal static class Query
{
    public static string Of(string word, bool isBeginning = false)
    {
        var quoted = word.Replace("\\", @"\\", StringComparison.Ordinal)
            .Replace("'", "''", StringComparison.Ordinal);
        return $"'{quoted}'{(isBeginning ? ":*" : "")}";
    }

    /// <summary>Null when there is nothing to join: a term of stop words only asks for nothing.</summary>
    public static string? Join(string operation, IEnumerable<string?> queries)
    {
        var all = queries.Where(q => !string.IsNullOrEmpty(q)).ToArray();
        return all.Length switch
        {
            0 => null,
            1 => all[0],
            _ => "(" + string.Join(operation, all.Select(q => $"({q})")) + ")",
        };
    }

    /// <summary>The words of a query, each once, as queries of their own.</summary>
    public static string[] Words(string query)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (start, end) in Places(query))
            words.Add(query[start..end] + (query.AsSpan(end).StartsWith(":*") ? ":*" : ""));
        return [.. words];
    }

    /// <summary>The words of a query, each once, as the language makes them: its stems.</summary>
    public static string[] Stems(string query)
    {
        var stems = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (start, end) in Places(query))
            stems.Add(
                query[(start + 1)..(end - 1)]
                    .Replace("''", "'", StringComparison.Ordinal)
                    .Replace(@"\\", @"\", StringComparison.Ordinal)
            );
        return [.. stems];
    }

    /// <summary>The same query, of words with one of these weights only.</summary>
    public static string Weighed(string query, string weights)
    {
        var weighed = new StringBuilder(query.Length + 16);
        var at = 0;
        foreach (var (_, end) in Places(query))
        {
            var isBeginning = query.AsSpan(end).StartsWith(":*");
            weighed.Append(query, at, end - at).Append(isBeginning ? ":*" : ":").Append(weights);
            at = end + (isBeginning ? 2 : 0);
        }
        return weighed.Append(query, at, query.Length - at).ToString();
    }

    /// <summary>Where words stand, with their quotation marks.</summary>
    private static IEnumerable<(int Start, int End)> Places(string query)
    {
        var start = -1;
        for (var at = 0; at < query.Length; at++)
        {
            var c = query[at];
            if (start < 0)
                start = c == '\'' ? at : -1;
            else if (c is '\'' or '\\' && at + 1 < query.Length && query[at + 1] == c)
                at++;
            else if (c == '\'')
            {
                yield return (start, at + 1);
                start = -1;
            }
        }
    }
}
