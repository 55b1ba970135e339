using System.CommandLine;
using Cms.Editorial.Upkeep;
using Cms.Hosting;
using Cms.Images.Storage;
using Cms.Platform.Postgres;

namespace Cms.Cli;

/// <summary><c>cms images move</c>: brings image files to another place, while the server runs.</summary>
internal static class MoveImages
{
    public static Command Create()
    {
        var to = new Option<string>("--to")
        {
            Description = "Where to: a place in S3, such as s3://bucket/originals, or a folder.",
            HelpName = "PLACE",
            Required = true,
        };
        var from = new Option<string?>("--from")
        {
            Description =
                "Where from. Default: the media directory, or where the settings say if that is --to.",
            HelpName = "PLACE",
        };
        var data = CommonOptions.Data();
        var command = new Command(
            "move",
            "Moves the files of images, while the server runs. Run it; then set Cms__MediaStore and restart the nodes; "
                + "then run it again: it moves what came meanwhile, and removes the files from where they were."
        )
        {
            to,
            from,
            data,
        };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(() =>
                    MoveAsync(parsed.GetValue(data), parsed.GetValue(from), parsed.GetValue(to)!, ct)
                )
        );
        return command;
    }

    private static async Task MoveAsync(DirectoryInfo? data, string? from, string to, CancellationToken ct)
    {
        await using var newsroom = await Newsroom.OpenBesideServerAsync(data, ct);
        await using var postgres = newsroom.OpenDatabase();
        await Migrator.MigrateAsync(postgres, ct);
        var settings = Newsroom.Settings();
        var directory = settings.MediaDirectory ?? newsroom.MediaDirectory;
        from ??=
            Names(settings.MediaStore, to) || settings.MediaStore is null ? directory : settings.MediaStore;
        if (Names(from, to))
            throw new CommandException($"The files are in {to} already. Name another place with --to.");
        // Nodes read the new place first only if the settings name it.
        var isInUse = Names(settings.MediaStore ?? directory, to);
        MovedFiles moved;
        using (var bar = new ProgressBar(await FileVerification.CountAsync(postgres, ct)))
            moved = await new FileMove(
                postgres,
                Open("--from", from, settings),
                Open("--to", to, settings)
            ).RunAsync(remove: isInUse, files => bar.Show(files.Seen, $"{files.Copied} copied"), ct);
        foreach (var file in moved.Missing)
            Console.WriteLine($"missing {file}");
        foreach (var file in moved.Corrupt)
            Console.WriteLine($"corrupt {file}");
        Console.WriteLine(
            isInUse
                ? $"{moved.Removed} files moved to {to}."
                : $"{moved.Copied} files copied to {to}. Set Cms__MediaStore, restart the nodes, and run it again."
        );
        if (moved.Missing.Count + moved.Corrupt.Count > 0)
            throw new CommandException(
                "Some files are missing or corrupt. cms images verify says of which images."
            );
    }

    private static FileStore Open(string option, string place, CmsOptions settings) =>
        place.StartsWith(S3Location.Scheme, StringComparison.Ordinal)
            ? new S3Store(S3Location.Parse(option, place), settings.S3())
            : new MediaStore(place);

    private static bool Names(string? one, string other) =>
        one is not null
        && (
            one.StartsWith(S3Location.Scheme, StringComparison.Ordinal)
                ? one.TrimEnd('/') == other.TrimEnd('/')
                : Path.GetFullPath(one) == Path.GetFullPath(other)
        );
}
