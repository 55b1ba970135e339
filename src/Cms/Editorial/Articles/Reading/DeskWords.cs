using Cms.Publishing.Search;

namespace Cms.Editorial.Articles.Reading;

/// <summary>
/// An editor's query, with the same analysis as the working copies. Every word must match at least as a prefix: a
/// search box searches while one types.
/// </summary>
internal static class DeskWords
{
    /// <summary>
    /// A query for <c>@Words</c>. A line matches by the part before the tab, or by all words after it.
    /// </summary>
    public const string Select = """
        select string_agg(
            '(' || concat_ws(' | ',
                '(' || nullif(search_beginnings(split_part(line, E'\t', 1))::text, '') || ')',
                '(' || nullif(search_beginnings(split_part(line, E'\t', 2))::text, '') || ')') || ')',
            ' & ')::tsquery
        from unnest(@Words) line
        """;

    /// <summary>One line for each typed word: the whole, a tab, and its parts.</summary>
    public static string[]? Of(string? text) =>
        text is null
            ? null
            :
            [
                .. TextAnalysis
                    .ReadTyped(text)
                    .Select(g =>
                        $"{(g.IsSpaceless ? "" : string.Join(' ', g.Whole.Take(1)))}\t"
                        + $"{(g.IsPrecise ? "" : string.Join(' ', Parts(g)))}"
                    ),
            ];

    private static IEnumerable<string> Parts(WordGroup group) =>
        (group.IsSpaceless && group.Parts.Count > 1 ? group.Parts.SkipLast(1) : group.Parts).Select(p =>
            p.Text
        );
}
