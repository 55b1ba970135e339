using System.CommandLine;
using Cms.EmbeddedPostgres;
using Cms.Platform;
using Cms.Platform.Http.Problems;
using Cms.Platform.Postgres;
using Npgsql;

namespace Cms.Cli;

/// <summary>
/// The command <c>cms</c>: what it can do, and how it says that it cannot. Exit codes: 0 done, 1 failed, 2 not
/// understood.
/// </summary>
internal static class CommandLine
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int NotUnderstood = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "A headless CMS for newsrooms: editors write through the API, the public reads JSON."
        )
        {
            ServeCommand.Create(),
            MigrateCommand.Create(),
            SeedCommand.Create(),
            KeysCommand.Create(),
            ImagesCommand.Create(),
            AuditCommand.Create(),
            OpenApiCommand.Create(),
            SettingsCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"cms: {error.Message}");
            await Console.Error.WriteLineAsync("Try: cms --help");
            return NotUnderstood;
        }
        // The host ends the process by itself on Ctrl-C and SIGTERM, and takes the time that its requests need.
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            }
        );
    }

    /// <summary>Runs a command, and says what went wrong in a sentence instead of a stack trace.</summary>
    public static async Task<int> GuardAsync(Func<Task> command)
    {
        try
        {
            await command();
            return Done;
        }
        catch (Exception e) when (Sentence(e) is { } sentence)
        {
            await Console.Error.WriteLineAsync($"cms: {sentence}");
            return Failed;
        }
    }

    private static string? Sentence(Exception e) =>
        e switch
        {
            PostgresClusterException or MigrationException or SettingException or CommandException =>
                e.Message,
            Refused { Errors: { } errors } => string.Join(' ', errors.Select(f => f.Detail)),
            Refused => e.Message,
            PostgresException p => $"The database refused: {p.MessageText} ({p.SqlState})",
            NpgsqlException { InnerException: { } cause } =>
                $"The database cannot be reached: {e.Message}: {cause.Message}",
            NpgsqlException => $"The database cannot be reached: {e.Message}",
            // The second is of a settings file that is not JSON.
            IOException or InvalidDataException or UnauthorizedAccessException => e.Message,
            ArgumentException { Source: "Npgsql" or "System.Data.Common" } =>
                $"The connection string is not valid: {e.Message}",
            OperationCanceledException => "Stopped.",
            _ => null,
        };
}

/// <summary>A command cannot go on, and says why.</summary>
internal sealed class CommandException(string message) : Exception(message);
