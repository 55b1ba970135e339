using System.CommandLine;
using Cms.Hosting;

namespace Cms.Cli;

/// <summary><c>cms settings</c>: what can be configured.</summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var command = new Command("settings", "Lists all settings with their defaults (Markdown).");
        command.SetAction(_ => Console.Write(SettingsTable.Markdown()));
        return command;
    }
}
