using System.Runtime.CompilerServices;
using Cms.Changes;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Delivery.Sync;

/// <summary>Reads the present state of changed things.</summary>
internal static class SyncedThings
{
    /// <summary>
    /// Row by row, articles in the order of their ids here: a page of them, as rows and as objects, would take several
    /// times the memory of what is sent.
    /// </summary>
    public static async IAsyncEnumerable<ISyncedRow> ReadAsync(
        NpgsqlTransaction transaction,
        EntityType type,
        Guid[] ids,
        bool hasBody,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var rows = type switch
        {
            EntityType.Section => Stream<SyncedSectionRow>(SyncedSectionRow.Select),
            EntityType.Image => Stream<SyncedImageRow>(SyncedImageRow.Select),
            EntityType.Author => Stream<SyncedAuthorRow>(SyncedAuthorRow.Select),
            EntityType.Tag => Stream<SyncedTagRow>(SyncedTagRow.Select),
            _ => Stream<SyncedArticleRow>(SyncedArticleRow.Select(hasBody)),
        };
        await foreach (var row in rows.WithCancellation(ct))
            yield return row;

        async IAsyncEnumerable<ISyncedRow> Stream<T>(string sql)
            where T : ISyncedRow
        {
            await foreach (var row in transaction.StreamAsync<T>(sql, new { ids }, ct))
                yield return row;
        }
    }
}
