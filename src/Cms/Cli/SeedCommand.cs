using System.CommandLine;
using Cms.Changes;
using Cms.Demo;
using Cms.Editorial.Images;
using Cms.Platform.Postgres;

namespace Cms.Cli;

/// <summary><c>cms seed</c>: loads the demo newsroom.</summary>
internal static class SeedCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("seed", "Loads the demo newsroom, once: a second time changes nothing.")
        {
            data,
        };
        command.SetAction((parsed, ct) => CommandLine.GuardAsync(() => SeedAsync(parsed.GetValue(data), ct)));
        return command;
    }

    private static async Task SeedAsync(DirectoryInfo? data, CancellationToken ct)
    {
        await using var newsroom = await Newsroom.OpenBesideServerAsync(data, ct);
        await using var postgres = newsroom.OpenDatabase();
        await Migrator.MigrateAsync(postgres, ct);
        var library = new ImageLibrary(newsroom.OpenImages());
        var changes = new ChangeLog(postgres, new ChangeSignal(TimeProvider.System), TimeProvider.System);
        var articles = await new DemoNewsroom(changes, library, TimeProvider.System).LoadAsync(ct);
        Console.WriteLine(
            articles == 0
                ? "The demo newsroom was loaded before; nothing was changed."
                : $"Loaded the demo newsroom: {articles} articles."
        );
    }
}
