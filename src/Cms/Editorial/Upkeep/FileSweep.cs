using Cms.Editorial.Images;
using Cms.Images.Storage;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>Removes image files that no image has any more.</summary>
internal sealed class FileSweep(NpgsqlDataSource postgres, FileStore store)
{
    /// <summary>
    /// Removes a file if no image has it. In a transaction of its own, after the row's: a file is never gone before its
    /// row.
    /// </summary>
    /// <param name="sha256">The file.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="orphan">Also if there is no row of it.</param>
    public Task RemoveUnusedAsync(string sha256, CancellationToken ct, bool orphan = false) =>
        postgres.InTransactionAsync(
            async transaction =>
            {
                await ImageLibrary.LockFileAsync(transaction, sha256, ct);
                var hash = Convert.FromHexString(sha256);
                if (
                    await transaction.ExecuteAsync(DeleteFile, new { hash }, ct) == 1
                    || (orphan && !await transaction.FindAsync<bool>(IsKnown, new { hash }, ct))
                )
                    await store.DeleteAsync(sha256, ct);
                return true;
            },
            ct
        );

    private const string IsKnown = "select exists (select from image_files where sha256 = @hash)";

    private const string DeleteFile = """
        delete from image_files f where sha256 = @hash and not exists (select from images i where i.sha256 = f.sha256)
        """;
}
