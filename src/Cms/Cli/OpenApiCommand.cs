using System.CommandLine;
using Cms.Hosting;
using Cms.Platform.OpenApi;
using Cms.Platform.Postgres;

namespace Cms.Cli;

/// <summary><c>cms openapi</c>: writes the contract, without a database.</summary>
internal static class OpenApiCommand
{
    public static Command Create()
    {
        var output = new Option<FileInfo?>("--output")
        {
            Description = "The file to write. Default: standard output.",
            HelpName = "FILE",
        };
        var command = new Command("openapi", "Writes the OpenAPI document.") { output };
        command.SetAction(
            (parsed, ct) =>
                CommandLine.GuardAsync(async () =>
                {
                    // Nothing connects: the document is made of types and rules.
                    await using var postgres = Database.Open("Host=127.0.0.1;Database=none");
                    await using var app = CmsHost.Create(
                        [],
                        postgres,
                        // The directory is created but stays empty.
                        Path.Combine(Path.GetTempPath(), "cms-openapi"),
                        builder => builder.Logging.ClearProviders() // standard output is the document's
                    );
                    var json = await OpenApiDocumentation.WriteAsync(app);
                    if (parsed.GetValue(output) is { } file)
                        await File.WriteAllTextAsync(file.FullName, json, ct);
                    else
                        Console.Write(json);
                })
        );
        return command;
    }
}
