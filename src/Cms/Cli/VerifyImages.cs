using System.CommandLine;
using Cms.Editorial.Upkeep;
using Cms.Platform.Postgres;

namespace Cms.Cli;

/// <summary><c>cms images verify</c>: whether image files are as they should be; also while the server runs.</summary>
internal static class VerifyImages
{
    public static Command Create()
    {
        var repair = new Option<bool>("--repair")
        {
            Description =
                "Restores files from another copy where there is one, and removes those that no image has.",
        };
        var data = CommonOptions.Data();
        var command = new Command(
            "verify",
            "Reads all image files, and finds those that are missing, corrupt, or of no image."
        )
        {
            repair,
            data,
        };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(() => VerifyAsync(parsed.GetValue(data), parsed.GetValue(repair), ct))
        );
        return command;
    }

    private static async Task VerifyAsync(DirectoryInfo? data, bool repair, CancellationToken ct)
    {
        await using var newsroom = await Newsroom.OpenBesideServerAsync(data, ct);
        await using var postgres = newsroom.OpenDatabase();
        await Migrator.MigrateAsync(postgres, ct);
        var store = newsroom.OpenImages();
        var verification = new FileVerification(
            postgres,
            store,
            new FileSweep(postgres, store),
            TimeProvider.System
        );
        VerifiedFiles found;
        using (var bar = new ProgressBar(await FileVerification.CountAsync(postgres, ct)))
            found = await verification.RunAsync(
                repair,
                files => bar.Show(files.Compared, $"{files.Problems.Count} missing or corrupt"),
                ct
            );
        foreach (var file in found.Restored)
            Console.WriteLine($"restored {file.Sha256} of {string.Join(", ", file.Images)}");
        foreach (var file in found.Problems)
            Console.WriteLine($"{file.Kind} {file.Sha256} of {string.Join(", ", file.Images)}");
        foreach (var file in found.Orphans)
            Console.WriteLine($"{(repair ? "removed" : "orphaned")} {file}");
        if (found.Leftovers > 0)
            Console.WriteLine($"removed {found.Leftovers} uploads that were never finished");
        Console.WriteLine(
            $"{found.Compared} files in {store.Place}: {found.Problems.Count} missing or corrupt, "
                + $"{found.Orphans.Count} of no image."
        );
        if (found.Problems.Count > 0 || (found.Orphans.Count > 0 && !repair))
            throw new CommandException(
                found.Problems.Count > 0
                    ? "Files are missing or corrupt. Copy them from a backup into the store, or give the images "
                        + "others (PUT /v1/editorial/images/{id}/file)."
                    : "Files are there that no image has. Run it again with --repair to remove them."
            );
    }
}
