using Cms.Platform.Http;

namespace Cms.Platform.Postgres;

/// <summary>A keyset page of a statement: both keys in one direction, so that the row comparison is one index condition.</summary>
internal static class KeysetSql
{
    /// <param name="select">The statement, without its where clause.</param>
    /// <param name="key">The column it is sorted by.</param>
    /// <param name="type">That column's type, for the cursor's text.</param>
    /// <param name="id">The column that breaks ties.</param>
    /// <param name="from">Where to read on; its parts are the parameters Key and Id.</param>
    /// <param name="descending">Whether the list begins with the greatest.</param>
    /// <param name="where">Conditions of the list.</param>
    public static string Page(
        string select,
        string key,
        string type,
        string id,
        Position? from,
        bool descending = false,
        string where = "true"
    )
    {
        var down = descending != (from?.Backwards == true);
        var beyond = from is null ? "" : $" and ({key}, {id}) {(down ? '<' : '>')} (@Key::{type}, @Id)";
        var order = down ? "desc" : "asc";
        return $"{select} where {where}{beyond} order by {key} {order}, {id} {order} limit @Take";
    }
}
