using System.CommandLine;
using Cms.Platform.Postgres;

namespace Cms.Cli;

/// <summary><c>cms migrate</c>: brings the database to this build's schema, without serving.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var command = new Command("migrate", "Brings the database to the schema of this build.") { data };
        command.SetAction(
            (parsed, ct) => CommandLine.GuardAsync(() => MigrateAsync(parsed.GetValue(data), ct))
        );
        return command;
    }

    private static async Task MigrateAsync(DirectoryInfo? data, CancellationToken ct)
    {
        await using var newsroom = await Newsroom.OpenBesideServerAsync(data, ct);
        await using var postgres = newsroom.OpenDatabase();
        var applied = await Migrator.MigrateAsync(postgres, ct);
        Console.WriteLine(
            applied.Count == 0 ? "Nothing to migrate." : $"Applied: {string.Join(", ", applied)}."
        );
    }
}
