using System.Globalization;
using Cms.Platform.Lists;

namespace Cms.Platform.Postgres;

/// <summary>
/// SQL that reads the long texts of a page's rows only until they are many bytes; the rows after that have none. One
/// text at a time, since the length of a <c>jsonb</c> is known only once it is written out, and what is beyond the end
/// of a page must not be written out at all.
/// </summary>
internal static class LongTexts
{
    /// <summary>
    /// Common table expressions for after <c>with recursive</c>: <c>page</c> with the rows' <c>id</c>, their <c>n</c>
    /// from 1 and what else they have, and <c>texts</c> with <c>n</c> and <c>value</c>.
    /// </summary>
    /// <param name="page">A statement with <c>id</c>.</param>
    /// <param name="order">How its rows are ordered.</param>
    /// <param name="text"> A statement for the <c>value</c> of the row <c>page.id</c>, and for how many bytes the row
    /// has <c>more</c> than that.
    /// </param>
    /// <param name="rows">How many rows may have one.</param>
    public static string Within(string page, string order, string text, int rows) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            page as materialized (select rows.*, row_number() over (order by {order}) n from ({page}) rows),
            read (n, value, bytes) as (
                select 0::bigint, null::text, 0::bigint
                union all
                select page.n, long.value, read.bytes + octet_length(long.value) + long.more
                from read join page on page.n = read.n + 1 cross join lateral ({text} offset 0) long
                where read.bytes <= {Paging.MaxBytes} and page.n <= {rows}),
            texts as (select n, value from read where n = 1 or bytes <= {Paging.MaxBytes})
            """
        );
}
