using Cms.Platform.Http.Problems;

namespace Cms.Docs;

/// <summary>All kinds of refusals as a table in Markdown, in the order of their statuses.</summary>
internal static class ProblemTable
{
    private const string Head = """
        | status | code | meaning |
        | --- | --- | --- |
        """;

    public static string Markdown() =>
        Head
        + string.Concat(
            ProblemKinds
                .All.Values.OrderBy(k => k.Status)
                .ThenBy(k => k.Code, StringComparer.Ordinal)
                .Select(k => $"\n| {k.Status} | [`{k.Code}`]({k.Type}) | {k.Explanation} |")
        );
}
