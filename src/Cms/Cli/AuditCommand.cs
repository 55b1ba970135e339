using System.CommandLine;
using Cms.Editorial.Audit;
using Cms.Platform.Http.Answers;
using Cms.Platform.Postgres;

namespace Cms.Cli;

/// <summary><c>cms audit</c>: the audit log as a file; also while the server runs.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "Reads the audit log.") { ExportCommand() };

    private static Command ExportCommand()
    {
        var after = Time("--after", "Only what was done after this time, such as 2026-01-01T00:00:00Z.");
        var before = Time("--before", "Only what was done before this time.");
        var output = new Option<FileInfo?>("--output")
        {
            Description = "Where to write. Default: standard output.",
            HelpName = "FILE",
        };
        var data = CommonOptions.Data();
        var command = new Command(
            "export",
            "Writes the audit log, one JSON object on each line, newest first."
        )
        {
            after,
            before,
            output,
            data,
        };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(async () =>
                {
                    await using var newsroom = await Newsroom.OpenBesideServerAsync(
                        parsed.GetValue(data),
                        ct
                    );
                    await using var postgres = newsroom.OpenDatabase();
                    await Migrator.MigrateAsync(postgres, ct);
                    var filter = new AuditFilter
                    {
                        After = Parse(parsed.GetValue(after)),
                        Before = Parse(parsed.GetValue(before)),
                    };
                    await using var target =
                        parsed.GetValue(output)?.Create() ?? Console.OpenStandardOutput();
                    await foreach (var record in filter.StreamAsync(postgres, ct))
                    {
                        await target.WriteAsync(Json.Write(record), ct);
                        await target.WriteAsync("\n"u8.ToArray(), ct);
                    }
                })
        );
        return command;
    }

    private static Option<string?> Time(string name, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && Parse(text) is null)
                result.AddError($"'{text}' is not a time such as 2027-01-01T00:00:00Z.");
        });
        return option;
    }

    private static DateTimeOffset? Parse(string? text) =>
        text is not null && Json.TryInstant(text, out var at) ? at : null;
}
