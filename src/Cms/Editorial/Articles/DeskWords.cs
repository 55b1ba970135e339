using Cms.Publishing.Search;

namespace Cms.Editorial.Articles;

/// <summary>
/// What an editor looks for, by the same analysis as the words of the working copies. Every word must be there, at least as a beginning: a search box searches
/// while one types.
/// </summary>
internal static class DeskWords
{
    /// <summary>A query for <c>@Words</c>. Of a line the part before the tab will do, or all words after it.</summary>
    public const string Select = """
        select string_agg('(' || concat_ws(' | ', '(' || nullif(search_beginnings(split_part(line, E'\t', 1))::text, '') || ')',
                                                  '(' || nullif(search_beginnings(split_part(line, E'\t', 2))::text, '') || ')') || ')', ' & ')::tsquery
        from unnest(@Words) line
        """;

    /// <summary>A line for each word that was typed: what it is as a whole, a tab, and its parts.</summary>
    public static string[]? Of(string? text) =>
        text is null
            ? null
            :
            [
                .. TextAnalysis
                    .Read(text)
                    .Select(g =>
                        $"{(g.IsSpaceless ? "" : string.Join(' ', g.Whole.Take(1)))}\t{(g.IsPrecise ? "" : string.Join(' ', Parts(g)))}"
                    ),
            ];

    private static IEnumerable<string> Parts(WordGroup group) =>
        (group.IsSpaceless && group.Parts.Count > 1 ? group.Parts.SkipLast(1) : group.Parts).Select(p =>
            p.Text
        );
}
