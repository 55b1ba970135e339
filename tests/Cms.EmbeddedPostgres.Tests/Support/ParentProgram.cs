using System.Diagnostics;

namespace Cms.EmbeddedPostgres.Tests.Support;

/// <summary>
/// This program once more, as the parent of a cluster: something that a test can kill, or run as another user.
/// </summary>
internal static class ParentProgram
{
    public const string Switch = "--as-parent";

    private const string Ready = "ready ";

    /// <summary>Starts a cluster, says so, and runs until standard input ends.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        try
        {
            await using var cluster = await PostgresCluster.StartAsync(
                new PostgresClusterOptions
                {
                    Directory = directory,
                    Settings = PostgresClusterOptions.DisposableSettings,
                }
            );
            Console.WriteLine($"{Ready}{cluster.ProcessId}");
            await Console.In.ReadLineAsync();
            return 0;
        }
        catch (PostgresClusterException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }

    /// <summary>Starts it and waits for its first line; as the user nobody when asked.</summary>
    public static async Task<Started> StartAsync(string directory, bool asNobody, CancellationToken ct)
    {
        string[] self = [Environment.ProcessPath!, Switch, directory];
        string[] command = asNobody
            ?
            [
                "setpriv",
                "--reuid",
                "nobody",
                "--regid",
                Scratch.GroupOfNobody,
                "--clear-groups",
                "--",
                .. self,
            ]
            : self;
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(info)!;
        var line = await process.StandardOutput.ReadLineAsync(ct) ?? "";
        return line.StartsWith(Ready, StringComparison.Ordinal)
            ? new Started(process, int.Parse(line[Ready.Length..], null), "")
            : new Started(process, null, line);
    }

    /// <param name="Process">The parent.</param>
    /// <param name="Server">The process id of its server; null when it was refused.</param>
    /// <param name="Refusal">Why it was refused.</param>
    public sealed record Started(Process Process, int? Server, string Refusal) : IDisposable
    {
        public void Dispose()
        {
            if (!Process.HasExited)
                Process.Kill();
            Process.Dispose();
        }
    }
}
