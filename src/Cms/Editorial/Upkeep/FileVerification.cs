using System.Security.Cryptography;
using Cms.Images.Storage;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Editorial.Upkeep;

/// <summary>
/// Compares image files with the rows that speak of them, while the server runs. It reads each file to its end, since a
/// disk may return other bytes than it was given.
/// </summary>
internal sealed class FileVerification(
    NpgsqlDataSource postgres,
    FileStore store,
    FileSweep sweep,
    TimeProvider clock
)
{
    private const int Batch = 500;

    // A file comes before its row: one that is new may belong to an upload that is under way.
    private static readonly TimeSpan New = TimeSpan.FromHours(1);

    // The parts of a large upload that was broken off.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>How many files there are to be compared.</summary>
    public static Task<long> CountAsync(NpgsqlDataSource postgres, CancellationToken ct) =>
        postgres.FindAsync<long>("select count(*) from image_files", new { }, ct);

    /// <param name="repair">Restores files from another copy, and removes what nobody needs.</param>
    /// <param name="progress">Is told what was found so far.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<VerifiedFiles> RunAsync(
        bool repair,
        Action<VerifiedFiles> progress,
        CancellationToken ct
    )
    {
        var result = new VerifiedFiles();
        byte[] last = [];
        while (true)
        {
            var files = await postgres.ListAsync<FileRow>(SelectFiles, new { last, Batch }, ct);
            if (files.Count == 0)
                break;
            foreach (var file in files)
            {
                await VerifyAsync(file, repair, result, ct);
                result.Compared++;
                progress(result);
            }
            last = files[^1].Sha256;
        }
        await FindOrphansAsync(repair, result, ct);
        if (repair)
            result.Leftovers = await store.RemoveLeftoversAsync(clock.GetUtcNow() - Abandoned, ct);
        return result;
    }

    private async Task VerifyAsync(FileRow file, bool repair, VerifiedFiles result, CancellationToken ct)
    {
        var name = Convert.ToHexStringLower(file.Sha256);
        var bytes = await store.ReadAsync(name, ct);
        if (bytes is not null && SHA256.HashData(bytes).AsSpan().SequenceEqual(file.Sha256))
            return;
        // The image may have been deleted since.
        var images = await postgres.ListAsync<Guid>(
            "select id from images where sha256 = @Sha256 order by id limit 10",
            new { file.Sha256 },
            ct
        );
        if (images.Count == 0)
            return;
        var problem = new FileProblem(name, bytes is null ? "missing" : "corrupt", images);
        if (
            repair
            && await store.ReadOtherAsync(name, ct) is { } copy
            && SHA256.HashData(copy).AsSpan().SequenceEqual(file.Sha256)
        )
        {
            await store.RewriteAsync(name, copy, ct);
            result.Restored.Add(problem);
        }
        else
            result.Problems.Add(problem);
    }

    private async Task FindOrphansAsync(bool repair, VerifiedFiles result, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - New;
        var names = new List<string>();
        await foreach (var file in store.ListAsync(ct))
        {
            if (file.ModifiedAt > before)
                continue;
            names.Add(file.Sha256);
            if (names.Count < Batch)
                continue;
            await LookAtAsync();
        }
        await LookAtAsync();

        async Task LookAtAsync()
        {
            foreach (var name in await postgres.ListAsync<string>(SelectOrphans, new { names }, ct))
            {
                result.Orphans.Add(name);
                if (repair)
                    await sweep.RemoveUnusedAsync(name, ct, orphan: true);
            }
            names.Clear();
        }
    }

    private const string SelectFiles =
        "select sha256, bytes from image_files where sha256 > @last order by sha256 limit @Batch";

    // Also files whose row no image has: whoever deletes the last image of one may have been stopped in between.
    private const string SelectOrphans = """
        select n.name from unnest(@names) n(name)
        where not exists (select from images i where i.sha256 = decode(n.name, 'hex'))
        """;

    private sealed record FileRow
    {
        public required byte[] Sha256 { get; init; }
        public required long Bytes { get; init; }
    }
}

/// <summary>What was found.</summary>
internal sealed class VerifiedFiles
{
    public long Compared { get; set; }

    /// <summary>What remains wrong.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>What was wrong, and was restored from another copy.</summary>
    public List<FileProblem> Restored { get; } = [];

    /// <summary>Files that no image has.</summary>
    public List<string> Orphans { get; } = [];

    /// <summary>Uploads in parts that were never finished.</summary>
    public int Leftovers { get; set; }
}

/// <summary>A file that is not as it should be.</summary>
/// <param name="Sha256">Its name.</param>
/// <param name="Kind"><c>missing</c> or <c>corrupt</c>.</param>
/// <param name="Images">Images that have it, at most ten.</param>
internal sealed record FileProblem(string Sha256, string Kind, IReadOnlyList<Guid> Images);
