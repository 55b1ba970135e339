using System.Text.Json.Serialization;
using Cms.Platform.Http.Answers;

namespace Cms.Platform.Lists;

/// <summary>A page of a list.</summary>
internal sealed record Paged<T>
{
    /// <summary>The items, in the order that <c>sort</c> asked for.</summary>
    public required IReadOnlyList<T> Data { get; init; }

    /// <summary>Where the page stands in its list.</summary>
    public required PageInfo Page { get; init; }
}

/// <summary>Where a page stands in its list.</summary>
internal sealed record PageInfo
{
    /// <summary>
    /// The most items a page holds. A page of long articles may hold fewer: it ends at about 4 MB. Rely on <c>next</c>.
    /// </summary>
    public required int Limit { get; init; }

    /// <summary>
    /// Cursor of the page after this one, to be given as <c>cursor</c> with the same other parameters; null on the last
    /// page.
    /// </summary>
    public required string? Next { get; init; }

    /// <summary>Cursor of the page before this one; null on the first page.</summary>
    public required string? Previous { get; init; }

    /// <summary>How many items the whole list has. Only with <c>count</c>: counting costs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Total { get; init; }

    /// <summary>
    /// Whether <c>total</c> was counted; false: it is estimated, as a rule within a few percent. Only with
    /// <c>count</c>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? TotalIsExact { get; init; }
}

/// <summary>How many items a list has, and whether they were counted.</summary>
internal sealed record ListTotal(long Value, bool IsExact);

/// <summary>What <c>count</c> may ask for.</summary>
internal enum Count
{
    None,
    Exact,
    Estimated,
}

/// <summary>Cuts a page out of rows that were read one beyond the limit.</summary>
internal static class Paging
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>
    /// The most bytes of long texts (bodies, corrections) that are read for a page, and of its items. One item alone
    /// may be longer.
    /// </summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>
    /// The maximum length of the header: see <see cref="CacheTags.MaxLength"/>. The cursors are in the page too.
    /// </summary>
    public const int MaxLinkLength = 1_000;

    /// <param name="list">Names the list, its filter and its sort: what a cursor is bound to.</param>
    /// <param name="rows">Rows in reading order: backwards when <paramref name="from"/> says so; at most
    /// <paramref name="limit"/> + 1.</param>
    /// <param name="edge">The sort key and id of a row.</param>
    /// <param name="total">How many items the list has, where they are counted.</param>
    /// <param name="fits">How many rows, in reading order, the page has room for, if fewer than the limit.</param>
    public static (IReadOnlyList<T> Rows, PageInfo Info) Cut<T>(
        Cursors cursors,
        string list,
        IReadOnlyList<T> rows,
        int limit,
        Position? from,
        Func<T, (string Key, Guid Id)> edge,
        ListTotal? total = null,
        int? fits = null
    )
    {
        var most = Math.Min(limit, fits ?? limit);
        var more = rows.Count > most;
        var backwards = from?.Backwards == true;
        var page = rows.Take(most).ToList();
        if (backwards)
            page.Reverse();

        // Reading forwards there is a page before unless this is the start; reading backwards there is one after: the
        // one we came from.
        var hasNext = backwards ? from is not null : more;
        var hasPrevious = backwards ? more : from is not null;
        return (
            page,
            new PageInfo
            {
                Limit = limit,
                Next = hasNext && page.Count > 0 ? Cursor(page[^1], back: false) : null,
                Previous = hasPrevious && page.Count > 0 ? Cursor(page[0], back: true) : null,
                Total = total?.Value,
                TotalIsExact = total?.IsExact,
            }
        );

        string Cursor(T row, bool back)
        {
            var (key, id) = edge(row);
            return cursors.Write(
                list,
                new Position
                {
                    Key = key,
                    Id = id,
                    Backwards = back,
                }
            );
        }
    }

    /// <summary>Renders rows with long texts in reading order for as long as the page has room: at least one.</summary>
    public static List<byte[]> Fit<T>(IEnumerable<T> rows, Func<T, byte[]> render)
    {
        var items = new List<byte[]>();
        var bytes = 0L;
        foreach (var row in rows)
        {
            var item = render(row);
            bytes += item.Length;
            if (bytes > MaxBytes && items.Count > 0)
                break;
            items.Add(item);
        }
        return items;
    }

    /// <summary>The page's cursors as RFC 8288 links: this request's address with another cursor.</summary>
    public static string? Link(HttpRequest request, PageInfo page)
    {
        if (page.Next is null && page.Previous is null)
            return null;
        var path = request.PathBase.Add(request.Path).ToUriComponent();
        var query = QueryString.Create(request.Query.Where(p => p.Key != "cursor"));
        // Clients follow the next page; the previous one is added if there is room.
        string?[] links =
        [
            page.Next is { } next ? To(next, "next") : null,
            page.Previous is { } previous ? To(previous, "prev") : null,
        ];
        string? header = null;
        foreach (var link in links.OfType<string>())
            if ((header is null ? link : $"{header}, {link}") is { Length: <= MaxLinkLength } longer)
                header = longer;
        return header;

        string To(string cursor, string relation) =>
            $"<{path}{query.Add("cursor", cursor).ToUriComponent()}>; rel=\"{relation}\"";
    }
}
