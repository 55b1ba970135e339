using System.Security.Cryptography;
using Cms.Editorial.Images;
using Cms.Images.Storage;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>Copies image files to another store while the server runs. It can be stopped and run again.</summary>
internal sealed class FileMove(NpgsqlDataSource postgres, FileStore from, FileStore to)
{
    private const int Batch = 500;

    /// <param name="remove">Removes each file from where it was, once it is there and whole.</param>
    /// <param name="progress">Is told what was done so far.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<MovedFiles> RunAsync(bool remove, Action<MovedFiles> progress, CancellationToken ct)
    {
        var result = new MovedFiles();
        byte[] last = [];
        while (true)
        {
            var files = await postgres.ListAsync<byte[]>(
                "select sha256 from image_files where sha256 > @last order by sha256 limit @Batch",
                new { last, Batch },
                ct
            );
            if (files.Count == 0)
                return result;
            foreach (var file in files)
            {
                await MoveAsync(file, remove, result, ct);
                result.Seen++;
                progress(result);
            }
            last = files[^1];
        }
    }

    private Task MoveAsync(byte[] sha256, bool remove, MovedFiles result, CancellationToken ct) =>
        postgres.InTransactionAsync(
            async transaction =>
            {
                var name = Convert.ToHexStringLower(sha256);
                // Nobody uploads or removes this file meanwhile.
                await ImageLibrary.LockFileAsync(transaction, name, ct);
                if (await from.ReadAsync(name, ct) is not { } bytes)
                {
                    await using var there = await to.OpenReadAsync(name, ct);
                    if (there is null && await IsNeededAsync(transaction, sha256, ct))
                        result.Missing.Add(name);
                    return false;
                }
                if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(sha256))
                {
                    result.Corrupt.Add(name);
                    return false;
                }
                await to.WriteAsync(name, bytes, ct);
                result.Copied++;
                if (!remove)
                    return true;
                // What was written is what is there, or the file stays. A store leaves a file that has the right length
                // as it is, so one with other bytes is written anew.
                if (!await IsWholeThereAsync(name, sha256, ct))
                {
                    await to.RewriteAsync(name, bytes, ct);
                    if (!await IsWholeThereAsync(name, sha256, ct))
                    {
                        result.Corrupt.Add(name);
                        return false;
                    }
                }
                await from.DeleteAsync(name, ct);
                result.Removed++;
                return true;
            },
            ct
        );

    private async Task<bool> IsWholeThereAsync(string name, byte[] sha256, CancellationToken ct) =>
        await to.ReadAsync(name, ct) is { } bytes && SHA256.HashData(bytes).AsSpan().SequenceEqual(sha256);

    private static Task<bool> IsNeededAsync(
        NpgsqlTransaction transaction,
        byte[] sha256,
        CancellationToken ct
    ) =>
        transaction.FindAsync<bool>(
            "select exists (select from images where sha256 = @sha256)",
            new { sha256 },
            ct
        );
}

/// <summary>What was moved.</summary>
internal sealed class MovedFiles
{
    public long Seen { get; set; }
    public long Copied { get; set; }
    public long Removed { get; set; }

    /// <summary>Files that are in neither place.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>
    /// Files that are not what their names say, here or there; they were left where they are.
    /// </summary>
    public List<string> Corrupt { get; } = [];
}
