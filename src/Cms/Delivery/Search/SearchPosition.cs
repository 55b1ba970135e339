using System.Globalization;
using Cms.Platform.Http.Answers;
using Cms.Platform.Http.Problems;
using Cms.Platform.Lists;

namespace Cms.Delivery.Search;

/// <summary>
/// Where a page of a search begins or ends, and what the search meant when it began: pages that follow weigh by the
/// same time and the same words.
/// </summary>
internal sealed record SearchPosition
{
    /// <summary>The row at the edge: its score or its date, and its id.</summary>
    public required Position Edge { get; init; }

    /// <summary>The time by which articles are new or old.</summary>
    public required DateTimeOffset Newest { get; init; }

    /// <summary>The words that were looked for in place of those that were typed.</summary>
    public required string? Corrected { get; init; }

    public double Score => double.Parse(Edge.Key, CultureInfo.InvariantCulture);

    public static string Key(CandidateRow row, SearchSort sort, DateTimeOffset newest, string? corrected) =>
        string.Join(
            '|',
            sort == SearchSort.Relevance
                ? row.Score.ToString("R", CultureInfo.InvariantCulture)
                : Json.Instant(row.PublishedAt),
            Json.Instant(newest),
            corrected ?? ""
        );

    /// <exception cref="Refused">400: the cursor is not of this search.</exception>
    public static SearchPosition Read(Cursors cursors, string search, string cursor)
    {
        var position = cursors.Read(search, cursor);
        var parts = position.Key.Split('|', 3);
        return new()
        {
            Edge = position with { Key = parts[0] },
            Newest = DateTimeOffset.Parse(parts[1], CultureInfo.InvariantCulture),
            Corrected = parts[2].Length == 0 ? null : parts[2],
        };
    }
}
